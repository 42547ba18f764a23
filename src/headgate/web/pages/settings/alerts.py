"""Alerts: what somebody should look at, what is over, and who is told."""

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from headgate.domain.alerts import AlertKind
from headgate.domain.configuration.editing import Document
from headgate.services import alerts, setups
from headgate.storage import people
from headgate.web.pages import queries
from headgate.web.pages.frame import show
from headgate.web.pages.settings import sections
from headgate.web.pages.settings.sections import Form
from headgate.web.visits import Visitor, for_owners_and_admins

_MOST_OPEN = 200
KINDS: dict[str, Promise] = {
    AlertKind.CHANNEL_OPEN: _("Partner fails"),
    AlertKind.CHANNEL_HALTED: _("Partner stopped"),
    AlertKind.CAP_NEAR: _("Cap nearly full"),
    AlertKind.CAP_REACHED: _("Cap reached"),
    AlertKind.MAIL_PAUSED: _("Mail paused"),
    AlertKind.UNMATCHED_HIGH: _("Many leads unmatched"),
    AlertKind.DELIVERIES_LATE: _("Deliveries late"),
    AlertKind.WORKER_LOST: _("Process lost"),
    AlertKind.SENDER_LOST: _("Sender lost"),
    AlertKind.DELIVERY_POISONED: _("Delivery parked"),
    AlertKind.MAIL_BOUNCED: _("Mail came back"),
    AlertKind.INVOICE_OVERDUE: _("Invoice overdue"),
    AlertKind.INVOICE_NOT_MAILED: _("Invoice not mailed"),
    AlertKind.LOW_BALANCE: _("Balance low"),
    AlertKind.WEBHOOK_FAILING: _("Webhook fails"),
    AlertKind.WEBHOOK_HALTED: _("Webhook stopped"),
}


def _without_idle_secret(said: Document) -> Document:
    """Let the secret go with the webhook that it signs for."""
    return said if "webhook" in said else {key: said[key] for key in said if key != "secret"}


_FORM = Form("alerts", "alerts/edit.html", "alerts", _without_idle_secret)


@require_safe
@for_owners_and_admins
def list_alerts(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    before = queries.cursor(request)
    account_id = visitor.account_id
    ended = alerts.list_alerts(
        account_id=account_id, is_open=False, before=before, limit=queries.PAGE
    )
    told = setups.in_force(account_id).configuration.alerts
    context = {
        "open": alerts.list_alerts(
            account_id=account_id, is_open=True, before=None, limit=_MOST_OPEN
        ).items,
        "ended": ended.items,
        "kinds": KINDS,
        "told": told,
        "emails": told.emails or tuple(people.owners_of(account_id)),
        "mails": setups.in_force(account_id).configuration.email.smtp is not None,
        "is_later_page": before is not None,
        "older": ended.next and queries.address_of(request.path, {"before": ended.next}),
        "newest": request.path,
    }
    return show(request, visitor, "alerts/list.html", page="alerts", context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_and_admins
def edit_told(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    owners = people.owners_of(visitor.account_id)
    return sections.edit(request, visitor, _FORM, {"owners": owners})
