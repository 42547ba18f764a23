"""The distribution page: profiles in their order, and what can be done to each."""

import re
from datetime import datetime

import pytest
from reception import ACME, RON, Reception, text_of

from headgate.services import configuration, setups


def apply(source: bytes, now: datetime) -> None:
    configuration.apply_configuration(
        source=source, account_slug="acme", trusted=True, made_by="test", now=now
    )


class TestTheList:
    def test_says_what_each_profile_does(self, reception: Reception) -> None:
        text = text_of(reception.at_the_desk(), "/distribution")

        assert "Residential" in text
        assert "Every lead" in text
        assert "First match (waterfall)" in text
        assert text.index("Helios Homes") < text.index("SunPeak Energy")
