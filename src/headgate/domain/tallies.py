"""Which hours of an account's clock are counted together."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from headgate.domain.caps import Per, window

_HOUR = timedelta(hours=1)


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
