"""CSV imports: how far each has come, and the rows that could not become leads."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import IntegrityError, transaction
from msgspec import Struct

from headgate.domain.ids import AccountId, EntityId, ImportId, LeadId, SourceId
from headgate.storage import bulk, models


class ImportState(StrEnum):
    RUNNING = "running"  # or broken off: the same file goes on where it stopped
    CANCELLED = "cancelled"  # likewise, but by a person
    DONE = "done"
    UNDONE = "undone"  # what had not been distributed is gone


class Import(Struct):
    """A stored import; the attributes are named like the columns."""

    id: ImportId
    account_id: AccountId
    entity_id: EntityId
    source_id: SourceId
    fingerprint: str
    run: int
    name: str
    mapping: str
    header: str
    delimiter: str
    on_duplicate: str | None
    distribute: bool
    state: str
    rows: int
    cursor: int
    stored: int
    duplicates: int
    quarantined: int
    failed: int
    started_at: datetime
    finished_at: datetime | None = None


class Failure(Struct, frozen=True):
    """Named like the columns, for `bulk.insert`."""

    of_id: ImportId
    row: int
    line: int
    sealed: bytes


class ImportNotFound(LookupError):
    """The account has no such import."""


_COLUMNS = Import.__struct_fields__
_PROGRESS = ("state", "cursor", "stored", "duplicates", "quarantined", "failed", "finished_at")


def add(new: dict[str, Any]) -> Import | None:
    """Add an import; None when another process has just begun the same one."""
    try:
        with transaction.atomic():
            row = models.Import.objects.create(**new)
    except IntegrityError:
        return None
    return get(new["account_id"], ImportId(row.pk))


def get(account_id: AccountId, import_id: ImportId) -> Import:
    """:raises ImportNotFound:"""
    rows = models.Import.objects.filter(account_id=account_id, id=import_id)
    found = rows.values_list(*_COLUMNS).first()
    if found is None:
        raise ImportNotFound(f"there is no import number {import_id}")
    return Import(*found)


def lock(import_id: ImportId) -> Import:
    """Return the import, which nobody else moves until the transaction ends."""
    rows = bulk.select(models.Import, _COLUMNS, "id = %s", (import_id,), lock=True)
    return Import(*rows[0])


def find_last(account_id: AccountId, fingerprint: str) -> Import | None:
    """Return the last import of the same file, entity and mapping."""
    rows = models.Import.objects.filter(account_id=account_id, fingerprint=fingerprint)
    found = rows.order_by("-run").values_list(*_COLUMNS).first()
    return None if found is None else Import(*found)


def list_all(account_id: AccountId) -> list[Import]:
    """Return the account's imports, newest first."""
    rows = models.Import.objects.filter(account_id=account_id).order_by("-id")
    return [Import(*row) for row in rows.values_list(*_COLUMNS)]


def save(moved: Import) -> None:
    """Write how far it has come."""
    bulk.update(models.Import, [moved], _PROGRESS)


def add_failures(failures: Sequence[Failure]) -> None:
    bulk.insert(models.ImportFailure, failures)


def failures_of(import_id: ImportId) -> Iterator[Failure]:
    rows = models.ImportFailure.objects.filter(of_id=import_id).order_by("row")
    for row in rows.values_list("of_id", "row", "line", "sealed").iterator():
        of_id, number, line, sealed = row
        yield Failure(ImportId(of_id), number, line, bytes(sealed))


def forget_failures(import_id: ImportId) -> None:
    models.ImportFailure.objects.filter(of_id=import_id).delete()


def undistributed(import_id: ImportId, *, limit: int) -> list[LeadId]:
    """Return some of the import's leads that were never decided and are not erased."""
    rows = bulk.select(
        models.Lead,
        ("id",),
        "import_id = %s AND rounds = '[]' AND erased_at IS NULL",
        (import_id,),
        limit=limit,
    )
    return [LeadId(id) for (id,) in rows]


def count_leads(import_id: ImportId) -> int:
    return models.Lead.objects.filter(import_id=import_id).count()
