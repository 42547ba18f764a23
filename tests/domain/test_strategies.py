"""Strategies: the order of the eligible, and what a profile remembers of its selections."""

from collections import Counter
from random import Random

import pytest
from deciding import Desk, chosen, profile, seat
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.domain.profiles import Strategy
from headgate.domain.seats import Seat
from headgate.domain.strategies import Standing, in_order

WEIGHTS = st.lists(st.integers(0, 12), min_size=1, max_size=6).filter(any)
ATTRIBUTES = st.lists(
    st.tuples(st.integers(-2, 2), st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=6
)


def seats_of(strategy: str, **columns: list[int]) -> tuple[Seat, ...]:
    """Make the seats a, b, c … of one profile, from columns such as `priority=[1, 2]`."""
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    listed = [seat("abcdefghijkl"[n], **row) for n, row in enumerate(rows)]
    return Desk(profile("main", *listed, strategy=strategy)).plan.entities["solar"].lines[0].seats


def standing_of(seats: tuple[Seat, ...], last: dict[str, int]) -> Standing:
    turns = {each.id: last[slug] for each in seats if (slug := each.assignment.slug) in last}
    return Standing(turn=max(last.values(), default=0), last=turns)


class TestInOrder:
    @pytest.mark.parametrize(
        ("strategy", "columns", "last", "order"),
        [
            ("first_match", {"priority": [1, 3, 2]}, {}, "bca"),
            ("first_match", {"priority": [1, 1, 1]}, {}, "abc"),
            ("first_match", {"priority": [1, 1, 1]}, {"a": 2, "b": 1}, "cba"),
            ("first_match", {"priority": [5, 1, 1]}, {"a": 9}, "abc"),
            ("send_to_all", {"priority": [1, 3, 3]}, {"b": 1}, "cba"),
            ("round_robin", {"priority": [1, 2, 3]}, {}, "cba"),
            ("round_robin", {"priority": [9, 1, 1]}, {"a": 3, "b": 1, "c": 2}, "bca"),
            ("round_robin", {"priority": [1, 1, 1]}, {}, "abc"),
            ("best_price", {"price_minor": [10, 30, 20]}, {}, "bca"),
            ("best_price", {"price_minor": [5, 5, 5], "priority": [1, 2, 2]}, {"b": 1}, "cba"),
            ("weighted", {"weight": [1, 3, 2]}, {}, "bca"),
            ("weighted", {"weight": [2, 2, 2], "priority": [0, 1, 1]}, {"b": 9}, "bca"),
            ("weighted", {"weight": [0, 1, 0]}, {}, "b"),
        ],
    )
    def test_prefers_and_breaks_ties_as_documented(
        self, strategy: str, columns: dict[str, list[int]], last: dict[str, int], order: str
    ) -> None:
        seats = seats_of(strategy, **columns)

        ordered = in_order(Strategy(strategy), seats, standing_of(seats, last))

        assert "".join(each.assignment.slug for each in ordered) == order

    @given(st.sampled_from(list(Strategy)), ATTRIBUTES, st.randoms(use_true_random=False))
    @settings(deadline=None, max_examples=60)
    def test_does_not_depend_on_the_order_of_what_it_is_given(
        self, strategy: Strategy, rows: list[tuple[int, int, int]], random: Random
    ) -> None:
        priority, weight, price = (list(column) for column in zip(*rows, strict=True))
        seats = seats_of(strategy, priority=priority, weight=weight, price_minor=price)
        shuffled = list(seats)
        random.shuffle(shuffled)

        assert in_order(strategy, shuffled, Standing()) == in_order(strategy, seats, Standing())


class TestStanding:
    def test_counts_a_turn_for_every_selection_at_once(self) -> None:
        a, b, c = seats_of("send_to_all", priority=[3, 2, 1])

        standing = Standing(turn=4, last={c.id: 2}).after([a, b], [a, b, c], Strategy.SEND_TO_ALL)

        assert standing == Standing(turn=6, last={a.id: 5, b.id: 6, c.id: 2})

    def test_lets_the_eligible_gain_their_weights_and_the_selected_pay_the_sum(self) -> None:
        a, b, c = seats_of("weighted", weight=[5, 2, 1])

        standing = Standing(credit={c.id: 4}).after([a], [a, b], Strategy.WEIGHTED)

        assert standing.credit == {a.id: -2, b.id: 2, c.id: 4}

    def test_keeps_no_credit_for_other_strategies(self) -> None:
        a, b = seats_of("round_robin", weight=[5, 2])

        assert Standing().after([a], [a, b], Strategy.ROUND_ROBIN).credit == {}


class TestWeighted:
    def test_spreads_five_one_one_smoothly(self) -> None:
        desk = Desk(
            profile(
                "main",
                seat("a", weight=5),
                seat("b", weight=1),
                seat("c", weight=1),
                strategy="weighted",
            )
        )

        assert [chosen(desk.route())[0] for _ in range(7)] == list("aabacaa")

    @given(WEIGHTS, st.integers(1, 60))
    @settings(deadline=None, max_examples=60)
    def test_puts_nobody_a_whole_lead_ahead_of_its_share(
        self, weights: list[int], leads: int
    ) -> None:
        seats = seats_of("weighted", weight=weights)

        given_to = run(seats, leads)

        total = sum(weights)
        for each in seats:
            assert given_to[each.id] * total - leads * each.weight < total

    @given(st.tuples(st.integers(1, 12), st.integers(1, 12)), st.integers(1, 60))
    @settings(deadline=None, max_examples=60)
    def test_keeps_two_within_one_lead_of_their_shares(
        self, weights: tuple[int, int], leads: int
    ) -> None:
        seats = seats_of("weighted", weight=list(weights))

        given_to = run(seats, leads)

        total = sum(weights)
        for each in seats:
            assert abs(given_to[each.id] * total - leads * each.weight) < total

    @given(WEIGHTS, st.integers(1, 2))
    @settings(deadline=None, max_examples=60)
    def test_gives_everybody_exactly_its_weight_in_a_full_run(
        self, weights: list[int], runs: int
    ) -> None:
        seats = seats_of("weighted", weight=weights)

        given_to = run(seats, runs * sum(weights))

        assert [given_to[each.id] for each in seats] == [runs * weight for weight in weights]


class TestRoundRobin:
    @given(st.lists(st.integers(0, 3), min_size=1, max_size=6), st.integers(1, 40))
    @settings(deadline=None, max_examples=60)
    def test_gives_everybody_the_same_within_one_lead(
        self, priorities: list[int], leads: int
    ) -> None:
        seats = seats_of("round_robin", priority=priorities)

        given_to = run(seats, leads, Strategy.ROUND_ROBIN)

        counts = [given_to[each.id] for each in seats]
        assert max(counts) - min(counts) <= 1


def run(
    seats: tuple[Seat, ...], leads: int, strategy: Strategy = Strategy.WEIGHTED
) -> Counter[int]:
    standing, given_to = Standing(), Counter[int]()
    for _ in range(leads):
        ranked = in_order(strategy, seats, standing)
        standing = standing.after(ranked[:1], ranked, strategy)
        given_to[ranked[0].id] += 1
    return given_to
