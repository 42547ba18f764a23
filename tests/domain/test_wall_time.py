"""Wall time: first showings of a local time, and changes of the clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.domain.wall_time import clock_change, first_instant, hours_shown_twice

BERLIN = ZoneInfo("Europe/Berlin")
CHANGE = datetime(2026, 10, 25, 1, tzinfo=UTC)


class TestFirstInstant:
    @pytest.mark.parametrize(
        ("wall", "instant"),
        [
            ("2026-06-01T12:00", "2026-06-01T10:00"),
            ("2026-10-25T02:30", "2026-10-25T00:30"),  # shown twice
            ("2026-03-29T02:00", "2026-03-29T01:00"),  # where the jump begins
            ("2026-03-29T02:30", "2026-03-29T01:00"),  # within the jump
        ],
    )
    def test_shows_the_wall_time_or_later(self, wall: str, instant: str) -> None:
        found = first_instant(BERLIN, datetime.fromisoformat(wall))

        assert found == datetime.fromisoformat(instant).replace(tzinfo=UTC)


class TestClockChange:
    def test_is_none_while_the_offset_stays(self) -> None:
        assert clock_change(BERLIN, CHANGE, CHANGE + timedelta(days=1)) is None

    @given(
        before=st.timedeltas(timedelta(microseconds=1), timedelta(days=1)),
        after=st.timedeltas(timedelta(0), timedelta(days=1)),
    )
    def test_is_found_to_the_second(self, before: timedelta, after: timedelta) -> None:
        assert clock_change(BERLIN, CHANGE - before, CHANGE + after) == CHANGE


class TestHoursShownTwice:
    @pytest.mark.parametrize(
        ("zone", "expected"),
        [
            ("Europe/Berlin", [(date(2026, 10, 25), 2)]),
            ("America/Havana", [(date(2026, 11, 1), 0)]),
            ("Asia/Beirut", [(date(2026, 10, 24), 23)]),
            ("Australia/Lord_Howe", [(date(2026, 4, 5), 1)]),
            ("Asia/Kathmandu", []),
        ],
    )
    def test_are_those_of_the_year(self, zone: str, expected: list[tuple[date, int]]) -> None:
        begin, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)

        assert list(hours_shown_twice(ZoneInfo(zone), begin, end)) == expected
