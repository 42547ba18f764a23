import pytest


class TestDate:
    def test_is_kept_as_it_is(self, value_of):
        assert value_of("date", " 2026-11-23 ") == "2026-11-23"

    @pytest.mark.parametrize(
        "bad",
        ["2026-02-30", "20261123", "2026-W48-1", "23.11.2026", "0000-01-01", "2026-11-23T10:00:00"],
    )
    def test_refuses_what_is_no_day(self, code_of, bad):
        assert code_of("date", bad) == "not_a_date"

    def test_refuses_a_bare_number(self, code_of):
        assert code_of("date", 20261123) == "bad_type"


class TestDatetime:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("2026-11-23T10:00:00Z", "2026-11-23T10:00:00.000Z"),
            ("2026-11-23t10:00:00.1239z", "2026-11-23T10:00:00.123Z"),
            ("2026-11-23 10:00:00+02:00", "2026-11-23T08:00:00.000Z"),
            ("2026-11-23T10:00:00", "2026-11-23T17:00:00.000Z"),
            ("2026-07-01T10:00", "2026-07-01T16:00:00.000Z"),
            ("0099-01-01T00:00:00.5Z", "0099-01-01T00:00:00.500Z"),
        ],
    )
    def test_is_kept_in_utc(self, value_of, given, kept):
        assert value_of("datetime", given) == kept

    @pytest.mark.parametrize(
        "bad",
        [
            *("2026-11-23", "2026-11-23T24:00:00Z", "2026-11-23T10:60:00Z", "yesterday"),
            *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:00:00"),
            *("2026-11-23T10:00.5Z", "2026-11-23T10:00:00+25:00", "2026-11-23T10:00:00 Z"),
        ],
    )
    def test_refuses_what_is_no_moment(self, code_of, bad):
        assert code_of("datetime", bad) == "not_a_datetime"
