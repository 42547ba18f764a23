"""Events: what an account's webhooks can be told of, who hears what, and when to tell again."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from headgate.domain.deliveries import MOST_RETRY_AFTER_SECONDS, State, pause_after
from headgate.domain.ids import DeliveryId, EventId
from headgate.domain.leads import LeadState
from headgate.domain.secrets import Secret

KEPT = timedelta(days=30)
HALTED_AFTER = timedelta(days=5)


class EventType(StrEnum):
    LEAD_RECEIVED = "lead.received"  # stored, whatever its state
    LEAD_DELIVERED = "lead.delivered"  # somebody has it, and no delivery is open any more
    LEAD_UNMATCHED = "lead.unmatched"
    LEAD_UNDELIVERED = "lead.undelivered"  # it had deliveries, and nobody has it
    LEAD_RETURNED = "lead.returned"  # a partner gave it back
    LEAD_ERASED = "lead.erased"
    DELIVERY_DELIVERED = "delivery.delivered"
    DELIVERY_REFUSED = "delivery.refused"
    DELIVERY_FAILED = "delivery.failed"
    DELIVERY_UNKNOWN = "delivery.unknown"  # perhaps delivered; a person decides
    DELIVERY_DISPOSITION = "delivery.disposition"  # a partner said what became of it
    INVOICE_ISSUED = "invoice.issued"
    INVOICE_PAID = "invoice.paid"
    IMPORT_FINISHED = "import.finished"
    WEBHOOK_TESTED = "webhook.tested"  # a person asked for it; no webhook lists it


LISTED = tuple(each for each in EventType if each is not EventType.WEBHOOK_TESTED)
FOR_SOURCES = frozenset(
    (
        EventType.LEAD_RECEIVED,
        EventType.LEAD_DELIVERED,
        EventType.LEAD_UNMATCHED,
        EventType.LEAD_UNDELIVERED,
        EventType.LEAD_RETURNED,
        EventType.LEAD_ERASED,
        EventType.DELIVERY_DISPOSITION,
    )
)
_OF_LEADS = {
    LeadState.DELIVERED: EventType.LEAD_DELIVERED,
    LeadState.UNMATCHED: EventType.LEAD_UNMATCHED,
    LeadState.UNDELIVERED: EventType.LEAD_UNDELIVERED,
    LeadState.ERASED: EventType.LEAD_ERASED,
}
_OF_DELIVERIES = {
    State.DELIVERED: EventType.DELIVERY_DELIVERED,
    State.REJECTED: EventType.DELIVERY_REFUSED,
    State.FAILED: EventType.DELIVERY_FAILED,
    State.UNKNOWN: EventType.DELIVERY_UNKNOWN,
    State.RETURNED: EventType.LEAD_RETURNED,
}


class Audience(StrEnum):
    STAFF = "staff"  # the account's own systems
    SOURCE = "source"  # who sends leads: never a partner, a profile or a price


class EventState(StrEnum):
    PENDING = "pending"  # a try is due, or under way
    SENT = "sent"
    FAILED = "failed"  # no try is left


class EventWebhook(Struct, frozen=True, omit_defaults=True):
    """An address that is told of events; without `entities` and `sources`, of all of them.

    What is about no lead is not narrowed by them. `old_secret` signs as well while it is
    being replaced.
    """

    slug: str
    url: str
    secret: Secret
    events: tuple[EventType, ...]
    old_secret: Secret | None = None
    audience: Audience = Audience.STAFF
    entities: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    enabled: bool = True

    def hears_of(self, entity: str, source: str) -> bool:
        return (not self.entities or entity in self.entities) and (
            not self.sources or source in self.sources
        )


def listeners(webhooks: Iterable[EventWebhook]) -> Mapping[EventType, tuple[EventWebhook, ...]]:
    """Return who wants to hear of each type; what nobody wants is not in it."""
    wanted: dict[EventType, tuple[EventWebhook, ...]] = {}
    for webhook in webhooks:
        for kind in webhook.events if webhook.enabled else ():
            wanted[kind] = (*wanted.get(kind, ()), webhook)
    return wanted


def lead_event(before: str, after: str) -> EventType | None:
    """Return what a change of a lead's state is told as."""
    return None if before == after else _OF_LEADS.get(LeadState(after))


def delivery_event(state: str) -> EventType | None:
    """Return what it is told as that a delivery came into this state."""
    return _OF_DELIVERIES.get(State(state))


def next_try(
    event_id: EventId, attempts: int, *, retry_after_seconds: int | None, now: datetime
) -> datetime | None:
    """Return when to tell again after a try that followed `attempts` others; None after the last.

    It is the standard schedule of deliveries, and for the same reasons.
    """
    pause = pause_after(attempts, None, delivery_id=DeliveryId(event_id))
    if pause is None:
        return None
    asked = timedelta(seconds=min(retry_after_seconds or 0, MOST_RETRY_AFTER_SECONDS))
    return now + max(pause, asked)
