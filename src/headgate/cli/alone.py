"""Sees to it that one process at most serves a SQLite database, and tells whether one does."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from headgate.cli.refusals import Refused
from headgate.storage import bulk, sqlite_copies


@contextmanager
def serving_alone() -> Iterator[None]:
    """Hold the database, if it is one of SQLite, until the process leaves or dies.

    :raises Refused: another process holds it.
    """
    if bulk.on_postgresql():
        yield
        return
    with _lock_file().open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Refused(
                f"{sqlite_copies.path()} is served already, by process {lock.read().strip()}; "
                "SQLite has one writer, so stop that one first, or use PostgreSQL"
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def seems_served() -> bool:
    """Tell whether the process that last served the SQLite file is perhaps still there.

    It asks without taking the lock, so that nobody who is about to serve is turned away.
    """
    if bulk.on_postgresql():
        return False
    try:
        process = int(_lock_file().read_text(encoding="ascii"))
        os.kill(process, 0)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True


def _lock_file() -> Path:
    path = sqlite_copies.path()
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(path.name + ".lock")
