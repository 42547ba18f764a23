"""How long the newest delivered leads were on their way."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct

from headgate.domain.deliveries import State
from headgate.domain.ids import AccountId, EntityId, PartnerId, uuid7
from headgate.domain.instants import to_milliseconds
from headgate.storage import models


class Journey(Struct, frozen=True):
    """From a lead's arrival until the partner had it."""

    partner_id: PartnerId
    took_ms: int


def newest_journeys(
    account_id: AccountId,
    since: datetime | None,
    until: datetime | None,
    *,
    entities: Collection[EntityId] | None,
    most: int,
) -> list[Journey]:
    """Return those of the newest deliveries made in the span; no tests, None is of every entity."""
    rows = models.Delivery.objects.filter(
        account_id=account_id, state=State.DELIVERED, test=False, ended_at__isnull=False
    )
    if since is not None:
        # The index is by id, which begins with the moment; the other end is left to the column.
        rows = rows.filter(id__gte=uuid7(to_milliseconds(since), 0), created_at__gte=since)
    if until is not None:
        rows = rows.filter(created_at__lt=until)
    if entities is not None:
        rows = rows.filter(lead__entity_id__in=entities)
    found = rows.order_by("-id").values_list("partner_id", "lead__received_at", "ended_at")[:most]
    return [
        Journey(PartnerId(partner_id), max(0, to_milliseconds(ended) - to_milliseconds(received)))
        for partner_id, received, ended in found
        if ended is not None
    ]
