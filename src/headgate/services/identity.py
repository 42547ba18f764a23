"""Fresh ids: UUIDv7, so that newer ones sort after older ones."""

import secrets
from datetime import datetime
from threading import Lock
from uuid import UUID

from headgate.domain.ids import uuid7
from headgate.domain.instants import to_milliseconds

_lock = Lock()
_last = (0, 0)


def fresh_id(now: datetime) -> UUID:
    """Return an id that sorts after every id this process made before.

    Within one millisecond the random part counts up from a random start (RFC 9562, method 2).
    """
    global _last  # noqa: PLW0603
    milliseconds = int(now.timestamp() * 1000)
    with _lock:
        latest, randomness = _last
        if milliseconds > latest:
            _last = milliseconds, secrets.randbits(73)
        else:
            _last = latest, randomness + 1
        return uuid7(*_last)


def passing_id(at: datetime) -> UUID:
    """Return an id for what is never stored; at any moment, for it has no place in the order."""
    return uuid7(to_milliseconds(at), secrets.randbits(74))
