"""Every operator on every likeness, with and without a value."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_cases import SOLAR, ZONE, condition, holds, leads, raw_conditions, raw_rules

from headgate.domain.rules.comparing import compile_comparables
from headgate.domain.rules.compiling import compile_rule
from headgate.domain.rules.subjects import UnknownSubject
from headgate.domain.rules.tree import Condition, Operator

LEAD = {
    "note": "Große Straße",
    "budget": 20000,
    "bill": "12.50",
    "email": "Ann@Example.com",
    "phone": "+13105550123",
    "born": "1990-06-15",
    "visit": "2026-11-23T08:00:00.000Z",  # midnight of the 23rd in Los Angeles
    "home": "house",
    "roof": ["tile", "flat"],
    "owner": True,
    "zip": "90210",
    "address": {"city": "Los Angeles", "postcode": "90001"},
    "status": "New",
    "source": "website",
    "received_at": "2026-11-23T08:00:00.123Z",
}

# field, operator, a value that holds for LEAD, a value that does not
TABLE = [
    ("note", "equals", " GROSSE strasse", "Große"),
    ("note", "not_equals", "Straße", "große straße"),
    ("note", "contains", "STRASSE", "weg"),
    ("note", "contains", ["weg", "ss"], ["weg", "platz"]),
    ("note", "not_contains", "weg", "straße"),
    ("note", "not_contains", ["weg", "platz"], ["weg", "gross"]),
    ("note", "starts_with", "gross", "Straße"),
    ("note", "starts_with", ["x", "GROSS"], ["x", "y"]),
    ("note", "ends_with", "SSE", "gross"),
    ("note", "ends_with", ["x", "straße"], ["x", "y"]),
    ("note", "in", ["x", "große strasse"], ["x"]),
    ("note", "not_in", ["x", "y"], ["x", "GROSSE STRASSE"]),
    ("note", "matches", "^große .*e$", "^Straße"),
    ("note", "matches", "(?-i)^G", "(?-i)^g"),
    ("note", "gt", "a", "z"),
    ("note", "gte", "große straße", "z"),
    ("note", "lt", "z", "Große Straße"),
    ("note", "lte", "Große Straße", "a"),
    ("budget", "equals", "20000.0", 20001),
    ("budget", "not_equals", 1, 20000),
    ("budget", "in", [1, 20000.0], [1, 2]),
    ("budget", "not_in", [1, 2], [1, 20000]),
    ("budget", "between", [20000, 50000], [20000.5, 50000]),
    ("budget", "between", [1, 20000], [1, 2]),
    ("budget", "gt", 19999.99, 20000),
    ("budget", "gte", 20000, 20001),
    ("budget", "lt", 20001, 20000),
    ("budget", "lte", 20000, 19999),
    ("bill", "equals", "12.5", "12.51"),
    ("bill", "in", ["12.500", "1"], ["1"]),
    ("bill", "between", ["2", "100"], ["100", "200"]),
    ("bill", "gt", "9.99", "12.50"),
    ("email", "equals", "ann@example.COM", "bob@example.com"),
    ("email", "ends_with", "@example.com", "@example.org"),
    ("phone", "equals", "(310) 555-0123", "(212) 555-0188"),
    ("phone", "starts_with", "+1310", "+1212"),
    ("born", "equals", "1990-06-15", "1990-06-16"),
    ("born", "before", "1990-06-16", "1990-06-15"),
    ("born", "after", "1990-06-14", "1990-06-15"),
    ("born", "between", ["1990-06-15", "1990-06-15"], ["1990-06-16", "1991-01-01"]),
    ("born", "gte", "1990-06-15", "1990-06-16"),
    ("born", "in", ["1990-06-15"], ["1991-06-15"]),
    ("visit", "equals", "2026-11-23", "2026-11-24"),
    ("visit", "equals", "2026-11-23T00:00", "2026-11-23T00:00Z"),
    ("visit", "equals", "2026-11-23T09:00:00+01:00", "2026-11-23T09:00:00Z"),
    ("visit", "before", "2026-11-23T08:00:00.001Z", "2026-11-23"),
    ("visit", "after", "2026-11-22T23:59:59", "2026-11-23"),
    ("home", "equals", "house", "condo"),
    ("home", "equals", "a HOUSE", "a condo"),
    ("home", "in", ["condo", "House"], ["condo"]),
    ("home", "not_in", ["condo"], ["house"]),
    ("home", "contains", "ous", "ond"),
    ("roof", "contains", "tile", None),
    ("roof", "contains", ["tile", "flat"], None),
    ("roof", "in", ["flat"], None),
    ("roof", "not_equals", "tile", None),
    ("owner", "equals", True, False),
    ("owner", "not_equals", False, True),
    ("zip", "starts_with", ["90", "91"], ["91"]),
    ("zip", "between", ["90000", "91000"], ["91000", "92000"]),
    ("address.city", "equals", "los angeles", "San Diego"),
    ("address.postcode", "starts_with", "900", "902"),
    ("status", "equals", "new", "Won"),
    ("status", "in", ["Won", "New"], ["Won"]),
    ("source", "equals", "website", "api"),
    ("received_at", "after", "2026-11-23", "2026-11-24"),
    ("received_at", "before", "2026-11-24", "2026-11-23T08:00:00.123Z"),
    ("received_at", "equals", "2026-11-23T08:00:00.123Z", "2026-11-23"),
]
NEGATIVE = {"not_equals", "not_contains", "not_in"}


class TestCondition:
    @pytest.mark.parametrize(("field", "op", "right", "wrong"), TABLE)
    def test_holds_for_what_fits(self, field, op, right, wrong):
        assert holds(condition(field, op, right), LEAD)

    @pytest.mark.parametrize(
        ("field", "op", "right", "wrong"), [row for row in TABLE if row[3] is not None]
    )
    def test_fails_for_what_does_not(self, field, op, right, wrong):
        assert not holds(condition(field, op, wrong), LEAD)

    @pytest.mark.parametrize(("field", "op", "right", "wrong"), TABLE)
    def test_without_a_value_holds_only_when_negative(self, field, op, right, wrong):
        assert holds(condition(field, op, right), {}) is (op in NEGATIVE)

    @pytest.mark.parametrize("field", [*LEAD, "address.city"])
    def test_tells_empty_from_filled(self, field):
        empty, filled = condition(field, "is_empty"), condition(field, "is_not_empty")

        told = [holds(raw, values) for raw, values in product((empty, filled), (LEAD, {}))]

        assert told == [False, True, True, False]

    @pytest.mark.parametrize(
        ("op", "owner", "expected"),
        [
            ("is_true", True, True),
            ("is_true", False, False),
            ("is_true", None, False),
            ("is_false", True, False),
            ("is_false", False, True),
            ("is_false", None, False),
        ],
    )
    def test_tells_true_from_false_and_absent(self, op, owner, expected):
        values = {} if owner is None else {"owner": owner}

        assert holds(condition("owner", op), values) is expected

    @pytest.mark.parametrize(
        ("op", "value", "chosen", "expected"),
        [
            ("equals", "tile", ["tile"], True),
            ("equals", "tile", ["tile", "flat"], False),
            ("not_equals", "tile", ["tile"], False),
            ("contains", "tile", ["flat"], False),
            ("in", ["tile"], ["flat"], False),
            ("not_in", ["tile"], ["flat"], True),
            ("not_in", ["tile"], ["flat", "tile"], False),
            ("not_contains", ["tile"], ["flat", "tile"], False),
            ("not_contains", "tile", ["flat"], True),
        ],
    )
    def test_compares_several_choices_as_a_set(self, op, value, chosen, expected):
        assert holds(condition("roof", op, value), {"roof": chosen}) is expected

    @pytest.mark.parametrize("op", ["lt", "lte", "gt", "gte"])
    def test_orders_no_absent_part_of_an_address(self, op):
        raw = condition("address.postcode", op, "5")

        assert not holds(raw, {"address": {"city": "Rome"}})

    def test_reads_a_recorded_decimal(self):
        assert holds(condition("budget", "equals", 0.5), {"budget": "0.50"})

    @pytest.mark.parametrize("number", [Decimal("1E+30"), Decimal("1E-30"), 10**27, -1])
    def test_compares_numbers_of_any_size(self, number):
        assert holds(condition("budget", "equals", number), {"budget": number})

    def test_refuses_a_field_that_the_entity_lost(self):
        with pytest.raises(UnknownSubject, match="solar has no field 'gone'"):
            compile_rule(Condition("gone", Operator.IS_EMPTY), SOLAR, zone=ZONE)


class TestGroup:
    A = condition("zip", "equals", "90210")
    B = condition("budget", "gt", 1)
    WRONG = condition("budget", "lt", 1)

    @pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 9, 10, 50])
    @pytest.mark.parametrize("place", [0, -1])
    def test_notices_one_that_differs_at_any_size(self, size, place):
        mostly_right, mostly_wrong = [self.A] * size, [self.WRONG] * size
        mostly_right[place], mostly_wrong[place] = self.WRONG, self.A

        assert holds({"all": [self.A] * size}, LEAD)
        assert not holds({"all": mostly_right}, LEAD)
        assert holds({"any": mostly_wrong}, LEAD)
        assert not holds({"any": [self.WRONG] * size}, LEAD)
        assert holds({"none": [self.WRONG] * size}, LEAD)
        assert not holds({"none": mostly_wrong}, LEAD)

    def test_of_none_holds_for_absent_values(self):
        assert holds({"none": [self.A, self.B]}, {})

    @pytest.mark.parametrize("raw", [None, {}, {"all": []}])
    def test_that_is_empty_holds_for_every_lead(self, raw):
        assert holds(raw, {})

    def test_of_twenty_thousand_conditions_is_no_deep_recursion(self):
        assert holds({"all": [self.A] * 20_000}, LEAD)


class TestLaws:
    @given(st.lists(raw_rules(2), min_size=1, max_size=5), leads())
    def test_none_is_not_any(self, children, lead):
        assert holds({"none": children}, lead) is not holds({"any": children}, lead)

    @given(st.lists(raw_rules(2), min_size=1, max_size=5), leads())
    def test_all_is_none_of_the_opposites(self, children, lead):
        opposites = [{"none": [child]} for child in children]

        assert holds({"all": children}, lead) is holds({"none": opposites}, lead)

    @given(raw_conditions(), leads())
    def test_negative_operators_are_opposites(self, raw, lead):
        opposite = {
            "equals": "not_equals",
            "contains": "not_contains",
            "in": "not_in",
            "is_empty": "is_not_empty",
        }.get(raw["op"])

        if opposite:
            assert holds(raw, lead) is not holds(raw | {"op": opposite}, lead)


class TestComparables:
    def test_have_the_wanted_keys_only(self):
        convert = compile_comparables(SOLAR, zone=ZONE, keys={"budget", "born", "gone"})

        assert convert(LEAD) == {"budget": 20000, "born": "1990-06-15"}
