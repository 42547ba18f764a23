"""Imports as the API and the console show them, and their rows that are no leads as CSV."""

import csv
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from io import StringIO

from msgspec import Struct

from headgate.domain.ids import AccountId, ImportId
from headgate.domain.instants import rfc3339
from headgate.services import setups
from headgate.services.imports import undoing
from headgate.services.setups import Setup
from headgate.services.submissions import UnknownEntity
from headgate.storage import imports
from headgate.storage.imports import Import, ImportFilter, ImportState

_ROWS_A_PART = 500


class ImportShown(Struct, frozen=True):
    """`reached` is the last row that was dealt with; `trouble` is why it stopped by itself.

    An import that is `by_command` goes on as long as its command runs, and with the next one;
    one that `is_waiting` has its turn after others.
    """

    id: int
    entity: str
    source: str
    name: str
    state: str
    rows: int
    reached: int
    stored: int
    duplicates: int
    quarantined: int
    failed: int
    distribute: bool
    on_duplicate: str | None
    started_at: str
    finished_at: str | None
    made_by: str | None
    trouble: str | None
    by_command: bool
    is_waiting: bool
    can_go_on: bool
    can_be_undone: bool


class ImportPage(Struct, frozen=True):
    items: list[ImportShown]
    next: str | None


def show_import(*, account_id: AccountId, import_id: ImportId) -> ImportShown:
    """:raises ImportNotFound:"""
    found = imports.get(account_id, import_id)
    return shown(setups.in_force(account_id), found)


def list_imports(
    *,
    account_id: AccountId,
    entities: Collection[str] | None,
    state: str | None,
    before: int | None,
    limit: int,
) -> ImportPage:
    """Return a page of those of some entities, or of all, newest first.

    :raises UnknownEntity:
    """
    setup = setups.in_force(account_id)
    wanted = _filter(setup, entities, state)
    found = imports.list_page(account_id, wanted, before=before, limit=limit + 1)
    items = [shown(setup, each) for each in found[:limit]]
    return ImportPage(items, str(items[-1].id) if len(found) > limit else None)


def count_imports(
    *, account_id: AccountId, entities: Collection[str] | None, state: str | None
) -> int:
    """:raises UnknownEntity:"""
    return imports.count(account_id, _filter(setups.in_force(account_id), entities, state))


def shown(setup: Setup, found: Import) -> ImportShown:
    is_running = found.state == ImportState.RUNNING
    return ImportShown(
        id=found.id,
        entity=setup.entity_slugs.get(found.entity_id, ""),
        source=setup.source_slugs.get(found.source_id, ""),
        name=found.name,
        state=found.state,
        rows=found.rows,
        reached=found.cursor,
        stored=found.stored,
        duplicates=found.duplicates,
        quarantined=found.quarantined,
        failed=found.failed,
        distribute=found.distribute,
        on_duplicate=found.on_duplicate,
        started_at=rfc3339(found.started_at),
        finished_at=rfc3339(found.finished_at) if found.finished_at else None,
        made_by=found.made_by,
        trouble=found.trouble,
        by_command=is_running and found.upload_id is None,
        is_waiting=is_running and found.upload_id is not None and found.claimed_until is None,
        can_go_on=found.state == ImportState.CANCELLED and found.upload_id is not None,
        can_be_undone=not found.distribute
        and found.state not in (ImportState.UNDOING, ImportState.UNDONE),
    )


def failed_rows_csv(*, account_id: AccountId, import_id: ImportId) -> Iterator[str]:
    """Yield the rows that are no leads as CSV, some at a time; cells stand as they came.

    They are read part by part, so any thread may ask for the next one.

    :raises ImportNotFound:
    """
    found = imports.get(account_id, import_id)
    yield _csv([["line", "reason", *undoing.header_of(found)]])
    after = 0
    while rows := undoing.failed_rows(found, after=after, limit=_ROWS_A_PART):
        yield _csv([[str(each.line), each.reason, *each.cells] for each in rows])
        after = rows[-1].row


def has_lost_rows(found: ImportShown, *, kept: timedelta, now: datetime) -> bool:
    """Tell whether the rows that failed are no longer kept."""
    return datetime.fromisoformat(found.started_at) < now - kept


def _csv(rows: list[list[str]]) -> str:
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _filter(setup: Setup, entities: Collection[str] | None, state: str | None) -> ImportFilter:
    if entities is None:
        return ImportFilter(None, state)
    for entity in entities:
        if entity not in setup.plan.entities:
            raise UnknownEntity(f"there is no entity {entity!r}")
    ids = tuple(setup.plan.entities[entity].id for entity in entities)
    return ImportFilter(ids, state)
