"""The audit log: rows are added and read, never changed."""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet
from msgspec import Struct

from headgate.domain.audit import Entry
from headgate.domain.ids import AccountId
from headgate.storage import bulk, models

# The first of an advisory lock's two numbers; the second is the account.
_CHAIN_LOCK = 72
_COLUMNS = Entry.__struct_fields__


class Link(Struct, frozen=True):
    """An entry with the digest that ties it to the one before."""

    entry: Entry
    digest: str


class Filters(Struct, frozen=True):
    """What a list of entries is narrowed to; `since` is included, `until` is not."""

    actor: str = ""
    kind: str = ""  # the part of the action before its dot
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


def hold_last(account_id: AccountId) -> Link | None:
    """Return the last link, which stays the last until the transaction ends."""
    if bulk.on_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_CHAIN_LOCK, account_id])
    rows = models.AuditEntry.objects.filter(account_id=account_id).order_by("-number")
    found = rows.values_list(*_COLUMNS, "digest").first()
    return None if found is None else _link(found)


def add(account_id: AccountId, link: Link) -> None:
    entry = link.entry
    models.AuditEntry.objects.create(
        account_id=account_id,
        digest=link.digest,
        **{name: getattr(entry, name) for name in _COLUMNS},
    )


def links(account_id: AccountId) -> Iterator[Link]:
    """Give the whole log in its order."""
    rows = models.AuditEntry.objects.filter(account_id=account_id).order_by("number")
    yield from map(_link, rows.values_list(*_COLUMNS, "digest").iterator(chunk_size=1000))


def list_page(
    account_id: AccountId, filters: Filters, *, before: int | None, limit: int
) -> list[Entry]:
    """Return entries, the newest first, older than the one with the number `before`."""
    rows = _narrowed(account_id, filters)
    if before is not None:
        rows = rows.filter(number__lt=before)
    return [Entry(*row) for row in rows.order_by("-number").values_list(*_COLUMNS)[:limit]]


def count(account_id: AccountId, filters: Filters) -> int:
    return _narrowed(account_id, filters).count()


def _narrowed(account_id: AccountId, filters: Filters) -> QuerySet[models.AuditEntry]:
    rows = models.AuditEntry.objects.filter(account_id=account_id)
    if filters.actor:
        rows = rows.filter(actor__icontains=filters.actor)
    if filters.kind:
        rows = rows.filter(action__startswith=f"{filters.kind}.")
    if filters.subject:
        rows = rows.filter(subject__icontains=filters.subject)
    if filters.since:
        rows = rows.filter(at__gte=filters.since)
    if filters.until:
        rows = rows.filter(at__lt=filters.until)
    return rows


def _link(row: tuple[object, ...]) -> Link:
    *entry, digest = row
    return Link(Entry(*entry), str(digest))  # type: ignore[arg-type]
