"""Which hours of an account's clock are counted together, and in which slices."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from headgate.domain.caps import Per, window

_HOUR = timedelta(hours=1)
_SLICE = timedelta(minutes=10)


def hours_touching(zone: ZoneInfo, hour: datetime) -> list[tuple[datetime, datetime]]:
    """Return the hours of the clock, from and until, that an hour of UTC overlaps.

    Where the zone is whole hours from UTC there is one; elsewhere there are two or more.
    """
    found = []
    at = hour
    while at < hour + _HOUR:
        span = window(Per.HOUR, zone, at)
        end = span.end or hour + _HOUR  # only a total never ends
        found.append((span.start, end))
        at = end
    return found


def slices_of(
    begin: datetime, end: datetime, changes: Iterable[datetime] = ()
) -> Iterator[tuple[datetime, datetime]]:
    """Cut a span into short slices, and at the moments within it at which something changed."""
    count = int((end - begin) / _SLICE)
    cuts = {begin + _SLICE * number for number in range(count + 1)}
    cuts |= {begin, end, *(at for at in changes if begin < at < end)}
    return pairwise(sorted(cuts))
