"""The installation key: made once, and checked against the database at every start."""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime

from headgate.services import sealing
from headgate.storage import installation


class NoKey(Exception):
    """The database belongs to an installation key that is not given."""


class WrongKey(Exception):
    """The given installation key is not the one that the database belongs to."""


def open_installation(*, given_key: str, keep_key: Callable[[str], None], now: datetime) -> str:
    """Check the key, or make one for a new database, and unlock the data keys with it.

    `keep_key` is called with a key that was made, before the database knows of it.

    :raises NoKey, WrongKey: the process must not start.
    """
    known = installation.find_fingerprint()
    key = given_key
    if known is None:
        if not key:
            key = secrets.token_urlsafe(48)
            keep_key(key)
        installation.set_fingerprint(sealing.fingerprint(key), now=now)
    elif not key:
        raise NoKey(
            "this database belongs to an installation key; set HEADGATE_SECRET_KEY, "
            "or put secret.key back into the data directory"
        )
    elif not hmac.compare_digest(known, sealing.fingerprint(key)):
        raise WrongKey(
            "HEADGATE_SECRET_KEY is not the key that this database was made with; "
            "nothing was started"
        )
    sealing.unlock(key)
    return key
