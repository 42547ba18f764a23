"""Imports are stopped, taken back, and asked for the rows that are no leads."""

import csv
from collections import Counter
from datetime import datetime
from io import StringIO

from django.db import transaction
from msgspec import Struct, json

from headgate.domain.audit import Action
from headgate.domain.caps import Scope
from headgate.domain.ids import AccountId, ImportId
from headgate.services import audit, setups
from headgate.services.board import Board
from headgate.services.imports import importing
from headgate.services.imports.importing import KEPT_AFTER_ITS_END, KEPT_UNUSED
from headgate.storage import accounts, caps, imports, leads
from headgate.storage.imports import Import, ImportState

LEADS_AT_ONCE = 200


class NotInThatState(Exception):
    """The import is past that; the message says why."""


class FailedRow(Struct, frozen=True):
    """A row that is no lead: its number, the line it begins at, why, and its cells."""

    row: int
    line: int
    reason: str
    cells: list[str]


class _Sealed(Struct, frozen=True):
    reason: str
    raw: str


def cancel_import(
    *, account_id: AccountId, import_id: ImportId, by: str | None = None, now: datetime
) -> Import:
    """Stop an import between two batches; what it stored stays.

    :raises ImportNotFound, NotInThatState:
    """
    with transaction.atomic():
        imports.get(account_id, import_id)
        found = imports.lock(import_id)
        if found.state != ImportState.RUNNING:
            raise NotInThatState(f"import {import_id} is {found.state}; it does not run")
        found.state, found.finished_at = ImportState.CANCELLED, now
        importing.let_go(found, keep_for=KEPT_UNUSED, now=now)
        imports.save(found)
        _note(found, Action.IMPORT_CANCELLED, by=by, now=now)
    return found


def begin_undoing(
    *, account_id: AccountId, import_id: ImportId, by: str | None = None, now: datetime
) -> Import:
    """Stop the import for good and have the processes that serve remove its leads.

    :raises ImportNotFound, NotInThatState:
    """
    with transaction.atomic():
        imports.get(account_id, import_id)
        found = imports.lock(import_id)
        before = found.state
        _begin(found, now)
        if found.state != before:
            _note(found, Action.IMPORT_UNDONE, by=by, now=now)
    return found


def undo_some(*, account_id: AccountId, import_id: ImportId, now: datetime) -> int:
    """Remove some of the leads that were never distributed; 0 when none is left.

    Their place in their source's caps is given back, and the rows that failed are forgotten.

    :raises ImportNotFound, NotInThatState:
    """
    with transaction.atomic():
        imports.get(account_id, import_id)
        found = imports.lock(import_id)
        _begin(found, now)
        removed = _remove_some(found, now)
        if not removed and found.state == ImportState.UNDOING:
            found.state, found.claimed_until = ImportState.UNDONE, None
            imports.save(found)
        return removed


def failed_rows(found: Import, *, after: int, limit: int) -> list[FailedRow]:
    """Return some of the rows that are no leads, in the order of the file."""
    vault = setups.in_force(found.account_id).vault
    rows = []
    for failure in imports.failures_after(found.id, after, limit=limit):
        said = json.decode(vault.open(failure.sealed), type=_Sealed)
        cells = next(csv.reader(StringIO(said.raw, newline=""), delimiter=found.delimiter))
        rows.append(FailedRow(failure.row, failure.line, said.reason, cells))
    return rows


def header_of(found: Import) -> list[str]:
    return json.decode(found.header, type=list[str])


def _begin(found: Import, now: datetime) -> None:
    if found.distribute:
        message = f"the leads of import {found.id} were distributed as they came"
        raise NotInThatState(f"{message}, so it cannot be undone")
    if found.state not in (ImportState.UNDOING, ImportState.UNDONE):
        found.state, found.finished_at = ImportState.UNDOING, now
        importing.let_go(found, keep_for=KEPT_AFTER_ITS_END, now=now)
        imports.save(found)
        imports.forget_failures(found.id)


def _remove_some(found: Import, now: datetime) -> int:
    candidates = imports.undistributed(found.id, limit=LEADS_AT_ONCE)
    if not candidates:
        return 0
    setup = setups.at_version(found.account_id, accounts.hold_version(found.account_id))
    # Made for its locks: nobody distributes a lead, or counts one, while they are held.
    Board(setup, now=now)
    gone = [
        lead
        for lead in leads.lock(candidates).values()
        if lead.rounds == "[]" and lead.erased_at is None
    ]
    counted = Counter(lead.received_at for lead in gone if lead.accepted and not lead.test)
    for received_at, count in counted.items():
        owner = ((Scope.SOURCE, found.source_id),)
        caps.move(owner, received_at, leads=-count, spend=0)
    leads.delete([lead.id for lead in gone])
    return len(gone)


def _note(found: Import, action: Action, *, by: str | None, now: datetime) -> None:
    audit.note_act(
        account_id=found.account_id,
        by=by,
        action=action,
        subject=f"import {found.id}",
        after={"reached": found.cursor, "rows": found.rows},
        now=now,
    )
