"""The circuit breaker on a virtual clock: opens, is probed, closes; and gives up after days."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.domain.deliveries import Outcome
from headgate.domain.health import (
    FIRST_PAUSE_SECONDS,
    HALT_AFTER,
    HEALTHY,
    LONGEST_PAUSE_SECONDS,
    WINDOW,
    Health,
    after_probe,
    after_tries,
    is_failure,
)

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
moves = st.lists(
    st.tuples(
        st.sampled_from(["answered", "failed", "passed", "not passed"]),
        st.integers(1, 20),
        st.integers(0, 900),
    ),
    max_size=30,
)


def tried(health: Health, answered: int, failed: int, now: datetime = NOW) -> Health:
    return after_tries(health, answered=answered, failed=failed, now=now)


def opened(now: datetime = NOW) -> Health:
    return tried(HEALTHY, 0, 10, now)


def lived(steps: list[tuple[str, int, int]]) -> list[tuple[datetime, Health]]:
    """Return the health after each step, with the moment of it."""
    health, now, states = HEALTHY, NOW, []
    for what, count, seconds in steps:
        now += timedelta(seconds=seconds)
        match what:
            case "answered":
                health = tried(health, count, 0, now)
            case "failed":
                health = tried(health, 0, count, now)
            case _:
                health = after_probe(health, passed=what == "passed", now=now)
        states.append((now, health))
    return states


class TestAFailure:
    @pytest.mark.parametrize(
        ("outcome", "expected"),
        [
            (Outcome.DELIVERED, False),
            (Outcome.REFUSED, False),
            (Outcome.NOT_SENT, True),
            (Outcome.AMBIGUOUS, True),
        ],
    )
    def test_is_no_answer(self, outcome: Outcome, expected: bool) -> None:
        assert is_failure(outcome) is expected


class TestOpening:
    @pytest.mark.parametrize(
        ("answered", "failed", "is_open"),
        [
            (0, 9, False),
            (0, 10, True),
            (3, 7, True),
            (4, 7, False),
            (31, 70, False),
            (30, 70, True),
        ],
    )
    def test_takes_70_per_cent_of_at_least_10_tries(
        self, answered: int, failed: int, is_open: bool
    ) -> None:
        assert tried(HEALTHY, answered, failed).is_open is is_open

    def test_counts_the_tries_of_five_minutes_together(self) -> None:
        health = HEALTHY
        for number in range(10):
            health = tried(health, 0, 1, NOW + timedelta(seconds=29 * number))

        assert health.is_open

    def test_forgets_what_is_older(self) -> None:
        health = tried(HEALTHY, 0, 9)

        health = tried(health, 0, 1, NOW + WINDOW)

        assert not health.is_open

    def test_pauses_for_30_seconds(self) -> None:
        assert opened().probe_at == NOW + timedelta(seconds=FIRST_PAUSE_SECONDS)


class TestTheProbe:
    def test_is_due_when_the_pause_is_over(self) -> None:
        health = opened()

        assert not health.is_half_open(NOW + timedelta(seconds=29))
        assert health.is_half_open(NOW + timedelta(seconds=30))

    def test_doubles_the_pause_up_to_ten_minutes_when_it_fails(self) -> None:
        health, pauses = opened(), []
        for _ in range(6):
            health = after_probe(health, passed=False, now=NOW)
            pauses.append(health.pause_seconds)

        assert pauses == [60, 120, 240, 480, 600, 600]

    def test_closes_the_breaker_when_it_passes(self) -> None:
        health = after_probe(opened(), passed=True, now=NOW)

        assert not health.is_open

    def test_says_nothing_of_a_breaker_that_was_closed_meanwhile(self) -> None:
        assert after_probe(HEALTHY, passed=False, now=NOW) == HEALTHY


class TestClosing:
    def test_by_a_probe_alone_is_on_trial(self) -> None:
        health = after_probe(opened(), passed=True, now=NOW)

        health = tried(health, 0, 10)

        assert health.pause_seconds == 2 * FIRST_PAUSE_SECONDS

    def test_is_forgotten_with_the_first_real_answer(self) -> None:
        health = after_probe(opened(), passed=True, now=NOW)

        health = tried(health, 1, 0)

        assert not health.is_worth_keeping(NOW)

    def test_follows_a_real_answer_once_the_pause_is_over(self) -> None:
        health = tried(opened(), 1, 0, NOW + timedelta(seconds=30))

        assert health == HEALTHY

    def test_does_not_follow_an_answer_to_what_was_under_way(self) -> None:
        assert tried(opened(), 1, 0, NOW + timedelta(seconds=29)).is_open


class TestGivingUp:
    def test_takes_five_days_of_nothing_but_failures(self) -> None:
        health = tried(HEALTHY, 0, 1)

        health = tried(health, 0, 1, NOW + HALT_AFTER)

        assert health.is_hopeless(NOW + HALT_AFTER)
        assert not health.is_hopeless(NOW + HALT_AFTER - timedelta(seconds=1))

    def test_begins_anew_with_any_answer(self) -> None:
        health = tried(tried(HEALTHY, 0, 1), 1, 0)

        health = tried(health, 0, 1, NOW + HALT_AFTER)

        assert not health.is_hopeless(NOW + HALT_AFTER)

    def test_is_not_put_off_by_a_probe_that_passes(self) -> None:
        health = after_probe(opened(), passed=True, now=NOW)

        assert health.is_hopeless(NOW + HALT_AFTER)


class TestHealth:
    @given(moves)
    def test_has_a_probe_exactly_while_it_is_open(self, steps: list[tuple[str, int, int]]) -> None:
        assert all(health.is_open == (health.probe_at is not None) for _, health in lived(steps))

    @given(moves)
    def test_pauses_within_bounds(self, steps: list[tuple[str, int, int]]) -> None:
        for _, health in lived(steps):
            assert 0 <= health.pause_seconds <= LONGEST_PAUSE_SECONDS
            assert health.pause_seconds or not health.is_open

    @given(moves)
    def test_remembers_only_five_minutes(self, steps: list[tuple[str, int, int]]) -> None:
        for now, health in lived(steps):
            assert len(health.slices) <= 11
            if health.slices and not health.is_open:
                assert health.slices[-1].begins_at <= now

    @given(moves)
    def test_is_never_hurt_by_answers(self, steps: list[tuple[str, int, int]]) -> None:
        answers = [("answered", count, seconds) for _, count, seconds in steps]

        assert not any(health.is_worth_keeping(now) for now, health in lived(answers))

    @given(moves)
    def test_always_finds_back(self, steps: list[tuple[str, int, int]]) -> None:
        now, health = (lived(steps) or [(NOW, HEALTHY)])[-1]
        later = now + timedelta(seconds=LONGEST_PAUSE_SECONDS)

        healed = tried(after_probe(health, passed=True, now=later), 1, 0, later)

        assert not healed.is_worth_keeping(later)
