"""Pasted lists of values, in whatever way they were separated."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.domain.rules.pasting import pasted_values, written_values

TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1).map(str.strip)


class TestPastedValues:
    @pytest.mark.parametrize(
        ("text", "values"),
        [
            ("90210\n90211\r\n90212\r", ["90210", "90211", "90212"]),
            ("90210, 90211;90212\t90213", ["90210", "90211", "90212", "90213"]),
            ("90210 90211  90212", ["90210", "90211", "90212"]),
            ("90210-1234 90211", ["90210-1234", "90211"]),
            ("90 91 92", ["90", "91", "92"]),
            ("New York, Los Angeles", ["New York", "Los Angeles"]),
            ("SW1A 1AA", ["SW1A 1AA"]),
            ("110 00", ["110 00"]),
            ('"90210","90211"', ["90210", "90211"]),
            ('"Acme, Inc"\nOther', ["Acme, Inc", "Other"]),
            ('"say ""hi"""', ['say "hi"']),
            ('"never closed', ['"never closed']),
            ("90210,,\n\n90210, ", ["90210"]),
            (" \n ", []),
        ],
    )
    def test_stand_apart(self, text: str, values: list[str]) -> None:
        assert pasted_values(text) == values

    def test_may_be_hundreds(self) -> None:
        many = [str(90000 + n) for n in range(500)]

        assert [pasted_values(sign.join(many)) for sign in ("\n", ", ", " ")] == [many] * 3


class TestWrittenValues:
    @given(st.lists(TEXTS.filter(bool), unique=True))
    def test_read_back_the_same(self, values: list[str]) -> None:
        assert pasted_values(written_values(values)) == values
