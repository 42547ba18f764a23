"""Mail that waits: while the server refuses the account's login, deliveries are held, not failed.

One delivery is tried every five minutes. The others wait without a try, so that a wrong password
does not lock the account out at its mail server, and what they wait does not count against
their time.
"""

from datetime import datetime, timedelta
from hashlib import blake2b

import msgspec

from headgate.domain.configuration.value import Smtp
from headgate.domain.ids import AccountId
from headgate.services import setups
from headgate.storage import mail_pauses, postponed
from headgate.storage.mail_pauses import Pause

PROBE_EVERY = timedelta(minutes=5)


def find_pause(*, account_id: AccountId) -> Pause | None:
    """Return since when and why the account's mail is paused; None while it is not."""
    return pause_of(account_id, setups.in_force(account_id).configuration.email.smtp)


def resume_mail(*, account_id: AccountId, now: datetime) -> bool:
    """Have everything that waits tried at once, as after a good test mail."""
    if not mail_pauses.remove(account_id):
        return False
    postponed.hasten(account_id, "email", now=now)
    return True


def resume_if_changed(*, account_id: AccountId, smtp: Smtp | None, now: datetime) -> None:
    """Have everything that waits tried at once when the server that refused is another now."""
    if mail_pauses.find_other(account_id, _digest(smtp) if smtp else None):
        resume_mail(account_id=account_id, now=now)


def pause_of(account_id: AccountId, smtp: Smtp | None) -> Pause | None:
    return mail_pauses.find(account_id, _digest(smtp)) if smtp else None


def pause(account_id: AccountId, smtp: Smtp, *, reason: str, now: datetime) -> None:
    """Begin a pause, or go on with it after another refused login."""
    probe_at = now + PROBE_EVERY
    mail_pauses.put(account_id, _digest(smtp), reason=reason, probe_at=probe_at, now=now)


def take_probe(account_id: AccountId, *, now: datetime) -> bool:
    """Tell whether this one may try now, for all of the account's mail."""
    return mail_pauses.take_probe(account_id, next_at=now + PROBE_EVERY, now=now)


def held_until(account_id: AccountId, smtp: Smtp | None, *, now: datetime) -> datetime:
    """Return when a delivery that was held is looked at again: at once if the pause is over."""
    known = pause_of(account_id, smtp)
    return max(known.probe_at, now) if known else now


def _digest(smtp: Smtp) -> str:
    return blake2b(msgspec.json.encode(smtp), digest_size=16).hexdigest()
