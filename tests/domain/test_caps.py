"""Caps: windows of the local calendar, and how caps are read and written."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.domain.caps import Cap, Per, Unit, Window, read_caps, window, write_caps
from headgate.domain.flaws import Flaw

NASTY_ZONES = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Asuncion",
    "America/Havana",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/Scoresbysund",
    "America/St_Johns",
    "Antarctica/Casey",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Atlantic/Azores",
    "Australia/Eucla",
    "Australia/Lord_Howe",
    "Europe/Chisinau",
    "Europe/Dublin",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Easter",
    "Pacific/Kiritimati",
    "Pacific/Marquesas",
    "Pacific/Norfolk",
    "UTC",
)
PERIODS = (Per.HOUR, Per.DAY, Per.WEEK, Per.MONTH)
HOUR = timedelta(hours=1)
FROM = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = datetime(2029, 1, 1, tzinfo=UTC)
INSTANTS = st.timedeltas(timedelta(0), UNTIL - FROM).map(FROM.__add__)
ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(start: str, end: str) -> Window:
    return Window(utc(start), utc(end))


def clock_changes(zone: ZoneInfo) -> list[datetime]:
    """Return a UTC hour just before each change of offset from 2026 to 2028."""
    days = [FROM + timedelta(days=n) for n in range((UNTIL - FROM).days)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    return [days[n] for n in range(len(days) - 1) if offsets[n] != offsets[n + 1]]


def gaps_and_overlaps(zone: ZoneInfo, per: Per, at: datetime) -> list[str]:
    """Return what is wrong with the window around `at` and its two neighbours."""
    here = window(per, zone, at)
    assert here.end is not None
    before = window(per, zone, here.start - timedelta(microseconds=1))
    after = window(per, zone, here.end)
    facts = {
        "holds the instant": here.start <= at < here.end,
        "is the same from its start": window(per, zone, here.start) == here,
        "is the same to its end": window(per, zone, here.end - timedelta(microseconds=1)) == here,
        "begins where the last ends": before.end == here.start,
        "ends where the next begins": after.start == here.end,
        "is UTC": here.start.tzinfo is UTC and here.end.tzinfo is UTC,
    }
    return [f"{zone} {per} {at}: not {fact}" for fact, true in facts.items() if not true]


class TestWindow:
    @pytest.mark.parametrize(
        ("per", "start", "end"),
        [
            (Per.HOUR, "2026-11-23T10:00", "2026-11-23T11:00"),
            (Per.DAY, "2026-11-23T07:00", "2026-11-24T07:00"),
            (Per.WEEK, "2026-11-23T07:00", "2026-11-30T07:00"),
            (Per.MONTH, "2026-11-01T06:00", "2026-12-01T07:00"),
        ],
    )
    def test_follows_the_partners_calendar(self, per: Per, start: str, end: str) -> None:
        found = window(per, ZoneInfo("America/Denver"), utc("2026-11-23T10:30"))

        assert found == span(start, end)

    def test_of_a_total_never_resets(self) -> None:
        early = window(Per.TOTAL, ZoneInfo("Asia/Tokyo"), utc("2026-01-01T00:00"))
        late = window(Per.TOTAL, ZoneInfo("America/Havana"), utc("2028-12-31T23:59"))

        assert early == late
        assert early.end is None

    @pytest.mark.parametrize(
        ("zone", "day", "start", "end"),
        [
            ("Africa/Cairo", "2027-04-30", "2027-04-29T22:00", "2027-04-30T21:00"),
            ("America/Havana", "2027-03-14", "2027-03-14T05:00", "2027-03-15T04:00"),
            ("America/Santiago", "2027-09-05", "2027-09-05T04:00", "2027-09-06T03:00"),
            ("Asia/Beirut", "2027-03-28", "2027-03-27T22:00", "2027-03-28T21:00"),
        ],
    )
    def test_of_a_day_without_midnight_begins_at_the_jump(
        self, zone: str, day: str, start: str, end: str
    ) -> None:
        at = utc(start) + timedelta(hours=12)

        found = window(Per.DAY, ZoneInfo(zone), at)

        assert found == span(start, end)
        assert at.astimezone(ZoneInfo(zone)).date() == date.fromisoformat(day)

    @pytest.mark.parametrize("at", ["2026-11-01T04:00", "2026-11-01T05:00", "2026-11-02T04:59"])
    def test_of_a_day_with_two_midnights_begins_at_the_first(self, at: str) -> None:
        found = window(Per.DAY, ZoneInfo("America/Havana"), utc(at))

        assert found == span("2026-11-01T04:00", "2026-11-02T05:00")

    @pytest.mark.parametrize("at", ["2010-11-07T02:30", "2010-11-07T02:45", "2010-11-07T03:45"])
    def test_of_a_day_keeps_the_hour_that_falls_back_across_midnight(self, at: str) -> None:
        # At 00:01 the clocks of St. John's went back to 23:01 of the day before.
        found = window(Per.DAY, ZoneInfo("America/St_Johns"), utc(at))

        assert found == span("2010-11-07T02:30", "2010-11-08T03:30")

    def test_of_a_day_ends_where_the_next_is_skipped(self) -> None:
        # Samoa had no 30 December 2011.
        found = window(Per.DAY, ZoneInfo("Pacific/Apia"), utc("2011-12-30T09:59"))

        assert found == span("2011-12-29T10:00", "2011-12-30T10:00")

    @pytest.mark.parametrize(
        ("zone", "at", "start", "end"),
        [
            # The hour that New York shows twice is two windows.
            ("America/New_York", "2026-11-01T05:10", "2026-11-01T05:00", "2026-11-01T06:00"),
            ("America/New_York", "2026-11-01T06:10", "2026-11-01T06:00", "2026-11-01T07:00"),
            # Lord Howe jumps from 02:00 to 02:30 …
            ("Australia/Lord_Howe", "2026-10-03T15:29", "2026-10-03T14:30", "2026-10-03T15:30"),
            ("Australia/Lord_Howe", "2026-10-03T15:30", "2026-10-03T15:30", "2026-10-03T16:00"),
            # … and falls back from 02:00 to 01:30.
            ("Australia/Lord_Howe", "2026-04-04T14:59", "2026-04-04T14:00", "2026-04-04T15:00"),
            ("Australia/Lord_Howe", "2026-04-04T15:00", "2026-04-04T15:00", "2026-04-04T15:30"),
            # Chatham jumps from 02:45 to 03:45.
            ("Pacific/Chatham", "2026-09-26T13:50", "2026-09-26T13:15", "2026-09-26T14:00"),
            ("Pacific/Chatham", "2026-09-26T14:00", "2026-09-26T14:00", "2026-09-26T14:15"),
            ("Asia/Kathmandu", "2026-06-01T12:00", "2026-06-01T11:15", "2026-06-01T12:15"),
            ("Asia/Kolkata", "2026-06-01T12:00", "2026-06-01T11:30", "2026-06-01T12:30"),
        ],
    )
    def test_of_an_hour_is_a_clock_hour_cut_at_clock_changes(
        self, zone: str, at: str, start: str, end: str
    ) -> None:
        found = window(Per.HOUR, ZoneInfo(zone), utc(at))

        assert found == span(start, end)

    def test_takes_an_instant_in_any_zone(self) -> None:
        at = utc("2026-11-23T10:30")

        found = window(Per.DAY, ZoneInfo("Asia/Tokyo"), at.astimezone(ZoneInfo("Asia/Tokyo")))

        assert found == window(Per.DAY, ZoneInfo("Asia/Tokyo"), at)

    @pytest.mark.parametrize("name", NASTY_ZONES)
    def test_tiles_time_around_every_clock_change(self, name: str) -> None:
        zone = ZoneInfo(name)
        hours = [
            change + HOUR * n + timedelta(minutes=7)
            for change in clock_changes(zone)
            for n in range(-72, 96)
        ]

        breaches = [
            breach
            for per in (Per.HOUR, Per.DAY)
            for at in hours
            for breach in gaps_and_overlaps(zone, per, at)
        ]

        assert breaches == []

    @pytest.mark.parametrize("per", PERIODS)
    @pytest.mark.parametrize("name", NASTY_ZONES)
    def test_follow_one_another_without_end(self, name: str, per: Per) -> None:
        zone = ZoneInfo(name)
        at = utc("2026-03-01T00:00") if per is Per.HOUR else FROM
        until = utc("2026-05-01T00:00") if per is Per.HOUR else UNTIL
        starts: list[bool] = []

        while at < until:
            found = window(per, zone, at)
            assert found.end is not None
            starts.append((found.start <= at < found.end) and (not starts or found.start == at))
            at = found.end

        assert all(starts)

    @given(
        zone=ZONES,
        per=st.sampled_from(PERIODS),
        at=INSTANTS,
    )
    def test_tiles_time_in_every_zone(self, zone: ZoneInfo, per: Per, at: datetime) -> None:
        assert gaps_and_overlaps(zone, per, at) == []

    @given(
        zone=ZONES,
        per=st.sampled_from((Per.DAY, Per.WEEK, Per.MONTH)),
        at=INSTANTS,
    )
    def test_begins_on_the_day_it_is_named_after(
        self, zone: ZoneInfo, per: Per, at: datetime
    ) -> None:
        start = window(per, zone, at).start.astimezone(zone)
        just_before = (start.astimezone(UTC) - timedelta(microseconds=1)).astimezone(zone)

        assert just_before.date() < start.date()
        assert per is not Per.WEEK or start.weekday() == 0
        assert per is not Per.MONTH or start.day == 1


def read(raw: object) -> tuple[tuple[Cap, ...], list[Flaw]]:
    flaws: list[Flaw] = []
    return read_caps(raw, place="caps", currency="USD", flaws=flaws), flaws


class TestReadCaps:
    def test_takes_leads_and_money(self) -> None:
        caps, flaws = read([{"per": "day", "leads": 50}, {"per": "month", "spend": "5000.00"}])

        assert caps == (Cap(Per.DAY, Unit.LEADS, 50), Cap(Per.MONTH, Unit.SPEND, 500_000))
        assert flaws == []

    @pytest.mark.parametrize("raw", [None, []])
    def test_takes_none_at_all(self, raw: object) -> None:
        assert read(raw) == ((), [])

    def test_takes_zero_as_a_cap_of_none(self) -> None:
        caps, flaws = read([{"per": "total", "leads": 0}])

        assert caps == (Cap(Per.TOTAL, Unit.LEADS, 0),)
        assert flaws == []

    @pytest.mark.parametrize(
        ("raw", "place", "words"),
        [
            ("50", "caps", "not a list"),
            (["50"], "caps[0]", "not a cap"),
            ([{"leads": 50}], "caps[0].per", "hour, day, week, month, total"),
            ([{"per": "fortnight", "leads": 50}], "caps[0].per", "'fortnight'"),
            ([{"per": ["day"], "leads": 50}], "caps[0].per", "not a window"),
            ([{"per": "day"}], "caps[0]", "exactly one"),
            ([{"per": "day", "leads": 1, "spend": "1"}], "caps[0]", "exactly one"),
            ([{"per": "day", "leads": 1, "until": 2}], "caps[0].until", "per, leads, spend"),
            ([{"per": "day", "leads": -1}], "caps[0].leads", "from 0"),
            ([{"per": "day", "leads": True}], "caps[0].leads", "whole number"),
            ([{"per": "day", "leads": "50"}], "caps[0].leads", "whole number"),
            ([{"per": "day", "leads": 1.5}], "caps[0].leads", "whole number"),
            ([{"per": "day", "leads": 10**30}], "caps[0].leads", "1,000,000,000"),
            ([{"per": "day", "spend": 5000.0}], "caps[0].spend", 'quotes, such as "5000.00"'),
            ([{"per": "day", "spend": "-1"}], "caps[0].spend", "below 0"),
            ([{"per": "day", "spend": "1.234"}], "caps[0].spend", "finer"),
            ([{"per": "day", "leads": 1}, {"per": "day", "leads": 2}], "caps[1]", "leads per day"),
        ],
    )
    def test_names_the_place_and_what_is_allowed(self, raw: object, place: str, words: str) -> None:
        _, flaws = read(raw)

        assert [flaw.place for flaw in flaws] == [place]
        assert words in flaws[0].message

    def test_names_every_flaw(self) -> None:
        _, flaws = read([{"per": "x", "leads": -1, "more": 1}, {"per": "day", "spend": 1}])

        assert [flaw.place for flaw in flaws] == [
            "caps[0].more",
            "caps[0].per",
            "caps[0].leads",
            "caps[1].spend",
        ]

    @given(
        st.lists(
            st.builds(
                Cap, st.sampled_from(Per), st.sampled_from(Unit), st.integers(0, 1_000_000_000)
            ),
            unique_by=lambda cap: (cap.per, cap.unit),
        ).map(tuple),
        st.sampled_from(("USD", "JPY", "KWD")),
    )
    def test_reads_back_what_was_written(self, caps: tuple[Cap, ...], currency: str) -> None:
        flaws: list[Flaw] = []

        written = write_caps(caps, currency=currency)

        assert read_caps(written, place="caps", currency=currency, flaws=flaws) == caps
        assert flaws == []
