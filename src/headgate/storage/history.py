"""Decided leads of the past with what became of them, read in their order."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from msgspec import Struct

from headgate.domain.deliveries import State
from headgate.domain.ids import (
    AccountId,
    AssignmentId,
    EntityId,
    LeadId,
    PartnerId,
    SourceId,
    uuid7,
)
from headgate.domain.instants import to_milliseconds
from headgate.storage import models

_AT_ONCE = 2_000
_MOST_RANDOM = (1 << 74) - 1
_DECLINED = (State.REJECTED, State.FAILED)
_NEVER_WENT = (State.CANCELLED,)


class StoredDelivery(Struct, frozen=True):
    assignment_id: AssignmentId
    partner_id: PartnerId
    declined: bool
    price_minor: int
    config_version: int
    places: str


class StoredLead(Struct, frozen=True):
    """`fields`, `history` and `rounds` are the JSON of the lead's row."""

    id: LeadId
    entity_id: EntityId
    source_id: SourceId
    status: str
    received_at: datetime
    fields: str
    history: str | None
    rounds: str
    deliveries: Sequence[StoredDelivery]
    digests: Sequence[bytes]


def count_erased(account_id: AccountId, since: datetime | None, until: datetime | None) -> int:
    """Return how many decided leads can no longer be read."""
    rows = _decided(account_id, since, until)
    return int(rows.filter(erased_at__isnull=False).count())


def read_leads(
    account_id: AccountId,
    since: datetime | None,
    until: datetime | None,
    *,
    with_digests: bool,
) -> Iterator[StoredLead]:
    """Yield the account's decided leads in the order in which they came; no test leads."""
    rows = _decided(account_id, since, until).filter(erased_at__isnull=True).order_by("id")
    last = None
    while page := list(_after(rows, last).values_list(*_COLUMNS)[:_AT_ONCE]):
        yield from _with_deliveries(page, with_digests=with_digests)
        last = LeadId(page[-1][0])


def read_newest(account_id: AccountId, most: Mapping[SourceId, int]) -> list[StoredLead]:
    """Return the newest decided leads of each source, so many, without their digests."""
    page: list[Any] = []
    for source_id, limit in most.items():
        rows = _decided(account_id, None, None).filter(source_id=source_id, erased_at__isnull=True)
        page += rows.order_by("-received_at", "-id").values_list(*_COLUMNS)[:limit]
    return list(_with_deliveries(page, with_digests=False))


def _with_deliveries(page: Sequence[Any], *, with_digests: bool) -> Iterator[StoredLead]:
    ids = [LeadId(row[0]) for row in page]
    deliveries = _deliveries_of(ids)
    digests = _digests_of(ids) if with_digests else {}
    for id, entity_id, source_id, status, received_at, fields, changes, rounds in page:
        lead_id = LeadId(id)
        yield StoredLead(
            id=lead_id,
            entity_id=EntityId(entity_id),
            source_id=SourceId(source_id),
            status=status,
            received_at=received_at,
            fields=fields,
            history=changes,
            rounds=rounds,
            deliveries=deliveries.get(lead_id, ()),
            digests=digests.get(lead_id, ()),
        )


class StoredRounds(Struct, frozen=True):
    """`rounds` is the JSON of the lead's row."""

    entity_id: EntityId
    rounds: str


def read_rounds(
    account_id: AccountId,
    since: datetime | None,
    until: datetime | None,
    *,
    entities: Collection[EntityId] | None,
    most: int,
) -> list[StoredRounds]:
    """Return the decisions about the newest leads, erased ones too; None is of every entity."""
    rows = _decided(account_id, since, until)
    if entities is not None:
        rows = rows.filter(entity_id__in=entities)
    found = rows.order_by("-id").values_list("entity_id", "rounds")[:most]
    return [StoredRounds(EntityId(entity_id), rounds) for entity_id, rounds in found]


_COLUMNS = (
    "id", "entity_id", "source_id", "status", "received_at", "fields", "history", "rounds",
)  # fmt: skip
_Rows = QuerySet[models.Lead]


def _decided(account_id: AccountId, since: datetime | None, until: datetime | None) -> _Rows:
    rows = models.Lead.objects.filter(account_id=account_id, test=False).exclude(rounds="[]")
    if since is not None:
        first = uuid7(to_milliseconds(since), 0)
        rows = rows.filter(id__gte=first, received_at__gte=since)
    if until is not None:
        last = uuid7(to_milliseconds(until), _MOST_RANDOM)
        rows = rows.filter(id__lte=last, received_at__lt=until)
    return rows


def _after(rows: _Rows, last: LeadId | None) -> _Rows:
    return rows if last is None else rows.filter(id__gt=last)


def _deliveries_of(lead_ids: Sequence[LeadId]) -> dict[LeadId, list[StoredDelivery]]:
    found: dict[LeadId, list[StoredDelivery]] = defaultdict(list)
    rows = models.Delivery.objects.filter(lead_id__in=lead_ids).exclude(state__in=_NEVER_WENT)
    columns = (
        "lead_id", "assignment_id", "partner_id", "state", "price_minor", "config_version",
        "places",
    )  # fmt: skip
    for lead_id, assignment_id, partner_id, state, *rest in rows.order_by("id").values_list(
        *columns
    ):
        found[lead_id].append(StoredDelivery(assignment_id, partner_id, state in _DECLINED, *rest))
    return found


def _digests_of(lead_ids: Sequence[LeadId]) -> dict[LeadId, list[bytes]]:
    found: dict[LeadId, list[bytes]] = defaultdict(list)
    rows = models.MatchKey.objects.filter(lead_id__in=lead_ids)
    for lead_id, digest in rows.values_list("lead_id", "digest"):
        found[LeadId(lead_id)].append(bytes(digest))
    return found
