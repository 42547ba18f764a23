"""Deliveries that end whoever sends them: after three such ends a person has to look."""

from collections.abc import Iterable

from headgate.domain.ids import DeliveryId
from headgate.storage import deliveries

WORKER_LOST = "The worker was lost while it was sending; the partner may have the lead."
SENDER_LOST = "The sender was lost while it was sending; the partner may have the lead."
MOST_LOSSES = 3
POISONED = (
    f"Whoever sent it was lost {MOST_LOSSES} times, so it is not tried any more; "
    "the partner may have the lead."
)


def find_poisoned(claimed: Iterable[deliveries.Delivery]) -> set[DeliveryId]:
    """Return those whose worker or sender was lost too often, since a person last retried them."""
    since = {
        each.id: each.attempts_forgiven
        for each in claimed
        if each.ambiguous and each.attempts - each.attempts_forgiven >= MOST_LOSSES
    }
    return deliveries.ended_by(since, errors=(WORKER_LOST, SENDER_LOST), least=MOST_LOSSES)
