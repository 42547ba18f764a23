from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st


class TestNumber:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            (25000, 25000),
            ("25000", 25000),
            (" -3 ", -3),
            ("12.50", Decimal("12.5")),
            (0.1, Decimal("0.1")),
            (Decimal("0.10"), Decimal("0.1")),
            (1e16, 10**16),
            (100.0, 100),
            (-0.0, 0),
            ("-0", 0),
            ("1E2", 100),
            ("1e-3", Decimal("0.001")),
            ("0e999", 0),
            ("12345678901234567890.1234", Decimal("12345678901234567890.1234")),
            ("9" * 28, int("9" * 28)),
        ],
    )
    def test_is_kept_exactly(self, value_of, given, kept):
        value = value_of("number", given)

        assert (value, type(value)) == (kept, type(kept))

    @pytest.mark.parametrize(
        "bad",
        [
            *("NaN", "Infinity", "-inf", "1,000", "$5", "0x10", "1_000", "1e", "twelve", "--1"),
            *("\u0661\u0662", "\u00b2", "1 000", "1e1000", float("nan"), float("inf")),
            *(Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity")),
        ],
    )
    def test_refuses_what_is_no_finite_number(self, code_of, bad):
        assert code_of("number", bad) == "not_a_number"

    @pytest.mark.parametrize(
        "big", ["1e999", "1e-999", "9" * 29, 10**28, "0." + "1" * 29, Decimal("1e999999"), 1e300]
    )
    def test_refuses_more_digits_than_it_keeps(self, code_of, big):
        assert code_of("number", big) == "out_of_range"

    @pytest.mark.parametrize("other", [True, [1], {"n": 1}])
    def test_refuses_another_type(self, code_of, other):
        assert code_of("number", other) == "bad_type"

    @given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-1e9))
    def test_means_the_same_as_a_string(self, value_of, number):
        text = f"{number:f}"[:28].rstrip(".")

        assert value_of("number", text) == Decimal(text)


class TestMoney:
    @pytest.mark.parametrize(
        ("given", "currency", "kept"),
        [
            ("12.5", "USD", "12.50"),
            (12.5, "USD", "12.50"),
            (20000, "USD", "20000.00"),
            ("0", "USD", "0.00"),
            ("-0.00", "USD", "0.00"),
            ("-7.1", "USD", "-7.10"),
            ("12.500", "USD", "12.50"),
            ("1e3", "JPY", "1000"),
            ("1.234", "KWD", "1.234"),
            ("0.001", "KWD", "0.001"),
        ],
    )
    def test_has_the_decimals_of_the_currency(self, value_of, given, currency, kept):
        assert value_of("money", given, currency=currency) == kept

    @pytest.mark.parametrize(("fine", "currency"), [("12.505", "USD"), (0.5, "JPY")])
    def test_refuses_what_is_finer(self, code_of, fine, currency):
        assert code_of("money", fine, currency=currency) == "too_fine"

    @pytest.mark.parametrize(
        ("bad", "code"),
        [("1" * 14, "out_of_range"), ("$5", "not_a_number"), (False, "bad_type")],
    )
    def test_refuses_what_is_no_amount(self, code_of, bad, code):
        assert code_of("money", bad) == code


class TestBoolean:
    @pytest.mark.parametrize("yes", [True, 1, "1", "true", "Yes", " ON "])
    def test_takes_every_yes(self, value_of, yes):
        assert value_of("boolean", yes) is True

    @pytest.mark.parametrize("no", [False, 0, "0", "FALSE", "no", "off"])
    def test_takes_every_no(self, value_of, no):
        assert value_of("boolean", no) is False

    @pytest.mark.parametrize("bad", [2, 0.5, Decimal("sNaN"), "maybe", "t", [True], {"a": 1}])
    def test_refuses_anything_else(self, code_of, bad):
        assert code_of("boolean", bad) == "not_a_boolean"

    def test_may_be_absent(self, value_of):
        assert value_of("boolean", " ") is None
