"""The whole database is copied, and a copy is put in its place without forgetting an erasure."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.db import transaction
from msgspec import Struct

from headgate.domain.ids import AccountId, LeadId
from headgate.services import erasing
from headgate.services.routing import Leases
from headgate.storage import bulk, erasures, leads, postgresql_copies, schema, sqlite_copies

MOST_KEPT_BEFORE_MIGRATIONS = 3
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


class Restored(Struct, frozen=True):
    """Where the database that was there before is kept, and how many leads were erased again."""

    kept: Path | None
    erased: int


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


def restore(*, source: Path, folder: Path, check: Callable[[], None], now: datetime) -> Restored:
    """Put a backup in the place of the database, which is kept in `folder`.

    What was erased since the backup is erased again, and the backup is brought up to date,
    before anybody sees it. `check` refuses by raising; then the database stays as it is.

    :raises BadCopy, UnknownMigrations: the database stays as it is.
    """
    erased_later = [] if schema.is_empty() or schema.pending() else erasures.list_since(_ALWAYS)
    kept = None if schema.is_empty() else folder / f"before-restore-{now:%Y%m%dT%H%M%S}"
    if bulk.on_postgresql():
        postgresql_copies.read_manifest(source)
        if kept is not None:
            kept = kept.with_suffix(".zip")
            postgresql_copies.write(kept)
        with transaction.atomic():
            postgresql_copies.replace_by(source)
            erased = _bring_up_to_date(erased_later, check, now)
        return Restored(kept, erased)
    staged = sqlite_copies.stage(source)
    try:
        with sqlite_copies.using(staged):
            erased = _bring_up_to_date(erased_later, check, now)
        if kept is not None:
            kept = kept.with_suffix(".sqlite3")
            sqlite_copies.write(kept)
        sqlite_copies.put_in_place(staged)
    finally:
        staged.unlink(missing_ok=True)
    return Restored(kept, erased)


def _bring_up_to_date(
    erased_later: list[tuple[AccountId, LeadId]], check: Callable[[], None], now: datetime
) -> int:
    schema.migrate()
    check()
    known = leads.find_many(lead_id for _, lead_id in erased_later)
    wanted = [
        (account_id, lead_id)
        for account_id, lead_id in erased_later
        if lead_id in known and known[lead_id].erased_at is None
    ]
    for account_id, lead_id in wanted:
        erasing.erase_lead(account_id=account_id, lead_id=lead_id, leases=Leases(0), now=now)
    for account_id, lead_id in erased_later:
        erasures.add(account_id, lead_id, now=now)
    return len(wanted)
