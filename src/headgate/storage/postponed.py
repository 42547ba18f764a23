"""Deliveries that wait for something besides their time: for a partner, or for its channel."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Q
from msgspec import Struct

from headgate.domain.ids import AccountId, DeliveryId, PartnerId
from headgate.storage import bulk, deliveries, models


def hasten(account_id: AccountId, channel: str, *, now: datetime) -> None:
    """Make every pending delivery of the channel due at once, but no digest before its time."""
    waiting = models.Delivery.objects.filter(account_id=account_id, channel=channel)
    in_no_digest = Q(digest_key=None) | Q(letter_id__isnull=False)
    waiting.filter(in_no_digest, state="pending", due_at__gt=now).update(due_at=now)


def hold(due: Mapping[DeliveryId, datetime], *, reason: str) -> None:
    """Put back what the transaction has claimed, each to be looked at again at its moment."""
    rows = [_Held(id, "pending", due_at, reason) for id, due_at in due.items()]
    bulk.update(models.Delivery, rows, ("state", "due_at", "error"))


class _Held(Struct, frozen=True):
    id: DeliveryId
    state: str
    due_at: datetime
    error: str


def hasten_held(partner_id: PartnerId, *, reason: str, now: datetime) -> None:
    """Make every pending delivery to the partner due at once that is held for this reason."""
    waiting = models.Delivery.objects.filter(partner_id=partner_id, state="pending", error=reason)
    waiting.filter(due_at__gt=now, parked_at=None).update(due_at=now)


def park(partner_ids: Collection[PartnerId], *, now: datetime) -> None:
    """Keep every pending delivery to these partners from being claimed."""
    waiting = models.Delivery.objects.filter(partner_id__in=list(partner_ids), state="pending")
    if partner_ids:
        waiting.filter(parked_at=None).update(parked_at=now)


def release(account_id: AccountId, *, but_not: Collection[PartnerId], now: datetime) -> None:
    """Let the account's parked deliveries go on; what they waited does not count."""
    rows = models.Delivery.objects.select_for_update().order_by("id")
    parked = deliveries.read(
        rows.filter(account_id=account_id, parked_at__isnull=False).exclude(
            partner_id__in=list(but_not)
        )
    )
    for delivery in parked:
        waited = now - (delivery.parked_at or now)
        delivery.give_up_at += waited
        if delivery.digest_key is None or delivery.letter_id is not None:
            delivery.due_at = delivery.due_at and delivery.due_at + waited
        delivery.parked_at = None
    bulk.update(models.Delivery, parked, ("due_at", "give_up_at", "parked_at"))
