"""Prices by volume: which one is in force, what it takes of caps of money, and how it is told."""

from datetime import UTC, datetime
from typing import Any

import pytest
from deciding import Desk, chosen, configuration, day, partner, plan_of, profile, seat, spend
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from headgate.domain.assignments import Assignment
from headgate.domain.caps import NO_LIMIT, Cap, Per, Unit
from headgate.domain.decision import Decision
from headgate.domain.explanation import Explanation, explain
from headgate.domain.explanation.document import CapCheck, ExplainedPrice
from headgate.domain.price_tiers import PriceTier
from headgate.domain.profiles import Strategy

TIERS = (PriceTier(100, 3500), PriceTier(500, 3000))


def tiered(slug: str = "sun", **rest: Any) -> Assignment:
    return seat(slug, **{"price_minor": 4000, "price_tiers": TIERS, **rest})


def explained_by(desk: Desk, decision: Decision) -> Explanation:
    return explain([decision.round], lambda _: desk.configuration, "solar", {})


def prices(decision: Decision) -> list[int]:
    return [selection.seat.price_minor for selection in decision.selections]


class TestThePriceInForce:
    @pytest.mark.parametrize(
        ("before", "price"),
        [(0, 4000), (99, 4000), (100, 3500), (499, 3500), (500, 3000), (10_000, 3000)],
    )
    def test_changes_with_the_lead_after_so_many(self, before: int, price: int) -> None:
        desk = Desk(profile("main", tiered()), used={"main/sun": before})

        assert prices(desk.decide()) == [price]

    def test_is_the_profiles_before_the_first_tier(self) -> None:
        desk = Desk(profile("main", tiered(price_minor=None), price_minor=2500))

        assert prices(desk.decide()) == [2500]

    def test_ranks_by_price(self) -> None:
        cheaper = (PriceTier(1, 1000),)
        seats = (tiered("sun", price_tiers=cheaper), seat("moon", price_minor=2000))
        desk = Desk(profile("main", *seats, strategy="best_price"))

        assert [chosen(desk.route()) for _ in range(3)] == [["sun"], ["moon"], ["moon"]]

    def test_is_what_a_cap_of_money_must_have_room_for(self) -> None:
        dearer = (PriceTier(1, 9000),)
        desk = Desk(profile("main", tiered(price_tiers=dearer, caps=(spend(12_000),))))

        assert [prices(desk.route()) for _ in range(2)] == [[4000], []]

    def test_is_that_of_each_selection_where_one_lead_goes_to_many(self) -> None:
        seats = (tiered("sun", price_tiers=(PriceTier(1, 500),)), seat("moon", price_minor=200))
        desk = Desk(profile("main", *seats, strategy="send_to_all"))

        assert [prices(desk.route()) for _ in range(2)] == [[4000, 200], [500, 200]]


class TestTheCount:
    def test_is_a_cap_that_nothing_is_too_much_for(self) -> None:
        (slot,) = plan_of(configuration(profile("main", tiered()))).slots

        assert slot.cap == Cap(Per.MONTH, Unit.LEADS, NO_LIMIT)
        assert not slot.cap.has_limit

    def test_is_kept_by_a_cap_of_leads_per_month_where_there_is_one(self) -> None:
        monthly = Cap(Per.MONTH, Unit.LEADS, 300)
        desk = Desk(profile("main", tiered(caps=(day(200), monthly))), used={"main/sun": 100})

        assert [slot.cap for slot in desk.plan.slots] == [day(200), monthly]
        assert prices(desk.decide()) == [3500]

    def test_is_in_the_calendar_of_the_partner(self) -> None:
        sun = partner("sun", timezone="Asia/Tokyo")

        (slot,) = plan_of(configuration(profile("main", tiered()), partners=[sun])).slots

        assert slot.zone.key == "Asia/Tokyo"

    def test_is_not_there_without_tiers(self) -> None:
        plan = plan_of(configuration(profile("main", seat("sun", price_minor=4000))))

        assert (plan.slots, plan.entities["solar"].lines[0].tiered) == ((), ())

    @pytest.mark.parametrize(("next_price", "rises"), [(5000, True), (3000, False)])
    def test_may_make_room_where_prices_rise(self, next_price: int, rises: bool) -> None:
        listed = profile("main", tiered(price_tiers=(PriceTier(1, next_price),)))

        assert bool(plan_of(configuration(listed)).dearer) is rises


class TestWaitingForAPrice:
    def test_looks_again_when_the_month_brings_the_lower_one_back(self) -> None:
        dearer = (PriceTier(1, 9000),)
        listed = tiered(
            price_tiers=dearer, caps=(spend(12_000, Per.TOTAL),), wait=True, wait_minutes=43_200
        )
        desk = Desk(profile("main", listed))
        desk.route()

        wait = desk.decide().wait

        assert wait is not None
        assert wait.look_at == datetime(2026, 12, 1, tzinfo=UTC)


_TIERS = st.dictionaries(st.integers(1, 8), st.integers(0, 9), max_size=3)


class TestMoneyCapsAndTiers:
    @given(
        price=st.integers(0, 9),
        tiers=_TIERS,
        budget=st.integers(0, 60),
        paid_ahead=st.integers(0, 40),
        most=st.none() | st.integers(0, 12),
        acts=st.lists(st.integers(0, 9) | st.none(), max_size=25),
    )
    @settings(deadline=None, max_examples=100)
    def test_sell_what_counting_by_hand_sells(
        self,
        *,
        price: int,
        tiers: dict[int, int],
        budget: int,
        paid_ahead: int,
        most: int | None,
        acts: list[int | None],
    ) -> None:
        """None sends a lead, a number gives back that one of the leads sold so far."""
        monthly = () if most is None else (Cap(Per.MONTH, Unit.LEADS, most),)
        listed = tiered(
            price_minor=price,
            price_tiers=tuple(PriceTier(after, tiers[after]) for after in sorted(tiers)),
            caps=monthly,
        )
        sun = partner("sun", caps=(spend(budget),), prepaid=True)
        desk = Desk(profile("main", listed), partners=[sun], used={"main": 0})
        owed = next(n for n, slot in enumerate(desk.plan.slots) if slot.scope == "balance")
        desk.used[owed] = -paid_ahead
        held: list[Any] = []

        for act in acts:
            if act is None:
                in_force = next(
                    (tiers[n] for n in sorted(tiers, reverse=True) if len(held) >= n), price
                )
                spent = sum(each.seat.price_minor for each in held)
                fits = spent + in_force <= min(budget, paid_ahead)
                fits = fits and (most is None or len(held) < most)
                sold = desk.route().selections
                assert [each.seat.price_minor for each in sold] == [in_force] * fits
                held += sold
            elif act < len(held):
                for cap in held.pop(act).seat.caps:
                    desk.used[cap.slot] -= cap.amount


class TestTheExplanation:
    @pytest.mark.parametrize(
        ("before", "told", "words"),
        [
            (0, ExplainedPrice("40.00", None, 1), ", at 40.00 USD (the 1st lead this month)"),
            (
                112,
                ExplainedPrice("35.00", 100, 113),
                ", at 35.00 USD (tier after 100, the 113th lead this month)",
            ),
            (
                501,
                ExplainedPrice("30.00", 500, 502),
                ", at 30.00 USD (tier after 500, the 502nd lead this month)",
            ),
        ],
    )
    def test_tells_the_price_and_its_lead(
        self, before: int, told: ExplainedPrice, words: str
    ) -> None:
        desk = Desk(profile("main", tiered()), used={"main/sun": before})

        (found,) = explained_by(desk, desk.decide()).profiles[0].assignments

        assert found.price == told
        assert found.sentence == f"Went to Sun because it was the only one eligible{words}"

    def test_tells_why_the_best_price_won(self) -> None:
        seats = (tiered(), seat("moon", price_minor=100))
        desk = Desk(profile("main", *seats, strategy=Strategy.BEST_PRICE), used={"main/sun": 120})

        said = explained_by(desk, desk.decide()).sentence

        assert "first by price of 2 eligible, at 35.00 USD (tier after 100, the 121st lead" in said

    def test_shows_the_count_as_no_cap(self) -> None:
        desk = Desk(profile("main", tiered(caps=(day(5),))))

        (found,) = explained_by(desk, desk.decide()).profiles[0].assignments

        caps = [check for check in found.checks if isinstance(check, CapCheck)]
        assert [(cap.per, cap.limit) for cap in caps] == [(Per.DAY, 5)]

    def test_says_nothing_of_a_price_without_tiers(self) -> None:
        desk = Desk(profile("main", seat("sun", price_minor=4000)))

        (found,) = explained_by(desk, desk.decide()).profiles[0].assignments

        assert found.price is UNSET
