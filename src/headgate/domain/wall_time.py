"""Where the wall clock of a time zone meets the line of instants."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def first_instant(zone: ZoneInfo, wall: datetime) -> datetime:
    """Return the first instant at which the wall clock shows the naive `wall` or later.

    A time that the clocks show twice is its first showing; one that they skip is the moment
    of the jump.
    """
    before = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if before <= after:
        return before
    # In a skipped hour the two readings stand on either side of the jump (PEP 495).
    return clock_change(zone, after, before) or before


def clock_change(zone: ZoneInfo, earlier: datetime, later: datetime) -> datetime | None:
    """Return when the clocks change after `earlier` and not after `later`, both in UTC.

    None when both have the same offset: the span should be too short for two changes.
    """
    offset = earlier.astimezone(zone).utcoffset()
    if later.astimezone(zone).utcoffset() == offset:
        return None
    # Changes fall on whole seconds.
    low, high = earlier.replace(microsecond=0), later.replace(microsecond=0)
    while high - low > _SECOND:
        middle = low + (high - low) // 2 // _SECOND * _SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high


def hours_shown_twice(
    zone: ZoneInfo, since: datetime, until: datetime
) -> Iterator[tuple[date, int]]:
    """Give the days and hours of the wall clock that come twice in a span, at least in part."""
    at, end = since.astimezone(UTC), until.astimezone(UTC)
    while at < end:
        following = min(at + _DAY, end)
        if change := clock_change(zone, at, following):
            put_back = _offset(zone, at) - _offset(zone, following)
            again = change.astimezone(zone).replace(tzinfo=None)
            hour = again.replace(minute=0)
            while hour < again + put_back:
                yield hour.date(), hour.hour
                hour += _HOUR
        at = following


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
