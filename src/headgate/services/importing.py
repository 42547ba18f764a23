"""A CSV file is imported: begun once, then taken batch by batch, each row exactly once."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum, auto
from itertools import islice
from typing import Any

from django.db import transaction
from msgspec import Struct

from headgate.domain.csv_files import Columns, Record, columns_of, raggedness
from headgate.domain.flaws import Flawed
from headgate.domain.ids import AccountId, ImportId, LeadId
from headgate.domain.leads import LeadState
from headgate.domain.sources import API_SOURCE, OnDuplicate
from headgate.services import csv_reading, intake, setups
from headgate.services.batches import Answer
from headgate.services.csv_reading import CsvFile
from headgate.services.identity import fresh_id
from headgate.services.routing import Leases
from headgate.services.setups import Setup
from headgate.services.submissions import Receipt, Submission, UnknownEntity, UnknownSource
from headgate.services.writing import write_json
from headgate.storage import imports
from headgate.storage.imports import Import, ImportState
from headgate.storage.keys import Caller, KeyScope

# A served SQLite database waits for as long as this many rows take.
ROWS_AT_ONCE = 200
IMPORT_SOURCE = "import"  # the default, where the configuration lists it


class Wanted(Struct, frozen=True):
    """How a file is to be imported; None leaves it to the defaults."""

    entity: str
    source: str | None = None
    mapping: Mapping[str, str] = {}
    on_duplicate: OnDuplicate | None = None
    distribute: bool = False


class Standing(Enum):
    """What was known of a file before."""

    NEW = auto()
    BROKEN_OFF = auto()
    DONE = auto()


class Begun(Struct, frozen=True):
    """An import, what each column means, and what was known of the file."""

    progress: Import
    caller: Caller
    columns: Columns
    standing: Standing


class BegunOtherwise(ValueError):
    """The file was partly imported with other options."""


class JustBegun(Exception):
    """Another process began the same import in this moment."""


class Stopped(Exception):
    """Somebody cancelled the import, or undid it."""


def begin_import(
    *, account_id: AccountId, file: CsvFile, wanted: Wanted, force: bool, now: datetime
) -> Begun:
    """Begin an import, or find the one of the same file, entity and mapping.

    One that broke off goes on where it stopped. `force` begins anew whatever was imported.

    :raises UnknownEntity, UnknownSource, BadMapping, BegunOtherwise, JustBegun:
    """
    setup = setups.in_force(account_id)
    caller, ids = _caller(setup, wanted)
    columns = _columns(setup, file, wanted)
    fingerprint = _fingerprint(file, wanted)
    last = imports.find_last(account_id, fingerprint)
    if last is not None and not force and last.state != ImportState.UNDONE:
        if last.state == ImportState.DONE:
            return Begun(last, caller, columns, Standing.DONE)
        return Begun(_gone_on(last, ids, wanted), caller, columns, Standing.BROKEN_OFF)
    added = imports.add(
        {
            **ids,
            "account_id": account_id,
            "fingerprint": fingerprint,
            "run": last.run + 1 if last else 1,
            "name": file.path.name[:255],
            "mapping": write_json(dict(wanted.mapping)),
            "header": write_json(file.header),
            "delimiter": file.delimiter,
            "on_duplicate": wanted.on_duplicate,
            "distribute": wanted.distribute,
            "state": ImportState.RUNNING,
            "rows": file.rows,
            **dict.fromkeys(("cursor", "stored", "duplicates", "quarantined", "failed"), 0),
            "started_at": now,
        }
    )
    if added is None:
        raise JustBegun("another process has just begun to import this file; run it again")
    return Begun(added, caller, columns, Standing.NEW)


def batches(begun: Begun, file: CsvFile) -> Iterator[list[Record]]:
    """Yield the rows that are left, as many at a time as one transaction takes."""
    rows = csv_reading.read_rows(file, after=begun.progress.cursor)
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        yield batch


def take_rows(*, begun: Begun, records: Sequence[Record], now: datetime) -> Import:
    """Make leads of the rows, and note how far the import has come, all or nothing.

    What another process took meanwhile, or a commit whose answer was lost, is not taken again.

    :raises Stopped, UnknownEntity, UnknownSource: nothing of the rows is kept.
    """
    while True:
        share = _Share(begun, records, now)
        try:
            intake.receive_in_account(
                account_id=begun.progress.account_id,
                entries=[(each, begun.caller) for each in share.submissions],
                rates=None,
                # The process that serves sends them: it looks for what is due by itself.
                leases=Leases(0),
                alongside=share,
                now=now,
            )
        except _TakenMeanwhile as meanwhile:
            records = [each for each in records if each.row > meanwhile.progress.cursor]
            if not records:
                return meanwhile.progress
        else:
            return share.progress


class _TakenMeanwhile(Exception):
    def __init__(self, progress: Import) -> None:
        self.progress = progress


class _Share:
    """The part of an import that one transaction takes: written beside its leads."""

    def __init__(self, begun: Begun, records: Sequence[Record], now: datetime) -> None:
        self.progress = begun.progress
        self._vault = setups.last_seen(begun.progress.account_id).vault
        self._records = records
        self._now = now
        self._failures: list[imports.Failure] = []
        self._sound: list[Record] = []
        self.submissions: list[Submission] = []
        for record in records:
            ragged = raggedness(record, len(begun.columns.names))
            if ragged is not None:
                self._fail(record, ragged)
                continue
            self._sound.append(record)
            self.submissions.append(_submission(begun, record, now))

    def begin(self) -> None:
        self.progress = imports.lock(self.progress.id)
        if self.progress.cursor >= self._records[0].row:
            raise _TakenMeanwhile(self.progress)
        if self.progress.state != ImportState.RUNNING:
            raise Stopped(f"import {self.progress.id} was {self.progress.state} meanwhile")

    def end(self, answers: Sequence[Answer]) -> None:
        progress = self.progress
        for record, answer in zip(self._sound, answers, strict=True):
            if isinstance(answer, Receipt):
                _count(progress, answer.lead.state)
            elif isinstance(answer, Flawed):
                self._fail(record, str(answer))
            else:
                raise answer
        imports.add_failures(self._failures)
        progress.failed += len(self._failures)
        progress.cursor = self._records[-1].row
        if progress.cursor >= progress.rows:
            progress.state, progress.finished_at = ImportState.DONE, self._now
        imports.save(progress)

    def _fail(self, record: Record, reason: str) -> None:
        sealed = self._vault.seal(write_json({"reason": reason, "raw": record.raw}).encode())
        failure = imports.Failure(self.progress.id, record.row, record.line, sealed)
        self._failures.append(failure)


def _count(progress: Import, state: str) -> None:
    if state == LeadState.DUPLICATE:
        progress.duplicates += 1
    elif state == LeadState.QUARANTINED:
        progress.quarantined += 1
    else:
        progress.stored += 1


def _submission(begun: Begun, record: Record, now: datetime) -> Submission:
    progress = begun.progress
    return Submission(
        id=LeadId(fresh_id(now)),
        caller=begun.caller,
        entity=begun.caller.entity or "",
        fields=dict(begun.columns.submitted(record.cells)),
        received_at=now,
        distribute=progress.distribute,
        loose=True,
        on_duplicate=OnDuplicate(progress.on_duplicate) if progress.on_duplicate else None,
        import_id=progress.id,
        import_row=record.row,
    )


def _caller(setup: Setup, wanted: Wanted) -> tuple[Caller, dict[str, Any]]:
    """Return the import as a caller, and the ids of its entity and source."""
    plan = setup.plan.entities.get(wanted.entity)
    if plan is None:
        known = ", ".join(setup.plan.entities) or "none yet"
        raise UnknownEntity(f"there is no entity {wanted.entity!r}; there are: {known}")
    slug = wanted.source
    if slug is None:
        slug = IMPORT_SOURCE if setup.source(wanted.entity, IMPORT_SOURCE) else API_SOURCE
    found = setup.source(wanted.entity, slug)
    if found is None:
        raise UnknownSource(f"the entity {wanted.entity!r} has no source {slug!r}")
    caller = Caller(setup.account.id, KeyScope.INTAKE, slug, wanted.entity)
    return caller, {"entity_id": plan.id, "source_id": found[0]}


def _columns(setup: Setup, file: CsvFile, wanted: Wanted) -> Columns:
    fields = setup.plan.entities[wanted.entity].entity.fields
    keys = [field.key for field in fields]
    return columns_of(file.header, wanted.mapping, setup.matchers[wanted.entity], keys)


def _gone_on(last: Import, ids: Mapping[str, Any], wanted: Wanted) -> Import:
    """Set an import that broke off running again, with the options that it was begun with."""
    begun = (last.source_id, last.on_duplicate, last.distribute)
    if begun != (ids["source_id"], wanted.on_duplicate, wanted.distribute):
        raise BegunOtherwise(
            f"row {last.cursor:,} of this file was reached with another --source, --on-duplicate "
            "or --distribute; go on with the same ones, or begin anew with --force"
        )
    with transaction.atomic():
        locked = imports.lock(ImportId(last.id))
        if locked.state == ImportState.CANCELLED:
            locked.state, locked.finished_at = ImportState.RUNNING, None
            imports.save(locked)
    return locked


def _fingerprint(file: CsvFile, wanted: Wanted) -> str:
    """Return what two imports of the same rows for the same entity have in common."""
    read = (file.digest, file.encoding, file.delimiter)
    said = write_json([*read, wanted.entity, sorted(wanted.mapping.items())])
    return hashlib.sha256(said.encode()).hexdigest()
