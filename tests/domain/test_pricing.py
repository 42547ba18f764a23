"""Prices: frozen when a place is reserved, replaced by a readable answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.domain.assignments import Assignment
from headgate.domain.money import format_amount
from headgate.domain.pricing import answered_price, frozen_price
from headgate.domain.profiles import Profile


class TestFrozenPrice:
    @pytest.mark.parametrize(
        ("assignment_price", "profile_price", "price"),
        [
            (1250, 1000, 1250),
            (0, 1000, 0),
            (None, 1000, 1000),
            (None, 0, 0),
            (None, None, 0),
        ],
    )
    def test_is_the_assignments_else_the_profiles_else_nothing(
        self, assignment_price: int | None, profile_price: int | None, price: int
    ) -> None:
        assignment = Assignment("sunpeak", "sunpeak", price_minor=assignment_price)
        profile = Profile(
            "residential",
            "solar",
            "Residential",
            exclusive=True,
            give_up_minutes=15,
            price_minor=profile_price,
        )

        assert frozen_price(assignment, profile) == price


class TestAnsweredPrice:
    @pytest.mark.parametrize(
        ("raw", "currency", "minor"),
        [
            ("12.50", "USD", 1250),
            (" 12.5 ", "USD", 1250),
            ("12.500", "USD", 1250),
            (12.5, "USD", 1250),
            (19.99, "USD", 1999),
            (12, "USD", 1200),
            (0, "USD", 0),
            (-0.0, "USD", 0),
            ("1200", "JPY", 1200),
            (1.234, "KWD", 1234),
        ],
    )
    def test_is_read_from_a_number_or_text(self, raw: object, currency: str, minor: int) -> None:
        assert answered_price(raw, currency=currency, price_min_minor=None) == minor

    @pytest.mark.parametrize(
        "raw",
        [
            None,
            True,
            [12.5],
            {"amount": "12.50"},
            "",
            "free",
            "$12.50",
            "12,50",
            "1e3",
            "-1",
            -0.01,
            "12.505",
            0.1 + 0.2,
            1e22,
            float("nan"),
            float("inf"),
            pytest.param(10**5000, id="endless"),
        ],
    )
    def test_is_ignored_where_it_makes_no_sense(self, raw: object) -> None:
        assert answered_price(raw, currency="USD", price_min_minor=None) is None

    @pytest.mark.parametrize(("raw", "minor"), [("4.99", None), ("5.00", 500), (5, 500)])
    def test_is_ignored_below_the_minimum(self, raw: object, minor: int | None) -> None:
        assert answered_price(raw, currency="USD", price_min_minor=500) == minor

    @given(st.integers(0, 10**10), st.sampled_from(("USD", "JPY", "KWD")))
    def test_is_the_same_as_a_number_and_as_text(self, minor: int, currency: str) -> None:
        text = format_amount(minor, currency)

        assert answered_price(text, currency=currency, price_min_minor=None) == minor
        assert answered_price(float(text), currency=currency, price_min_minor=None) == minor
