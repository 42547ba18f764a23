"""When reports go out by mail, and which days they tell of."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from headgate.domain.reports import Days, Rhythm, ScheduledReport, days_of, due_again, next_due

DENVER = ZoneInfo("America/Denver")
TO = ("ann@acme.example",)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)  # 03:00 in Denver


def report(every: Rhythm, at: str = "07:00") -> ScheduledReport:
    return ScheduledReport(to=TO, every=every, at=at)


class TestNextDue:
    @pytest.mark.parametrize(
        ("every", "at", "due"),
        [
            (Rhythm.DAY, "07:00", datetime(2026, 11, 23, 14, tzinfo=UTC)),
            (Rhythm.DAY, "03:00", datetime(2026, 11, 24, 10, tzinfo=UTC)),
            (Rhythm.WEEK, "02:00", datetime(2026, 11, 30, 9, tzinfo=UTC)),
            (Rhythm.WEEK, "07:00", datetime(2026, 11, 23, 14, tzinfo=UTC)),
            (Rhythm.MONTH, "07:00", datetime(2026, 12, 1, 14, tzinfo=UTC)),
        ],
    )
    def test_follows_the_accounts_clock(self, every: Rhythm, at: str, due: datetime) -> None:
        assert next_due(report(every, at), DENVER, MONDAY) == due

    def test_comes_once_where_the_clocks_skip_it(self) -> None:
        eve = datetime(2026, 3, 8, 0, tzinfo=DENVER)

        first = next_due(report(Rhythm.DAY, "02:30"), DENVER, eve)

        assert first == datetime(2026, 3, 8, 9, tzinfo=UTC)
        assert next_due(report(Rhythm.DAY, "02:30"), DENVER, first) > first + timedelta(hours=20)


class TestDueAgain:
    def test_makes_up_for_every_day_of_the_last_week(self) -> None:
        last = MONDAY - timedelta(days=3)

        due = due_again(report(Rhythm.DAY), DENVER, last, now=MONDAY)

        assert due == next_due(report(Rhythm.DAY), DENVER, last)

    def test_leaves_out_what_is_no_news_any_more(self) -> None:
        due = due_again(report(Rhythm.DAY), DENVER, MONDAY - timedelta(days=60), now=MONDAY)

        assert timedelta(days=6) < MONDAY - due <= timedelta(days=7)

    def test_sends_the_latest_however_old_it_is(self) -> None:
        due = due_again(report(Rhythm.MONTH), DENVER, MONDAY - timedelta(days=90), now=MONDAY)

        assert due == datetime(2026, 11, 1, 14, tzinfo=UTC)


class TestDaysOf:
    @pytest.mark.parametrize(
        ("every", "days"),
        [
            (Rhythm.DAY, Days(date(2026, 11, 30), date(2026, 11, 30))),
            (Rhythm.WEEK, Days(date(2026, 11, 24), date(2026, 11, 30))),
            (Rhythm.MONTH, Days(date(2026, 11, 1), date(2026, 11, 30))),
        ],
    )
    def test_are_the_whole_ones_before(self, every: Rhythm, days: Days) -> None:
        due = datetime(2026, 12, 1, 14, tzinfo=UTC)

        assert days_of(report(every), DENVER, due) == days
