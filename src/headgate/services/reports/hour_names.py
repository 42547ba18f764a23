"""How the hours of the day are called in a report, where the clocks show some of them twice."""

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from headgate.domain.ids import AccountId
from headgate.domain.wall_time import hours_shown_twice
from headgate.storage import tallies
from headgate.storage.reports import ReportFilter


def names_of_hours(
    account_id: AccountId, wanted: ReportFilter, zone: ZoneInfo
) -> Callable[[str], str]:
    """Return what names an hour, such as `02:00 (twice on 25 October)`."""
    twice: dict[int, list[date]] = {}
    begin, last = tallies.span(account_id) or (None, None)
    since, until = wanted.since or begin, wanted.until or last
    if since is not None and until is not None:
        for day, hour in hours_shown_twice(zone, since, until):
            twice.setdefault(hour, []).append(day)

    def name(key: str) -> str:
        days = ", ".join(f"{day.day} {day:%B}" for day in twice.get(int(key), ()))
        return f"{key}:00 (twice on {days})" if days else f"{key}:00"

    return name
