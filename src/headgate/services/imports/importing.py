"""A file is imported: begun once, then taken batch by batch, each row exactly once."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from itertools import islice
from typing import Any

from django.db import transaction
from msgspec import Struct

from headgate.domain.audit import Action
from headgate.domain.csv_files import Columns, Record, raggedness
from headgate.domain.flaws import Flawed
from headgate.domain.ids import AccountId, ImportId, UploadId
from headgate.domain.leads import LeadState
from headgate.domain.sources import OnDuplicate
from headgate.services import audit, csv_reading, intake, setups
from headgate.services.batches import Answer
from headgate.services.csv_reading import CsvFile
from headgate.services.events import noting
from headgate.services.imports import import_plans
from headgate.services.imports.import_plans import Wanted
from headgate.services.routing import Leases
from headgate.services.submissions import Receipt, Submission
from headgate.services.writing import write_json
from headgate.storage import imports, uploads
from headgate.storage.imports import Import, ImportState
from headgate.storage.keys import Caller

# A served SQLite database waits for as long as this many rows take.
ROWS_AT_ONCE = 200
# Whoever is at an import and does not take a batch for so long is taken for dead.
CLAIMED = timedelta(seconds=30)
# A file may be asked for once more when its import has just ended, or goes on after a pause.
KEPT_AFTER_ITS_END = timedelta(hours=1)
KEPT_UNUSED = timedelta(days=1)


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
    """Somebody begins, or undoes, the same import in this moment."""


class Stopped(Exception):
    """Somebody cancelled the import, or undid it."""


def begin_import(
    *,
    account_id: AccountId,
    file: CsvFile,
    wanted: Wanted,
    force: bool,
    made_by: str | None = None,
    upload_id: UploadId | None = None,
    now: datetime,
) -> Begun:
    """Begin an import, or find the one of the same file, entity and mapping.

    One that broke off goes on where it stopped. `force` begins anew whatever was imported. With
    an upload, the processes that serve do the rest.

    :raises UnknownEntity, UnknownSource, BadMapping, BegunOtherwise, JustBegun:
    """
    setup = setups.in_force(account_id)
    caller, ids = import_plans.caller_of(setup, wanted)
    columns = import_plans.columns_for(setup, file, wanted)
    fingerprint = import_plans.fingerprint_of(file, wanted)
    last = imports.find_last(account_id, fingerprint)
    if last is not None and last.state == ImportState.UNDOING:
        raise JustBegun(f"import {last.id} of the same rows is being undone; try again after that")
    if last is not None and not force and last.state != ImportState.UNDONE:
        if last.state == ImportState.DONE:
            return Begun(last, caller, columns, Standing.DONE)
        gone_on = _gone_on(last, ids, wanted, upload_id)
        return Begun(gone_on, caller, columns, Standing.BROKEN_OFF)
    added = imports.add(
        {
            **ids,
            **_as_wanted(file, wanted),
            "account_id": account_id,
            "fingerprint": fingerprint,
            "run": last.run + 1 if last else 1,
            "started_at": now,
            "made_by": made_by,
            "upload_id": upload_id,
        }
    )
    if added is None:
        raise JustBegun("another process has just begun to import this file; run it again")
    _note_begun(added, wanted, by=made_by, now=now)
    return Begun(added, caller, columns, Standing.NEW)


def _note_begun(added: Import, wanted: Wanted, *, by: str | None, now: datetime) -> None:
    audit.note_act(
        account_id=added.account_id,
        by=by,
        action=Action.IMPORT_STARTED,
        subject=f"import {added.id}",
        after={"entity": wanted.entity, "rows": added.rows, "distribute": wanted.distribute},
        now=now,
    )


def _as_wanted(file: CsvFile, wanted: Wanted) -> dict[str, Any]:
    """Return the columns of an import of which no row was taken yet."""
    counts = ("cursor", "stored", "duplicates", "quarantined", "failed")
    return {
        "name": file.name[:255],
        "mapping": write_json(dict(wanted.mapping)),
        "header": write_json(file.header),
        "delimiter": file.delimiter,
        "on_duplicate": wanted.on_duplicate,
        "distribute": wanted.distribute,
        "state": ImportState.RUNNING,
        "rows": file.rows,
        **dict.fromkeys(counts, 0),
    }


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


def let_go(ended: Import, *, keep_for: timedelta, now: datetime) -> None:
    """Say that nobody is at the import any more, and for how long its file is still kept."""
    ended.claimed_until = None
    if ended.upload_id is not None:
        uploads.keep(ended.upload_id, until=now + keep_for)


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
        if progress.claimed_until is not None:
            progress.claimed_until = self._now + CLAIMED
        if progress.cursor >= progress.rows:
            progress.state, progress.finished_at = ImportState.DONE, self._now
            let_go(progress, keep_for=KEPT_AFTER_ITS_END, now=self._now)
            noting.note_import(progress, now=self._now)
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
    return import_plans.submission_of(
        record,
        caller=begun.caller,
        columns=begun.columns,
        distribute=progress.distribute,
        on_duplicate=OnDuplicate(progress.on_duplicate) if progress.on_duplicate else None,
        import_id=progress.id,
        now=now,
    )


def _gone_on(
    last: Import, ids: Mapping[str, Any], wanted: Wanted, upload_id: UploadId | None
) -> Import:
    """Set an import that broke off running again, with the options that it was begun with."""
    begun = (last.source_id, last.on_duplicate, last.distribute)
    if begun != (ids["source_id"], wanted.on_duplicate, wanted.distribute):
        raise BegunOtherwise(
            f"row {last.cursor:,} of this file was reached with another source, duplicates policy "
            "or choice to distribute; go on with the same ones, or begin anew by force"
        )
    with transaction.atomic():
        locked = imports.lock(ImportId(last.id))
        run_again(locked)
        if upload_id is not None and locked.upload_id is None:
            imports.attach(locked.id, upload_id)
    return locked


def run_again(locked: Import) -> None:
    """Let an import that was cancelled go on."""
    if locked.state == ImportState.CANCELLED:
        locked.state, locked.finished_at, locked.trouble = ImportState.RUNNING, None, None
        imports.save(locked)
