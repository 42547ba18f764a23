"""Spans of time in portions that are counted by one statement each."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from headgate.domain.ids import AccountId
from headgate.storage import tallies

# The database sorts in memory what it groups; few leads of a long time are counted at once.
MOST_LEADS = 20_000
_SHORTEST = timedelta(seconds=10)


def portions_of(
    account_id: AccountId, begin: datetime, end: datetime, changes: Iterable[datetime] = ()
) -> Iterator[tuple[datetime, datetime]]:
    """Part a span at the moments at which something changed, and where it has many leads."""
    cuts = {begin, end, *(at for at in changes if begin < at < end)}
    for start, until in pairwise(sorted(cuts)):
        yield from _halved(account_id, start, until)


def _halved(
    account_id: AccountId, begin: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    if end - begin <= _SHORTEST or not tallies.has_more(account_id, begin, end, than=MOST_LEADS):
        yield begin, end
        return
    middle = (begin + (end - begin) / 2).replace(microsecond=0)
    yield from _halved(account_id, begin, middle)
    yield from _halved(account_id, middle, end)
