"""Tries are counted by key, within a span of time."""

from datetime import datetime, timedelta

from headgate.web.throttle import MOST_KEYS, Throttle

MINUTE = timedelta(minutes=1)


class TestAThrottle:
    def test_allows_so_many_tries(self, now: datetime) -> None:
        throttle = Throttle(2, within=MINUTE)

        assert [throttle.allows("ann", now=now) for _ in range(3)] == [True, True, False]

    def test_counts_each_key_by_itself(self, now: datetime) -> None:
        throttle = Throttle(1, within=MINUTE)
        throttle.allows("ann", now=now)

        assert throttle.allows("bob", now=now)

    def test_forgets_with_time(self, now: datetime) -> None:
        throttle = Throttle(1, within=MINUTE)
        throttle.allows("ann", now=now)

        assert not throttle.allows("ann", now=now + MINUTE - timedelta(milliseconds=1))
        assert throttle.allows("ann", now=now + MINUTE)

    def test_forgives(self, now: datetime) -> None:
        throttle = Throttle(1, within=MINUTE)
        throttle.allows("ann", now=now)

        throttle.forgive("ann")

        assert throttle.allows("ann", now=now)

    def test_never_remembers_more_than_it_may(self, now: datetime) -> None:
        throttle = Throttle(1, within=MINUTE)

        allowed = [throttle.allows(number, now=now) for number in range(MOST_KEYS + 5)]

        assert all(allowed)
