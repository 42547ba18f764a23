"""What was erased leaves the database's files too, as far as the engine allows."""

from django.db import connection

from headgate.storage import bulk

_PATIENCE_MILLISECONDS = 200


def scrub() -> bool:
    """Empty SQLite's log, which holds rows as they were; return False while a reader needs it.

    `secure_delete` has overwritten them in the database itself by then. PostgreSQL's own log
    and free space are out of reach: they are recycled as it works.
    """
    if bulk.on_postgresql():
        return True
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE_MILLISECONDS}")
        try:
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {before:d}")
    return not busy
