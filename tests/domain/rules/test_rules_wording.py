"""Rules as sentences for lists and plans."""

import pytest
from hypothesis import given
from rule_cases import SOLAR, condition, raw_rules, read

from headgate.domain.rules.wording import sentence

ZIP = condition("zip", "starts_with", ["90", "91"])
HOME = condition("home", "in", ["house"])
BUDGET = condition("budget", "between", [20000, 50000])


class TestSentence:
    @pytest.mark.parametrize(
        ("raw", "words"),
        [
            (None, "Every lead"),
            (
                {"any": [{"all": [ZIP, HOME]}, {"all": [BUDGET]}]},
                "ZIP code starts with 90 or 91 and Home is A house; "
                "or Budget is between 20000 and 50000",
            ),
            ({"any": [HOME, BUDGET]}, "Home is A house or Budget is between 20000 and 50000"),
            (
                {"all": [{"any": [HOME, ZIP]}, BUDGET]},
                "(Home is A house or ZIP code starts with 90 or 91) "
                "and Budget is between 20000 and 50000",
            ),
            (
                {"none": [HOME, {"all": [ZIP]}]},
                "not (Home is A house or ZIP code starts with 90 or 91)",
            ),
            ({"all": [{"none": [HOME]}]}, "not (Home is A house)"),
            (condition("roof", "in", ["tile", "flat"]), "Roof contains Tiles or Flat"),
            (condition("born", "gt", "2000-01-01"), "Born is after 2000-01-01"),
            (condition("address.city", "is_empty"), "Address city is empty"),
            (
                condition("zip", "in", [str(number) for number in range(90001, 90501)]),
                "ZIP code is 90001, 90002, 90003, 90004, 90005 or 495 more",
            ),
        ],
    )
    def test_says_who_is_taken(self, raw, words):
        assert sentence(read(raw), SOLAR) == words

    @given(raw_rules())
    def test_has_words_for_every_rule(self, raw):
        assert sentence(read(raw), SOLAR)
