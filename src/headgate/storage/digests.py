"""Digests that are due: the deliveries of one letter are claimed together, all or none."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from headgate.domain.ids import PartnerId
from headgate.storage import deliveries, models


class Due(Struct, frozen=True):
    """What waits together; `letter_id` is None until a letter is made of it."""

    digest_key: UUID
    letter_id: UUID | None
    partner_id: PartnerId


def find_due(limit: int, *, busy_partners: Collection[PartnerId], now: datetime) -> list[Due]:
    """Return up to `limit` letters of which a delivery is due."""
    rows = (
        models.Delivery.objects.filter(
            state__in=deliveries.CLAIMABLE,
            due_at__lte=now,
            parked_at=None,
            digest_key__isnull=False,
        )
        .exclude(partner_id__in=list(busy_partners))
        .order_by("digest_key", "letter_id")
        .values_list("digest_key", "letter_id", "partner_id")
        .distinct()[:limit]
    )
    return [
        Due(key, letter_id, PartnerId(partner_id))
        for key, letter_id, partner_id in rows
        if key is not None
    ]


def claim(due: Due, *, letter_id: UUID, most: int, now: datetime) -> list[deliveries.Delivery]:
    """Lease a letter, and put what has none into `letter_id`, the oldest `most` of it.

    None of it while a part is not due: somebody is sending it. Each comes back as it was stored,
    but under its new lease.
    """
    # Locked in the order of ids, as everywhere; a second process waits, and finds nothing due.
    rows = models.Delivery.objects.select_for_update().filter(
        state__in=deliveries.CLAIMABLE,
        due_at__isnull=False,
        parked_at=None,
        digest_key=due.digest_key,
        letter_id=due.letter_id,
    )
    claimed = deliveries.read(rows.order_by("id")[:most])
    if any(each.due_at is None or each.due_at > now for each in claimed):
        return []
    deliveries.lease(claimed, now=now, letter_id=due.letter_id or letter_id)
    return claimed
