"""What was leased to this process by a commit whose answer was lost."""

from collections.abc import Sequence
from datetime import datetime

from headgate.domain.ids import DeliveryId
from headgate.services.errands import Errand
from headgate.storage import deliveries


def find_leased(errands: Sequence[Errand], *, now: datetime) -> list[Errand]:
    """Return those that the commit did lease, as far as they can be sent before the lease ends."""
    found = deliveries.of_leads({each.delivery.lead_id for each in errands})
    stored = {each.id: each for theirs in found.values() for each in theirs}
    return [each for each in errands if _is_leased(each, stored, now)]


def _is_leased(
    errand: Errand, stored: dict[DeliveryId, deliveries.Delivery], now: datetime
) -> bool:
    delivery = stored.get(errand.delivery.id)
    return (
        delivery is not None
        and delivery.lease == errand.delivery.lease
        and delivery.state == errand.delivery.state
        and delivery.due_at is not None
        and delivery.due_at >= deliveries.lease_end(delivery, now=now) - deliveries.LEASE_MARGIN
    )
