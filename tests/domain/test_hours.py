"""Opening hours: read, written, said in words, and looked up on the local wall clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from headgate.domain.flaws import Flaw
from headgate.domain.hours import (
    Hours,
    hours_in_words,
    is_open,
    next_opening,
    read_hours,
    write_hours,
)

DENVER = ZoneInfo("America/Denver")
NEW_YORK = ZoneInfo("America/New_York")
MINUTE = timedelta(minutes=1)

SPANS = st.lists(st.tuples(st.integers(0, 1439), st.integers(0, 1440)), max_size=3).map(tuple)
HOURS = st.builds(
    Hours,
    st.tuples(*[SPANS] * 7),
    st.sets(st.dates(date(2026, 10, 24), date(2026, 11, 8)), max_size=3).map(
        lambda days: tuple(sorted(days))
    ),
)


def read(raw: object) -> tuple[Hours | None, list[Flaw]]:
    flaws: list[Flaw] = []
    return read_hours(raw, place="hours", flaws=flaws), flaws


def hours(**raw: object) -> Hours:
    found, flaws = read(raw)
    assert found is not None, flaws
    return found


def local(text: str, zone: ZoneInfo = DENVER, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


class TestReadHours:
    def test_takes_the_week_and_closed_days(self) -> None:
        found, flaws = read(
            {"mon": "09:00-17:00", "sat": "10:00-12:00,13:00-15:00", "closed_on": ["2026-12-25"]}
        )

        monday, saturday = ((540, 1020),), ((600, 720), (780, 900))
        assert found == Hours((monday, (), (), (), (), saturday, ()), (date(2026, 12, 25),))
        assert flaws == []

    def test_takes_nothing_as_always_open(self) -> None:
        assert read(None) == (None, [])

    def test_takes_an_empty_week_as_never_open(self) -> None:
        assert read({}) == (Hours(((),) * 7), [])

    @pytest.mark.parametrize(
        ("text", "span"),
        [
            ("00:00-24:00", (0, 1440)),
            ("22:00-06:00", (1320, 360)),
            ("22:00-00:00", (1320, 0)),
            ("9:00 - 17:30", (540, 1050)),
            (" 23:59-24:00 ", (1439, 1440)),
        ],
    )
    def test_takes_a_span(self, text: str, span: tuple[int, int]) -> None:
        assert hours(mon=text).week[0] == (span,)

    def test_takes_dates_that_yaml_has_read(self) -> None:
        raw = yaml.safe_load("{mon: '09:00-17:00', closed_on: [2026-12-25, '2026-01-01']}")

        found = hours(**raw)

        assert found.closed_on == (date(2026, 1, 1), date(2026, 12, 25))

    def test_asks_to_quote_what_yaml_takes_for_a_number(self) -> None:
        found, flaws = read(yaml.safe_load("{mon: 9:00}"))

        assert found is None
        assert [flaw.place for flaw in flaws] == ["hours.mon"]
        assert "540" in flaws[0].message
        assert "quotes" in flaws[0].message

    @pytest.mark.parametrize(
        ("raw", "place", "words"),
        [
            ("09:00-17:00", "hours", "not hours"),
            ({"monday": "09:00-17:00"}, "hours.monday", "mon, tue, wed"),
            ({"mon": None}, "hours.mon", "leave the day out"),
            ({"mon": ""}, "hours.mon", "leave the day out"),
            ({"mon": ["09:00-17:00"]}, "hours.mon", "quotes"),
            ({"mon": "09:00"}, "hours.mon", '"09:00-17:00"'),
            ({"mon": "09:00-17:00,"}, "hours.mon", "not a span"),
            ({"mon": "09:60-17:00"}, "hours.mon", "23:59"),
            ({"mon": "09:00-24:01"}, "hours.mon", "24:00"),
            ({"mon": "24:00-06:00"}, "hours.mon", "24:00"),
            ({"closed_on": "2026-12-25"}, "hours.closed_on", "list"),
            ({"closed_on": ["25.12.2026"]}, "hours.closed_on[0]", '"2026-12-25"'),
            ({"closed_on": ["2026-02-30"]}, "hours.closed_on[0]", "calendar"),
            ({"closed_on": [20261225]}, "hours.closed_on[0]", "not a date"),
            (
                {"closed_on": [datetime(2026, 12, 25, tzinfo=UTC)]},
                "hours.closed_on[0]",
                "not a date",
            ),
        ],
    )
    def test_names_the_place_and_what_is_allowed(self, raw: object, place: str, words: str) -> None:
        found, flaws = read(raw)

        assert found is None
        assert [flaw.place for flaw in flaws] == [place]
        assert words in flaws[0].message

    def test_names_every_flaw(self) -> None:
        _, flaws = read({"mon": "x,y", "tue": 540, "more": 1, "closed_on": ["z"]})

        assert sorted(flaw.place for flaw in flaws) == [
            "hours.closed_on[0]",
            "hours.mon",
            "hours.mon",
            "hours.more",
            "hours.tue",
        ]

    @given(HOURS)
    def test_reads_back_what_was_written(self, written: Hours) -> None:
        assert read(write_hours(written)) == (written, [])


class TestIsOpen:
    @pytest.mark.parametrize(
        ("at", "answer"),
        [
            ("2026-11-23T08:59:59.999999", False),
            ("2026-11-23T09:00", True),
            ("2026-11-23T16:59:59.999999", True),
            ("2026-11-23T17:00", False),
            ("2026-11-24T12:00", False),  # a Tuesday, not listed
        ],
    )
    def test_excludes_the_end_of_a_span(self, at: str, answer: bool) -> None:
        assert is_open(hours(mon="09:00-17:00"), DENVER, local(at)) is answer

    @pytest.mark.parametrize(
        ("at", "answer"),
        [
            ("2026-11-23T05:59", False),  # no night of a Sunday before it
            ("2026-11-23T22:00", True),
            ("2026-11-24T05:59", True),
            ("2026-11-24T06:00", False),
            ("2026-11-24T22:00", False),
        ],
    )
    def test_runs_into_the_next_day(self, at: str, answer: bool) -> None:
        assert is_open(hours(mon="22:00-06:00"), DENVER, local(at)) is answer

    @pytest.mark.parametrize("at", ["2026-11-23T00:00", "2026-11-23T23:59:59.999999"])
    def test_lasts_to_24_00(self, at: str) -> None:
        assert is_open(hours(mon="00:00-24:00"), DENVER, local(at))

    @pytest.mark.parametrize(
        ("at", "answer"),
        [
            ("2026-12-24T23:59", True),
            ("2026-12-25T00:00", False),  # the night that began on the 24th ends here
            ("2026-12-25T22:30", False),
            ("2026-12-26T00:00", True),  # the night of the 25th, after midnight
            ("2026-12-26T06:00", False),
        ],
    )
    def test_is_shut_on_a_closed_day_alone(self, at: str, answer: bool) -> None:
        nights = hours(thu="22:00-06:00", fri="22:00-06:00", closed_on=["2026-12-25"])

        assert is_open(nights, DENVER, local(at)) is answer

    def test_never_sees_a_time_that_the_clocks_skip(self) -> None:
        skipped = hours(sun="02:00-03:00")
        day = local("2027-03-14T00:00", NEW_YORK)

        openings = [is_open(skipped, NEW_YORK, day + MINUTE * n) for n in range(23 * 60)]

        assert not any(openings)

    def test_sees_a_time_twice_that_the_clocks_show_twice(self) -> None:
        repeated = hours(sun="01:00-01:30")
        day = local("2026-11-01T00:00", NEW_YORK)

        openings = [is_open(repeated, NEW_YORK, day + MINUTE * n) for n in range(25 * 60)]

        assert openings.count(True) == 60


class TestNextOpening:
    @pytest.mark.parametrize(
        ("after", "opening"),
        [
            ("2026-11-23T08:00", "2026-11-23T09:00"),
            ("2026-11-23T12:00:00.5", "2026-11-23T12:00:00.5"),  # open already
            ("2026-11-23T17:00", "2026-11-28T10:00"),
            ("2026-11-28T12:00", "2026-11-28T13:00"),
            ("2026-12-20T00:00", "2026-12-26T10:00"),  # Monday the 21st is closed
        ],
    )
    def test_is_the_first_open_instant(self, after: str, opening: str) -> None:
        week = hours(mon="09:00-17:00", sat="10:00-12:00,13:00-15:00", closed_on=["2026-12-21"])

        assert next_opening(week, DENVER, local(after)) == local(opening)

    def test_is_none_for_a_week_without_hours(self) -> None:
        assert next_opening(Hours(((),) * 7), DENVER, local("2026-11-23T08:00")) is None

    def test_is_none_beyond_four_hundred_days(self) -> None:
        mondays = [date(2026, 11, 23) + timedelta(days=7 * n) for n in range(60)]
        week = Hours(hours(mon="09:00-17:00").week, tuple(mondays))

        assert next_opening(week, DENVER, local("2026-11-23T08:00")) is None

    def test_is_found_within_four_hundred_days(self) -> None:
        mondays = [date(2026, 11, 23) + timedelta(days=7 * n) for n in range(57)]
        week = Hours(hours(mon="09:00-17:00").week, tuple(mondays))

        found = next_opening(week, DENVER, local("2026-11-23T08:00"))

        assert found == local("2027-12-27T09:00")

    def test_is_not_the_midnight_at_which_a_span_ends(self) -> None:
        evenings = hours(fri="18:00-00:00", closed_on=["2026-12-25"])

        found = next_opening(evenings, DENVER, local("2026-12-25T12:00"))

        assert found == local("2027-01-01T18:00")

    def test_is_the_jump_into_a_span_whose_start_is_skipped(self) -> None:
        early = hours(sun="02:30-04:00")

        found = next_opening(early, NEW_YORK, local("2027-03-14T00:00", NEW_YORK))

        assert found == local("2027-03-14T03:00", NEW_YORK)

    def test_passes_over_a_span_that_is_skipped_whole(self) -> None:
        skipped = hours(sun="02:00-03:00")

        found = next_opening(skipped, NEW_YORK, local("2027-03-14T00:00", NEW_YORK))

        assert found == local("2027-03-21T02:00", NEW_YORK)

    def test_comes_again_when_the_clocks_go_back(self) -> None:
        repeated = hours(sun="01:00-01:30")

        found = next_opening(repeated, NEW_YORK, local("2026-11-01T01:30", NEW_YORK))

        assert found == local("2026-11-01T01:00", NEW_YORK, fold=1)

    @given(
        week=HOURS,
        zone=st.sampled_from(("America/New_York", "America/Havana", "Asia/Tokyo")).map(ZoneInfo),
        minutes=st.integers(0, 14 * 24 * 60),
    )
    def test_is_open_and_nothing_before_it_is(
        self, week: Hours, zone: ZoneInfo, minutes: int
    ) -> None:
        after = datetime(2026, 10, 25, tzinfo=UTC) + MINUTE * minutes

        found = next_opening(week, zone, after)

        if found is None:
            assert not any(is_open(week, zone, after + MINUTE * n) for n in range(0, 14 * 1440, 97))
        else:
            shut = min((found - after) // MINUTE, 2_000)
            assert is_open(week, zone, found)
            assert not any(is_open(week, zone, found - MINUTE * (n + 1)) for n in range(shut))


class TestHoursInWords:
    @pytest.mark.parametrize(
        ("raw", "words"),
        [
            ({}, "never open"),
            ({"closed_on": ["2026-12-25"]}, "never open"),
            ({"mon": "09:00-17:00"}, "Mon 09:00–17:00"),
            (
                {"mon": "09:00-17:00", "tue": "09:00-17:00", "sat": "10:00-12:00,13:00-15:00"},
                "Mon–Tue 09:00–17:00, Sat 10:00–12:00 and 13:00–15:00",
            ),
            (
                {"sun": "22:00-06:00", "closed_on": ["2026-12-25", "2027-01-01"]},
                "Sun 22:00–06:00; closed on 2026-12-25, 2027-01-01",
            ),
        ],
    )
    def test_says_what_a_person_would(self, raw: dict[str, object], words: str) -> None:
        assert hours_in_words(hours(**raw)) == words
