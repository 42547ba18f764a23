"""The whole database is copied, and a copy is put in its place without forgetting an erasure."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.db import DatabaseError, transaction
from msgspec import Struct

from headgate.domain.ids import AccountId, LeadId
from headgate.services.privacy import erasing
from headgate.services.routing import Leases
from headgate.storage import (
    accounts,
    bulk,
    erasures,
    leads,
    postgresql_copies,
    schema,
    sqlite_copies,
)

MOST_KEPT_BEFORE_MIGRATIONS = 3
MOST_ERASED_AT_ONCE = 100
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


class Restored(Struct, frozen=True):
    """Where the database that was there before is kept, and how many leads were erased again.

    `erasures_known` is False when that database could not be read, so that nobody knows what
    was erased since the backup.
    """

    kept: Path | None
    erased: int
    erasures_known: bool


class _Standing(Struct, frozen=True):
    """The database that a backup is to replace."""

    is_empty: bool
    is_readable: bool
    erasures: list[tuple[AccountId, LeadId]]


def back_up(*, target: Path) -> None:
    """Copy the database to one file, also while it is served; the file is checked.

    :raises BadCopy: the file is not there, or is still the one it was before.
    """
    if bulk.on_postgresql():
        postgresql_copies.write(target)
    else:
        sqlite_copies.write(target)


def back_up_before_migrating(*, folder: Path, now: datetime) -> Path:
    """Copy the database into the folder, of whose earlier such copies the last few stay."""
    target = folder / f"before-migration-{now:%Y%m%dT%H%M%S}.sqlite3"
    back_up(target=target)
    earlier = sorted(folder.glob("before-migration-*.sqlite3"))
    for old in earlier[:-MOST_KEPT_BEFORE_MIGRATIONS]:
        old.unlink()
    return target


def has_a_database() -> bool:
    """Tell whether there is anything that a restored backup would replace."""
    return not _standing().is_empty


def restore(*, source: Path, folder: Path, check: Callable[[], None], now: datetime) -> Restored:
    """Put a backup in the place of the database, which is kept in `folder`.

    What was erased since the backup is erased again, and the backup is brought up to date,
    before anybody sees it. `check` refuses by raising; then the database stays as it is.

    :raises BadCopy, UnknownMigrations: the database stays as it is.
    """
    standing = _standing()
    kept = None if standing.is_empty else folder / f"before-restore-{now:%Y%m%dT%H%M%S}"
    put_in_place = _restore_postgresql if bulk.on_postgresql() else _restore_sqlite
    return put_in_place(source, standing, kept, lambda: _bring_up_to_date(standing, check, now))


def _standing() -> _Standing:
    try:
        if schema.is_empty():
            return _Standing(True, True, [])
        known = erasures.list_since(_ALWAYS) if schema.has_table("storage_erasure") else []
    except DatabaseError:
        return _Standing(False, False, [])
    return _Standing(False, True, known)


def _restore_postgresql(
    source: Path, standing: _Standing, kept: Path | None, bring_up_to_date: Callable[[], int]
) -> Restored:
    postgresql_copies.read_manifest(source)
    if kept is not None:
        kept = kept.with_suffix(".zip")
        postgresql_copies.write(kept)
    with transaction.atomic():
        postgresql_copies.replace_by(source)
        erased = bring_up_to_date()
    return Restored(kept, erased, standing.is_readable)


def _restore_sqlite(
    source: Path, standing: _Standing, kept: Path | None, bring_up_to_date: Callable[[], int]
) -> Restored:
    staged = sqlite_copies.stage(source)
    try:
        with sqlite_copies.using(staged):
            erased = bring_up_to_date()
        if kept is not None:
            kept = kept.with_suffix(".sqlite3")
            keep = sqlite_copies.write if standing.is_readable else sqlite_copies.keep_damaged
            keep(kept)
        sqlite_copies.put_in_place(staged)
    finally:
        staged.unlink(missing_ok=True)
    return Restored(kept, erased, standing.is_readable)


def _bring_up_to_date(standing: _Standing, check: Callable[[], None], now: datetime) -> int:
    schema.migrate()
    check()
    erased = 0
    for account in accounts.list_all():
        theirs = [lead_id for account_id, lead_id in standing.erasures if account_id == account.id]
        for first in range(0, len(theirs), MOST_ERASED_AT_ONCE):
            part = theirs[first : first + MOST_ERASED_AT_ONCE]
            known = leads.find_many(part)
            if known:
                erased += erasing.erase_some(
                    account_id=account.id, lead_ids=list(known), leases=Leases(0), now=now
                )
            erasures.add(account.id, part, now=now)
    return erased
