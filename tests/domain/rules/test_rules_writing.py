"""Rules written back as a file has them."""

import pytest
from hypothesis import given
from rule_cases import SOLAR, condition, raw_rules, read

from headgate.domain.rules.writing import write_rule


class TestWriteRule:
    @given(raw_rules())
    def test_is_read_as_the_same_rule(self, raw):
        rule = read(raw)

        assert read(write_rule(rule, SOLAR)) == rule

    @pytest.mark.parametrize(
        "raw",
        [
            {},
            condition("owner", "is_true"),
            condition("owner", "equals", False),
            condition("budget", "between", [1, 2.5]),
            condition("budget", "equals", "0.1000000000000000000001"),
            {"any": [{"none": [condition("bill", "gt", "12.50")]}]},
            condition("zip", "starts_with", ["90", "91"]),
        ],
    )
    def test_returns_what_was_written(self, raw):
        assert write_rule(read(raw), SOLAR) == raw
