"""Reports by day and hour follow the account's clock through every change of it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from small_world import CONFIGURATION, SmallWorld

from headgate.domain.reports import By
from headgate.services.reports import reporting
from headgate.services.reports.reporting import Report
from headgate.services.verification import verify
from headgate.storage.reports import ReportFilter

pytestmark = pytest.mark.usefixtures("database", "installation")
_HALF = timedelta(minutes=30)
# Its hours, and how many of its half hours begin in some hour of the clock, if not two.
DAYS = {
    "the clocks go on in Berlin": ("Europe/Berlin", "2026-03-29", 23.0, {"02": 0}),
    "the clocks go back in Berlin": ("Europe/Berlin", "2026-10-25", 25.0, {"02": 4}),
    "midnight is left out in Havana": ("America/Havana", "2026-03-08", 23.0, {"00": 0}),
    "midnight comes twice in Havana": ("America/Havana", "2026-11-01", 25.0, {"00": 4}),
    "midnight is left out in Beirut": ("Asia/Beirut", "2026-03-29", 23.0, {"00": 0}),
    "the last hour comes twice in Beirut": ("Asia/Beirut", "2026-10-24", 25.0, {"23": 4}),
    "a quarter to six ahead in Kathmandu": ("Asia/Kathmandu", "2026-06-01", 24.0, {}),
    "half an hour back on Lord Howe": ("Australia/Lord_Howe", "2026-04-05", 24.5, {"01": 3}),
    "a quarter to thirteen ahead on Chatham": (
        "Pacific/Chatham",
        "2026-09-27",
        23.0,
        {"02": 1, "03": 1},
    ),
}


def with_leads_around(zone: str, day: date) -> SmallWorld:
    """Have a lead come every half an hour of UTC, some hours before and after the day too."""
    midnight = datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    first = midnight.replace(minute=0) - timedelta(hours=3)
    source = CONFIGURATION.replace(b"timezone: UTC", f"timezone: {zone}".encode())
    world = SmallWorld(first, source)
    for number in range(62):
        world.now = first + _HALF * number
        world.post(f"Lead {number}")
    return world


def reported(world: SmallWorld, by: By, wanted: ReportFilter) -> Report:
    return reporting.report(account_id=world.account_id, by=by, wanted=wanted, now=world.now)


def received(report: Report) -> dict[str, int]:
    return {line.key: line.figures.received or 0 for line in report.lines}


class TestADay:
    @pytest.mark.only_on("sqlite")  # what differs by engine is asked below
    @pytest.mark.parametrize(("zone", "day", "hours", "odd"), DAYS.values(), ids=DAYS.keys())
    def test_has_the_leads_of_its_own_hours(
        self, zone: str, day: str, hours: float, odd: dict[str, int]
    ) -> None:
        on, local = date.fromisoformat(day), ZoneInfo(zone)
        world = with_leads_around(zone, on)
        whole = ReportFilter(
            since=datetime.combine(on, time(), local),
            until=datetime.combine(on + timedelta(days=1), time(), local),
        )

        by_day = received(reported(world, By.DAY, ReportFilter()))
        by_hour = received(reported(world, By.HOUR, whole))

        assert by_day[day] == hours * 2
        assert sum(by_day.values()) == 62
        assert received(reported(world, By.DAY, whole)) == {day: hours * 2}
        usual = {f"{hour:02}": 2 for hour in range(24)}
        assert by_hour == {hour: count for hour, count in (usual | odd).items() if count}
        assert list(verify()) == []


class TestAnHour:
    def test_that_comes_twice_is_named_so(self) -> None:
        world = with_leads_around("Europe/Berlin", date(2026, 10, 25))

        lines = reported(world, By.HOUR, ReportFilter()).lines

        names = [line.name for line in lines if line.key in ("01", "02", "03")]
        assert names == ["01:00", "02:00 (twice on 25 October)", "03:00"]
