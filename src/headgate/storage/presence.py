"""Whether another process serves this PostgreSQL database, by a lock that ends with a process."""

from collections.abc import Callable
from typing import Any

from django.db import connection

from headgate.storage import bulk

_LOCK = 0x6865616467617465  # "headgate"


def join(*, when_first: Callable[[], None]) -> Any:
    """Say that this process serves; `when_first` is called before another one can say so too.

    Keep what is returned for as long as the process serves: it is the connection that holds
    the lock.
    """
    own = connection.copy(alias="default")
    with own.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        (first,) = cursor.fetchone()
        if first:
            when_first()
        cursor.execute("SELECT pg_advisory_lock_shared(%s)", [_LOCK])
        if first:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    return own


def somebody_serves() -> bool:
    """Tell whether any process serves; on SQLite, that is told by a lock on the file."""
    if not bulk.on_postgresql():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        (free,) = cursor.fetchone()
        if free:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    return not free
