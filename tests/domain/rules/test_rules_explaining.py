"""Which conditions are to blame, and that they agree with the compiled rule."""

from decimal import Decimal

import pytest
from hypothesis import given
from rule_cases import SOLAR, ZONE, condition, holds, leads, raw_rules, read

from headgate.domain.rules.explaining import Failure, failures, fields_used
from headgate.domain.rules.tree import Operator

YES = condition("zip", "starts_with", ["90", "91"])
NO = condition("budget", "gt", 50000)
ALSO_NO = condition("home", "equals", "condo")
LEAD = {"zip": "90210", "budget": Decimal("20000.5"), "home": "house"}


def paths(raw):
    return [failure.path for failure in failures(read(raw), SOLAR, LEAD, zone=ZONE)]


class TestFailures:
    @pytest.mark.parametrize(
        ("raw", "blamed"),
        [
            (None, []),
            (YES, []),
            (NO, [""]),
            ({"all": [YES, NO, ALSO_NO]}, ["all[1]", "all[2]"]),
            ({"any": [NO, YES]}, []),
            ({"any": [NO, ALSO_NO]}, ["any[0]", "any[1]"]),
            ({"none": [NO, YES]}, ["none[1]"]),
            ({"none": [{"all": [YES, YES]}]}, ["none[0].all[0]", "none[0].all[1]"]),
            ({"none": [{"any": [NO, YES]}]}, ["none[0].any[1]"]),
            ({"none": [{"none": [NO]}]}, ["none[0].none[0]"]),
            ({"any": [{"all": [YES, NO]}, NO]}, ["any[0].all[1]", "any[1]"]),
            ({"all": [{"any": [YES, NO]}, {"any": [NO]}]}, ["all[1].any[0]"]),
        ],
    )
    def test_name_the_conditions_to_blame_in_order(self, raw, blamed):
        assert paths(raw) == blamed

    @pytest.mark.parametrize(
        ("raw", "failure"),
        [
            (NO, Failure("", "budget", Operator.GT, 50000, Decimal("20000.5"))),
            (
                {"none": [YES]},
                Failure("none[0]", "zip", Operator.STARTS_WITH, ["90", "91"], "90210"),
            ),
            (
                condition("budget", "between", ["1", "2.50"]),
                Failure("", "budget", Operator.BETWEEN, [1, 2.5], Decimal("20000.5")),
            ),
            (
                condition("address.city", "is_not_empty"),
                Failure("", "address.city", Operator.IS_NOT_EMPTY, None, None),
            ),
            (condition("owner", "equals", True), Failure("", "owner", Operator.EQUALS, True, None)),
        ],
    )
    def test_show_what_was_expected_and_met(self, raw, failure):
        assert failures(read(raw), SOLAR, LEAD, zone=ZONE) == (failure,)

    @given(raw_rules(), leads())
    def test_agree_with_the_compiled_rule(self, raw, lead):
        found = failures(read(raw), SOLAR, lead, zone=ZONE)

        assert bool(found) is not holds(raw, lead)

    @given(raw_rules(), leads())
    def test_stand_in_document_order_without_repeats(self, raw, lead):
        found = [failure.path for failure in failures(read(raw), SOLAR, lead, zone=ZONE)]

        assert found == [path for path in _leaf_paths(raw, "") if path in found]


def _leaf_paths(raw, path):
    if "field" in raw:
        return [path]
    ((kind, children),) = raw.items()
    prefix = f"{path}." if path else ""
    return [
        leaf
        for number, child in enumerate(children)
        for leaf in _leaf_paths(child, f"{prefix}{kind}[{number}]")
    ]


class TestFieldsUsed:
    def test_are_those_of_every_condition(self):
        raw = {"any": [YES, {"none": [condition("address.city", "is_empty"), YES]}]}

        assert fields_used(read(raw)) == {"zip", "address.city"}

    def test_are_none_without_a_rule(self):
        assert fields_used(None) == frozenset()
