"""Which deliveries are a partner's own business: what it got, gave back, or may accept."""

from datetime import datetime

from django.db.models import F, Q
from msgspec import Struct

from headgate.domain.deliveries import State
from headgate.domain.ids import AccountId, AssignmentId, DeliveryId, EntityId, PartnerId
from headgate.storage import deliveries, models

_TAKEN = (State.DELIVERED, State.RETURNED)


class PortalFilter(Struct, frozen=True, kw_only=True):
    """Whose leads, and which of them; None leaves a part out, and `until` is not included."""

    account_id: AccountId
    partner_id: PartnerId
    state: State | None = None
    since: datetime | None = None
    until: datetime | None = None
    id: DeliveryId | None = None

    def condition(self) -> Q:
        named = {
            "state": self.state,
            "created_at__gte": self.since,
            "created_at__lt": self.until,
            "id": self.id,
        }
        # Only what waits for the partner's word is not due before it is given up.
        offered = Q(state=State.PENDING, channel="portal", due_at=F("give_up_at"), parked_at=None)
        shown = (Q(state__in=_TAKEN) | offered) & ~Q(test=True, channel="inbox")
        own = Q(account_id=self.account_id, partner_id=self.partner_id)
        return own & shown & Q(**{name: it for name, it in named.items() if it is not None})


class Shape(Struct, frozen=True):
    """What decides which fields of a lead its partner got."""

    version: int
    assignment_id: AssignmentId
    fallback: int | None
    test: bool
    entity_id: EntityId


def list_page(
    wanted: PortalFilter, *, before: DeliveryId | None, limit: int
) -> list[deliveries.Delivery]:
    """Return up to `limit` of them, newest first, older than `before`."""
    condition = wanted.condition()
    return deliveries.list_page(wanted.account_id, filters=condition, before=before, limit=limit)


def shapes(wanted: PortalFilter) -> list[Shape]:
    """Return the shapes that these have, each once, the oldest first."""
    rows = models.Delivery.objects.filter(wanted.condition())
    columns = ("config_version", "assignment_id", "fallback", "test", "lead__entity_id")
    return [Shape(*row) for row in rows.order_by("config_version").values_list(*columns).distinct()]
