"""Imports: how far each has come, and the rows that could not become leads."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from msgspec import Struct

from headgate.domain.ids import AccountId, EntityId, ImportId, LeadId, SourceId, UploadId
from headgate.storage import bulk, models


class ImportState(StrEnum):
    RUNNING = "running"  # or broken off: the same file goes on where it stopped
    CANCELLED = "cancelled"  # likewise, but by a person, or by trouble that stays
    DONE = "done"
    UNDOING = "undoing"  # what had not been distributed is going
    UNDONE = "undone"  # what had not been distributed is gone


TO_DO = (ImportState.RUNNING, ImportState.UNDOING)  # while somebody is, or should be, at it


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
    made_by: str | None = None
    upload_id: UploadId | None = None
    claimed_until: datetime | None = None
    trouble: str | None = None


class ImportFilter(Struct, frozen=True):
    """Which imports; None leaves it open."""

    entity_ids: tuple[EntityId, ...] | None = None
    state: str | None = None


class Failure(Struct, frozen=True):
    """Named like the columns, for `bulk.insert`."""

    of_id: ImportId
    row: int
    line: int
    sealed: bytes


class ImportNotFound(LookupError):
    """The account has no such import."""


_COLUMNS = Import.__struct_fields__
_PROGRESS = (
    "state", "cursor", "stored", "duplicates", "quarantined", "failed", "finished_at",
    "claimed_until", "trouble",
)  # fmt: skip


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


def list_page(
    account_id: AccountId, wanted: ImportFilter, *, before: int | None, limit: int
) -> list[Import]:
    """Return up to `limit` imports, newest first, older than `before`."""
    rows = _wanted(account_id, wanted)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [Import(*row) for row in rows.order_by("-id").values_list(*_COLUMNS)[:limit]]


def count(account_id: AccountId, wanted: ImportFilter) -> int:
    return _wanted(account_id, wanted).count()


def _wanted(account_id: AccountId, wanted: ImportFilter) -> QuerySet[models.Import]:
    rows = models.Import.objects.filter(account_id=account_id)
    if wanted.entity_ids is not None:
        rows = rows.filter(entity_id__in=wanted.entity_ids)
    if wanted.state is not None:
        rows = rows.filter(state=wanted.state)
    return rows


def save(moved: Import) -> None:
    """Write how far it has come."""
    bulk.update(models.Import, [moved], _PROGRESS)


def find_by_upload(upload_id: UploadId) -> ImportId | None:
    rows = models.Import.objects.filter(upload_id=upload_id)
    found = rows.values_list("id", flat=True).first()
    return None if found is None else ImportId(found)


def attach(import_id: ImportId, upload_id: UploadId) -> None:
    """Have the serving processes go on with it, from an uploaded file."""
    models.Import.objects.filter(id=import_id).update(upload_id=upload_id)


def find_to_do(*, now: datetime) -> list[ImportId]:
    """Return the imports that a serving process has to work at and none does, oldest first."""
    is_free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    mine = Q(state=ImportState.RUNNING, upload__isnull=False) | Q(state=ImportState.UNDOING)
    # Said once more, so that the partial index is used.
    to_do = Q(state__in=TO_DO)
    rows = models.Import.objects.filter(to_do, mine, is_free).order_by("id")
    return [ImportId(id) for id in rows.values_list("id", flat=True)]


def claim(import_id: ImportId, *, until: datetime, now: datetime) -> bool:
    """Take an import for this process until that moment; False when another has it."""
    is_free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    rows = models.Import.objects.filter(is_free, id=import_id)
    return rows.update(claimed_until=until) == 1


def hold(import_id: ImportId, *, until: datetime | None) -> None:
    """Keep an import for longer, or let it go at once."""
    models.Import.objects.filter(id=import_id).update(claimed_until=until)


def orphan_all() -> None:
    """Let go of every claim: whoever made them is dead."""
    models.Import.objects.exclude(claimed_until=None).update(claimed_until=None)


def add_failures(failures: Sequence[Failure]) -> None:
    bulk.insert(models.ImportFailure, failures)


def failures_after(import_id: ImportId, row: int, *, limit: int) -> list[Failure]:
    """Return some of the rows that failed after that one, in their order."""
    rows = models.ImportFailure.objects.filter(of_id=import_id, row__gt=row).order_by("row")
    return [
        Failure(ImportId(of_id), number, line, bytes(sealed))
        for of_id, number, line, sealed in rows.values_list("of_id", "row", "line", "sealed")[
            :limit
        ]
    ]


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


def delete_failures(*, before: datetime, limit: int) -> int:
    """Delete some of the failed rows of imports begun before."""
    rows = models.ImportFailure.objects.filter(of__started_at__lt=before)
    ids = list(rows.values_list("id", flat=True)[:limit])
    models.ImportFailure.objects.filter(id__in=ids).delete()
    return len(ids)


def count_leads(import_id: ImportId) -> int:
    return models.Lead.objects.filter(import_id=import_id).count()
