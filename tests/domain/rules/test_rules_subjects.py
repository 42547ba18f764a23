"""What the documentation says about operators is what the code allows."""

import re
from pathlib import Path

from headgate.domain.rules.subjects import OPERATORS
from headgate.domain.rules.tree import Operator

DOCUMENT = Path(__file__).parents[3] / "docs" / "rules.md"
ROW = re.compile(r"^\| (\w+) \|[^|]+\|([^|]*)\|$", re.MULTILINE)


class TestOperators:
    def test_are_those_of_the_documented_table(self):
        always = {Operator.IS_EMPTY, Operator.IS_NOT_EMPTY}

        documented = {
            likeness: set(operators.strip(" `").split()) | always
            for likeness, operators in ROW.findall(DOCUMENT.read_text(encoding="utf-8"))
        }

        assert documented == OPERATORS
