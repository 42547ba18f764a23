"""Leads in the database."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from msgspec import Struct

from headgate.domain.ids import AccountId, EntityId, ImportId, LeadId, SourceId, UserId
from headgate.storage import bulk, models, tallies


class Lead(Struct):
    """A stored lead; the attributes are named like the columns.

    `fields`, `extra`, `consent` and `rounds` are JSON texts; `sealed` holds the encrypted
    fields under the account's data key.
    """

    id: LeadId
    account_id: AccountId
    entity_id: EntityId
    source_id: SourceId
    state: str
    status: str
    received_at: datetime
    fields: str
    sealed: bytes | None
    extra: str | None
    consent: str | None
    note: str | None
    test: bool
    accepted: bool
    external_id: str | None
    duplicate_of: LeadId | None
    reason: str | None
    idempotency_key: str | None
    idempotency_digest: bytes | None
    rounds: str
    history: str | None = None
    waiting_since: datetime | None = None
    look_at: datetime | None = None
    wait_until: datetime | None = None
    redirect_url: str | None = None
    erased_at: datetime | None = None
    import_id: ImportId | None = None
    import_row: int | None = None
    assignee_id: UserId | None = None


class LeadNotFound(LookupError):
    """The account has no such lead."""


_COLUMNS = Lead.__struct_fields__
_DECIDED = (
    "state", "rounds", "waiting_since", "look_at", "wait_until", "redirect_url",
    "accepted", "reason",
)  # fmt: skip


def add(leads: Sequence[Lead]) -> None:
    bulk.insert(models.Lead, leads)
    _mark_stale(leads)


def save_decided(leads: Sequence[Lead]) -> None:
    """Write what a round or an outcome changes: the state, the rounds and the wait."""
    bulk.update(models.Lead, leads, _DECIDED)
    _mark_stale(leads)


def save_values(lead: Lead) -> None:
    """Write the lead's own values, after an edit."""
    columns = (
        "fields", "sealed", "extra", "status", "history", "assignee_id", "duplicate_of",
    )  # fmt: skip
    bulk.update(models.Lead, [lead], columns)


def erase(lead: Lead) -> None:
    """Write over everything that may tell who the person is, in the row and in the digests."""
    columns = (
        "fields", "sealed", "extra", "consent", "note", "external_id", "idempotency_key",
        "idempotency_digest", "rounds", "history", "redirect_url", "erased_at",
    )  # fmt: skip
    bulk.update(models.Lead, [lead], columns)


def delete(lead_ids: Sequence[LeadId]) -> None:
    """Remove leads that no delivery refers to, as if they had never come."""
    models.MatchKey.objects.filter(lead_id__in=lead_ids).delete()
    rows = models.Lead.objects.filter(id__in=lead_ids)
    received = list(rows.values_list("account_id", "received_at"))
    rows.delete()
    tallies.mark((AccountId(account), at) for account, at in received)


def get(account_id: AccountId, lead_id: LeadId) -> Lead:
    """:raises LeadNotFound:"""
    found = read(models.Lead.objects.filter(account_id=account_id, id=lead_id))
    if not found:
        raise LeadNotFound(f"there is no lead {lead_id}")
    return found[0]


def find_many(lead_ids: Iterable[LeadId]) -> dict[LeadId, Lead]:
    return _by_id(lead_ids, lock=False)


def lock(lead_ids: Iterable[LeadId]) -> dict[LeadId, Lead]:
    """Return the leads, which nobody else changes until the transaction ends."""
    return _by_id(lead_ids, lock=True)


def find_by_idempotency(
    keys: Iterable[tuple[SourceId, str]],
) -> dict[tuple[SourceId, str], tuple[LeadId, bytes, datetime]]:
    """Return lead, body digest and arrival for each (source, key) that is bound."""
    wanted = Q()
    by_source: dict[SourceId, list[str]] = {}
    for source_id, key in keys:
        by_source.setdefault(source_id, []).append(key)
    for source_id, names in by_source.items():
        wanted |= Q(source_id=source_id, idempotency_key__in=names)
    if not by_source:
        return {}
    columns = ("source_id", "idempotency_key", "id", "idempotency_digest", "received_at")
    return {
        (SourceId(source), key): (LeadId(id), bytes(digest), at)
        for source, key, id, digest, at in models.Lead.objects.filter(wanted).values_list(*columns)
    }


def unbind_idempotency(lead_ids: Iterable[LeadId]) -> None:
    """Free the keys of these leads for other requests."""
    rows = models.Lead.objects.filter(id__in=list(lead_ids))
    rows.update(idempotency_key=None, idempotency_digest=None)


def list_page(
    account_id: AccountId, *, filters: Q | None = None, before: LeadId | None, limit: int
) -> list[Lead]:
    """Return up to `limit` leads, newest first, older than `before`."""
    rows = models.Lead.objects.filter(account_id=account_id)
    if filters is not None:
        rows = rows.filter(filters)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return read(rows.order_by("-id")[:limit])


def list_newest(source_ids: Iterable[SourceId], *, limit: int) -> list[Lead]:
    """Return the newest accepted leads of these sources that are still there to read.

    Each source is asked by itself, by its index, so that the cost does not follow how many
    other leads there are.
    """
    newest: list[tuple[datetime, LeadId]] = []
    for source_id in source_ids:
        newest += bulk.select(
            models.Lead,
            ("received_at", "id"),
            "source_id = %s AND accepted AND NOT test AND erased_at IS NULL",
            (source_id,),
            order="received_at DESC",
            limit=limit,
        )
    ids = [lead_id for _, lead_id in sorted(newest, reverse=True)[:limit]]
    found = _by_id(ids, lock=False)
    return [found[lead_id] for lead_id in ids if lead_id in found]


def list_last_of(source_id: SourceId, *, limit: int) -> list[Lead]:
    """Return the source's last leads, newest first."""
    rows = models.Lead.objects.filter(source_id=source_id).order_by("-received_at", "-id")
    return read(rows[:limit])


def accounts_with_due_waits(*, now: datetime) -> list[AccountId]:
    """Return the accounts in which a waiting lead is worth a look."""
    rows = models.Lead.objects.filter(look_at__lte=now).order_by("account_id")
    return [AccountId(id) for id in rows.values_list("account_id", flat=True).distinct()]


def due_waiting(account_id: AccountId, *, now: datetime, limit: int) -> list[LeadId]:
    """Return the waiting leads worth a look, the oldest first."""
    rows = bulk.select(
        models.Lead,
        ("id",),
        "account_id = %s AND look_at <= %s",
        (account_id, now),
        order="received_at, id",
        limit=limit,
    )
    return [LeadId(id) for (id,) in rows]


def delete_tests(account_id: AccountId, *, before: datetime, limit: int) -> int:
    """Delete up to `limit` of the account's test leads received before, with all of theirs."""
    rows = models.Lead.objects.filter(test=True, received_at__lt=before, account_id=account_id)
    ids = list(rows.order_by("received_at").values_list("id", flat=True)[:limit])
    models.Attempt.objects.filter(delivery__lead_id__in=ids).delete()
    models.Disposition.objects.filter(delivery__lead_id__in=ids).delete()
    models.Delivery.objects.filter(lead_id__in=ids).delete()
    models.Lead.objects.filter(id__in=ids).delete()
    return len(ids)


def look_again(account_id: AccountId, *, now: datetime) -> None:
    """Have every waiting lead of the account decided again: a place or a set-up changed."""
    rows = models.Lead.objects.filter(account_id=account_id, look_at__gt=now)
    rows.update(look_at=now)


def _mark_stale(changed: Iterable[Lead]) -> None:
    tallies.mark((lead.account_id, lead.received_at) for lead in changed if not lead.test)


def _by_id(lead_ids: Iterable[LeadId], *, lock: bool) -> dict[LeadId, Lead]:
    wanted = list(lead_ids)
    if not wanted:
        return {}
    rows = bulk.select(models.Lead, _COLUMNS, "id {among}", among=wanted, lock=lock)
    return {row[0]: Lead(*row) for row in rows}


def read(rows: Any) -> list[Lead]:
    """Return the leads of a query."""
    return [_lead(row) for row in rows.values_list(*_COLUMNS)]


def _lead(row: tuple[Any, ...]) -> Lead:
    lead = Lead(*row)
    if lead.sealed is not None:
        lead.sealed = bytes(lead.sealed)  # psycopg reads a memoryview
    return lead
