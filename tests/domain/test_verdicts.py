"""Verdicts as they are recorded: bits in the contract's order, and runs of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.domain.verdicts import (
    CAP,
    CHANNEL,
    CLOSED,
    HAS_LEAD,
    HAS_PERSON,
    RULES,
    TAKEN,
    ProfileVerdict,
    failures_of,
    result_of,
    runs_of,
)


class TestResultOf:
    @pytest.mark.parametrize(
        ("failed", "result"),
        [
            (0, None),
            (RULES | CAP | CHANNEL, "rules_not_met"),
            (HAS_LEAD | HAS_PERSON, "already_has_lead"),
            (HAS_PERSON | TAKEN, "already_has_person"),
            (TAKEN | CLOSED, "taken"),
            (CLOSED | CAP, "closed"),
            (CAP | CHANNEL, "cap_reached"),
            (CHANNEL, "channel_down"),
        ],
    )
    def test_is_the_first_check_that_failed(self, failed: int, result: str | None) -> None:
        assert result_of(failed) == result


class TestRunsOf:
    def test_counts_equal_neighbours(self) -> None:
        assert runs_of([1, 1, 0, 1]) == (1, 2, 0, 1, 1, 1)

    @given(st.lists(st.integers(0, 3)))
    def test_is_undone_by_failures_of(self, failures: list[int]) -> None:
        verdict = ProfileVerdict("main", matched=True, failed=runs_of(failures))

        assert failures_of(verdict) == failures
