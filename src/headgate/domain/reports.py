"""What reports are by, and when those that go out by mail are due, and of which days."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct

from headgate.domain.wall_time import first_instant

_DAY = timedelta(days=1)
# What came due longer ago, while nothing could be sent, is not sent any more.
_STILL_NEWS = timedelta(days=7)


class By(StrEnum):
    PARTNER = "partner"
    SOURCE = "source"
    PROFILE = "profile"
    DAY = "day"  # of the account's calendar
    HOUR = "hour"  # of the day, 00 to 23, on the account's clock


class Rhythm(StrEnum):
    """How often a report goes out, each time about the whole one before."""

    DAY = "day"
    WEEK = "week"  # on Mondays
    MONTH = "month"  # on the 1st


class ScheduledReport(Struct, frozen=True, omit_defaults=True):
    """`at` is a time of day on the account's clock, such as 07:00."""

    to: tuple[str, ...]
    by: By = By.PARTNER
    every: Rhythm = Rhythm.DAY
    at: str = "07:00"


class Days(Struct, frozen=True):
    """Whole days, both ends included."""

    first: date
    last: date


def next_due(report: ScheduledReport, zone: ZoneInfo, after: datetime) -> datetime:
    """Return the first moment after `after` at which it goes out."""
    return next(_dues(report, zone, after))


def due_again(
    report: ScheduledReport, zone: ZoneInfo, last_due: datetime, *, now: datetime
) -> datetime:
    """Return when it goes out after that one.

    What was missed is made up for, but of what came due over a week ago the latest alone.
    """
    dues = _dues(report, zone, last_due)
    due, following = next(dues), next(dues)
    while due < now - _STILL_NEWS and following <= now:
        due, following = following, next(dues)
    return due


def days_of(report: ScheduledReport, zone: ZoneInfo, due_at: datetime) -> Days:
    """Return the days that the one due at that moment tells of."""
    today = due_at.astimezone(zone).date()
    match report.every:
        case Rhythm.DAY:
            return Days(today - _DAY, today - _DAY)
        case Rhythm.WEEK:
            return Days(today - 7 * _DAY, today - _DAY)
        case Rhythm.MONTH:
            last = today - _DAY
            return Days(last.replace(day=1), last)


def _dues(report: ScheduledReport, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    at = time.fromisoformat(report.at)
    day = after.astimezone(zone).date()
    while True:
        due = first_instant(zone, datetime.combine(day, at))
        if _falls_on(report.every, day) and due > after:
            yield due
        day += _DAY


def _falls_on(every: Rhythm, day: date) -> bool:
    match every:
        case Rhythm.DAY:
            return True
        case Rhythm.WEEK:
            return day.weekday() == 0
        case Rhythm.MONTH:
            return day.day == 1
