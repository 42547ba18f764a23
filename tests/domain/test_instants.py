"""Instants to the millisecond, exactly."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.domain.instants import from_milliseconds, rfc3339, to_milliseconds


class TestToMilliseconds:
    @given(st.integers(0, 4_102_444_800_000))
    def test_is_undone_by_from_milliseconds(self, count: int) -> None:
        assert to_milliseconds(from_milliseconds(count)) == count

    def test_leaves_smaller_parts_out(self) -> None:
        moment = datetime(2026, 11, 23, 10, 0, 0, 123_999, tzinfo=UTC)

        assert from_milliseconds(to_milliseconds(moment)) == moment.replace(microsecond=123_000)


class TestRfc3339:
    @pytest.mark.parametrize(
        ("zone", "expected"),
        [
            (UTC, "2026-11-23T10:00:00.120Z"),
            (timezone(timedelta(hours=2)), "2026-11-23T08:00:00.120Z"),
        ],
    )
    def test_writes_milliseconds_in_utc(self, zone: timezone, expected: str) -> None:
        assert rfc3339(datetime(2026, 11, 23, 10, 0, 0, 120_000, tzinfo=zone)) == expected
