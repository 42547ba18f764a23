"""What an error says about locks, whichever the engine."""

import sqlite3

_LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's own code


def were_waited_for(error: Exception) -> bool:
    """Say whether it waited as long as it may; nothing was stored then, or is in doubt."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.OperationalError):
        return cause.sqlite_errorcode == sqlite3.SQLITE_BUSY
    return getattr(cause, "sqlstate", None) == _LOCK_NOT_AVAILABLE
