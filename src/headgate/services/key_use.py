"""When each API key was last used, to the hour: it is asked before somebody revokes one."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from headgate.domain.ids import KeyId
from headgate.storage import keys

TO_THE = timedelta(hours=1)
_noted: dict[KeyId, datetime] = {}


def is_due(key_id: KeyId, *, now: datetime) -> bool:
    """Tell whether this process has not noted the key's use for an hour."""
    noted = _noted.get(key_id)
    return noted is None or now - noted >= TO_THE


def note_use(key_ids: Iterable[KeyId], *, now: datetime) -> None:
    """Note what is due; call it with no transaction open, for keys are used by many at once."""
    due = sorted({each for each in key_ids if is_due(each, now=now)})
    if due:
        keys.note_use(due, now=now)
        _noted.update(dict.fromkeys(due, now))


def forget_all() -> None:
    """Forget what was noted: the database behind this process is another one now."""
    _noted.clear()
