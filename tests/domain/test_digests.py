"""When a partner's next letter is due."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.domain.digests import digest_key, next_digest

START = datetime(2020, 1, 1, tzinfo=UTC)
DENVER, KOLKATA = "America/Denver", "Asia/Kolkata"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class TestTheNextDigest:
    @pytest.mark.parametrize(
        ("digest", "zone", "now", "due"),
        [
            ("hourly", "UTC", "2026-11-23T10:00:00.000001", "2026-11-23T11:00"),
            ("hourly", "UTC", "2026-11-23T10:00", "2026-11-23T11:00"),
            ("hourly", "UTC", "2026-11-23T10:59:59.999999", "2026-11-23T11:00"),
            ("hourly", KOLKATA, "2026-11-23T10:00", "2026-11-23T10:30"),
            ("daily 07:00", "UTC", "2026-11-23T06:59", "2026-11-23T07:00"),
            ("daily 07:00", "UTC", "2026-11-23T07:00", "2026-11-24T07:00"),
            ("daily 07:00", DENVER, "2026-11-23T10:00", "2026-11-23T14:00"),
            ("daily 07:00", DENVER, "2026-11-23T23:00", "2026-11-24T14:00"),
            ("daily 07:00", DENVER, "2026-03-07T20:00", "2026-03-08T13:00"),
            ("daily 02:30", DENVER, "2026-03-08T07:30", "2026-03-08T09:00"),
            ("daily 01:30", DENVER, "2026-11-01T06:00", "2026-11-01T07:30"),
            ("daily 01:30", DENVER, "2026-11-01T07:30", "2026-11-02T08:30"),
        ],
    )
    def test_follows_the_partners_clock(self, digest: str, zone: str, now: str, due: str) -> None:
        assert next_digest(digest, ZoneInfo(zone), moment(now)) == moment(due)

    @given(
        now=st.integers(0, 10 * 366 * 86_400).map(lambda n: START + timedelta(seconds=n)),
        zone=st.sampled_from(["UTC", DENVER, KOLKATA, "Europe/Berlin", "Pacific/Chatham"]),
        digest=st.sampled_from(["hourly", "daily 00:00", "daily 02:30", "daily 23:59"]),
    )
    def test_comes_after_now_and_within_its_period(
        self, now: datetime, zone: str, digest: str
    ) -> None:
        due = next_digest(digest, ZoneInfo(zone), now)

        longest = timedelta(hours=1) if digest == "hourly" else timedelta(hours=25)
        assert now < due <= now + longest


class TestTheKeyOfADigest:
    def test_tells_apart_what_differs_in_one_part(self) -> None:
        assert digest_key(1, 23, "x") != digest_key(12, 3, "x")
