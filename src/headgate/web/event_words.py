"""How events and the webhooks that hear of them are said to people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from headgate.domain.events import Audience, EventType

EVENTS: dict[str, Promise] = {
    EventType.LEAD_RECEIVED: _("A lead was received"),
    EventType.LEAD_DELIVERED: _("A lead was delivered"),
    EventType.LEAD_UNMATCHED: _("A lead found nobody"),
    EventType.LEAD_UNDELIVERED: _("Nobody took a lead"),
    EventType.LEAD_RETURNED: _("A lead came back"),
    EventType.LEAD_ERASED: _("A lead was erased"),
    EventType.DELIVERY_DISPOSITION: _("A partner said what became of a lead"),
    EventType.DELIVERY_DELIVERED: _("A delivery was taken"),
    EventType.DELIVERY_REFUSED: _("A delivery was refused"),
    EventType.DELIVERY_FAILED: _("A delivery failed for good"),
    EventType.DELIVERY_UNKNOWN: _("A delivery is unknown"),
    EventType.INVOICE_ISSUED: _("An invoice was issued"),
    EventType.INVOICE_PAID: _("An invoice was paid"),
    EventType.IMPORT_FINISHED: _("An import is finished"),
    EventType.WEBHOOK_TESTED: _("Test event"),
}
AUDIENCES: dict[str, Promise] = {
    Audience.STAFF: _("Your own systems: everything"),
    Audience.SOURCE: _("A source: its own leads, no partners, no prices"),
}
