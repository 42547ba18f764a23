"""Rules are found by what they demand, and none that a lead satisfies is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_cases import SOLAR, ZONE, condition, leads, raw_rules, read

from headgate.domain.rules.comparing import compile_comparables
from headgate.domain.rules.compiling import compile_rule
from headgate.domain.rules.explaining import fields_used
from headgate.domain.rules.narrowing import narrow


def candidates(raw_by_position, values):
    rules = {at: read(raw) for at, raw in raw_by_position.items()}
    keys = frozenset().union(*map(fields_used, rules.values()))
    seen = compile_comparables(SOLAR, zone=ZONE, keys=keys)(values)
    found = set(narrow(rules, SOLAR, zone=ZONE).candidates(seen))
    satisfied = {at for at in rules if compile_rule(rules[at], SOLAR, zone=ZONE)(seen)}
    return found, satisfied


class TestNarrowing:
    @given(st.lists(raw_rules(), min_size=1, max_size=6), leads())
    def test_leaves_out_no_rule_that_the_lead_satisfies(self, raws, values):
        found, satisfied = candidates(dict(enumerate(raws)), values)

        assert satisfied <= found

    @pytest.mark.parametrize(
        ("field", "op", "fits", "other", "value"),
        [
            ("home", "equals", "house", "condo", "house"),
            ("zip", "in", ["90210", "90211"], ["10001"], "90210"),
            ("zip", "starts_with", ["9", "100"], "902", "90001"),
            ("note", "equals", "GROSSE strasse", "weg", "Große Straße"),
            ("budget", "equals", 20000, 1, 20000),
            ("owner", "is_true", None, None, True),
            ("roof", "contains", "tile", "flat", ["tile"]),
            ("roof", "in", ["tile"], ["flat"], ["tile"]),
        ],
    )
    def test_finds_a_rule_by_the_value_that_it_demands(self, field, op, fits, other, value):
        unlike = condition(field, op, other) if other else condition(field, "is_false")

        found, _ = candidates({3: condition(field, op, fits), 5: unlike}, {field: value})

        assert found == {3}

    def test_finds_a_group_of_all_by_its_rarest_demand(self):
        codes = [f"9021{number}" for number in range(5)]
        both = {
            at: {"all": [condition("home", "equals", "house"), condition("zip", "equals", code)]}
            for at, code in enumerate(codes)
        }

        found, _ = candidates(both, {"home": "house", "zip": "90213"})

        assert found == {3}

    def test_finds_a_group_of_any_by_the_demands_that_its_conditions_share(self):
        either = {"any": [condition("zip", "equals", "1"), condition("zip", "in", ["2", "3"])]}

        found, _ = candidates({0: either}, {"zip": "3"})
        missed, _ = candidates({0: either}, {"zip": "4"})

        assert (found, missed) == ({0}, set())

    @pytest.mark.parametrize(
        "raw",
        [
            condition("budget", "gt", 5),
            {"none": [condition("zip", "equals", "1")]},
            {"any": [condition("zip", "equals", "1"), condition("budget", "gt", 5)]},
        ],
    )
    def test_always_looks_at_a_rule_that_demands_no_value(self, raw):
        found, _ = candidates({0: raw}, {})

        assert found == {0}
