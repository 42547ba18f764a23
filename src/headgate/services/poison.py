"""Deliveries whose worker or sender was lost: people are told, and after three times must look."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from headgate.domain.alerts import AlertKind, Finding
from headgate.domain.ids import DeliveryId
from headgate.services.identity import fresh_id
from headgate.storage import alerts, deliveries

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


def report_lost(lost: Iterable[deliveries.Delivery], *, now: datetime) -> None:
    """Open an alert in each account whose deliveries had a worker that is gone."""
    tally = Counter(delivery.account_id for delivery in lost)
    for account_id, count in sorted(tally.items()):
        text = f"A worker was lost while it was sending; {count} tries of deliveries are ambiguous."
        finding = Finding(AlertKind.WORKER_LOST, "", text)
        alerts.open_all(account_id, {fresh_id(now): finding}, now=now)


def report_poisoned(delivery: deliveries.Delivery, *, now: datetime) -> None:
    text = f"Delivery {delivery.id} is unknown: {POISONED}"
    finding = Finding(AlertKind.DELIVERY_POISONED, str(delivery.id), text)
    alerts.open_all(delivery.account_id, {fresh_id(now): finding}, now=now)
