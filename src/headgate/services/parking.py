"""Deliveries to a partner that is paused are parked, and go on with all the time they had."""

from collections.abc import Collection
from datetime import datetime

from headgate.domain.ids import AccountId, PartnerId
from headgate.storage import postponed


def park_and_release(
    *, account_id: AccountId, parked: Collection[PartnerId], now: datetime
) -> None:
    """Park what waits for these partners, and release what waits for any other of the account.

    What is being sent ends as ever; it is parked if it has to be tried again.
    """
    postponed.park(parked, now=now)
    postponed.release(account_id, but_not=parked, now=now)
