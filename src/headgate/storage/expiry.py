"""What is older than a moment: leads whose data is still there, and what deliveries sent."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from headgate.domain.ids import AccountId, DeliveryId, LeadId, uuid7
from headgate.domain.instants import to_milliseconds
from headgate.storage import models

# Where no row came before.
FIRST = UUID(int=0)


def id_at(moment: datetime) -> UUID:
    """Return the smallest id that anything made at that moment can have."""
    return uuid7(to_milliseconds(moment), 0)


def leads_with_data(
    account_id: AccountId, *, after: UUID, before: UUID, state: str | None, limit: int
) -> list[LeadId]:
    """Return up to `limit` leads between two ids that are not erased, the oldest first."""
    rows = models.Lead.objects.filter(
        account_id=account_id, id__gt=after, id__lt=before, erased_at=None, test=False
    )
    if state is not None:
        rows = rows.filter(state=state)
    return [LeadId(id) for id in rows.order_by("id").values_list("id", flat=True)[:limit]]


def count_leads_with_data(account_id: AccountId, *, before: UUID) -> int:
    rows = models.Lead.objects.filter(account_id=account_id, id__lt=before)
    return rows.filter(erased_at=None, test=False).count()


def deliveries_between(
    account_id: AccountId, *, after: UUID, before: UUID, limit: int
) -> list[DeliveryId]:
    rows = models.Delivery.objects.filter(account_id=account_id, id__gt=after, id__lt=before)
    return [DeliveryId(id) for id in rows.order_by("id").values_list("id", flat=True)[:limit]]


def forget_bodies(delivery_ids: Sequence[DeliveryId]) -> int:
    """Forget what these sent and got back; return how many attempts still had it.

    One that is still open keeps the bytes that its next try has to send.
    """
    attempts = models.Attempt.objects.filter(delivery_id__in=delivery_ids)
    had = attempts.filter(Q(request__isnull=False) | Q(answer__isnull=False))
    forgotten = had.update(request=None, answer=None)
    ended = models.Delivery.objects.filter(id__in=delivery_ids, ended_at__isnull=False)
    ended.filter(body__isnull=False).update(body=None, body_sealed=False)
    return forgotten
