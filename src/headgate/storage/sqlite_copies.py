"""Whole copies of a SQLite database, made and put in place while nothing can be half done."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from headgate.storage.copies import BadCopy, sync_folder, written_whole


def path() -> Path:
    """Return the file of the database."""
    return Path(str(connection.settings_dict["NAME"]))


def write(target: Path) -> None:
    """Copy the database to one file, also while it is written to, and check the copy.

    :raises BadCopy: the file is not there, or is still the one it was before.
    """
    try:
        with written_whole(target) as partial:
            _copy(path(), partial)
            _check(partial)
    except sqlite3.Error as error:
        raise BadCopy(f"{path()} cannot be copied to {target}: {error}") from error


def keep_damaged(target: Path) -> None:
    """Move a database that cannot be read, log included, out of the way as it is."""
    connection.close()
    target.parent.mkdir(parents=True, exist_ok=True)
    for end in ("-wal", "-shm", ""):
        part = path().with_name(path().name + end)
        if part.exists():
            # The copies may be kept on another file system.
            shutil.move(part, target.with_name(target.name + end))


def stage(source: Path) -> Path:
    """Return a checked copy of a backup, beside the database that it shall replace.

    :raises BadCopy:
    """
    if not source.is_file():
        raise BadCopy(f"there is no file {source}")
    staged = path().with_name(path().name + ".restoring")
    try:
        with written_whole(staged) as partial:
            _copy(source, partial)
            _check(partial)
    except sqlite3.DatabaseError as error:
        raise BadCopy(f"{source} is no backup of a SQLite database: {error}") from error
    return staged


@contextmanager
def using(file: Path) -> Iterator[None]:
    """Have every query go to another file meanwhile."""
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(file)
    try:
        yield
        _end_the_log(file)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


def put_in_place(staged: Path) -> None:
    """Replace the database by the staged file.

    :raises BadCopy: somebody still uses the database.
    """
    connection.close()
    if path().exists():
        _end_the_log(path())
    with staged.open("rb") as file:
        os.fsync(file.fileno())
    staged.replace(path())
    sync_folder(path().parent)


def _copy(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"file:{_quoted(source)}?mode=ro", uri=True)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)
        # One file alone is the copy; a log beside it would be forgotten when it is moved.
        new.execute("PRAGMA journal_mode=DELETE")


def _check(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as opened:
        (answer,) = opened.execute("PRAGMA integrity_check(1)").fetchone()
        known = opened.execute(
            "SELECT 1 FROM sqlite_master WHERE name = 'storage_installation'"
        ).fetchone()
    if answer != "ok":
        raise BadCopy(f"the copy is damaged: {answer}")
    if known is None:
        raise BadCopy("this is a SQLite database, but not one of Headgate")


def _end_the_log(file: Path) -> None:
    """Write the log into the file and remove it, which works only while nobody else is there."""
    connection.close()
    with closing(sqlite3.connect(file, timeout=5)) as opened:
        try:
            (mode,) = opened.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError:
            mode = "wal"
    if mode != "delete":
        raise BadCopy(f"{file} is in use; stop whatever has it open, and try again")


def _quoted(file: Path) -> str:
    return str(file.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
