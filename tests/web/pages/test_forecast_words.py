"""The dashboard says in words which cap fills today, and what it costs."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from reception import ACME, Reception

from headgate.services import configuration
from headgate.web.pages.forecasts import coming_today

pytestmark = pytest.mark.usefixtures("database", "installation")


def visitor(reception: Reception) -> Any:
    return SimpleNamespace(account_id=reception.account_id, timezone="Europe/Berlin")


class TestComingToday:
    def test_says_when_a_cap_fills_and_who_finds_no_taker(self, now: datetime) -> None:
        reception = Reception(now - timedelta(hours=23))
        for number in range(4):
            reception.post_lead(first_name="Ann", email=f"ann{number}@a.example", zip="10001")
        configuration.apply_configuration(
            source=ACME.replace(b"leads: 25", b"leads: 3"),
            account_slug="acme",
            trusted=True,
            made_by="test",
            now=now,
        )

        coming = coming_today(visitor(reception), now=now)

        assert coming is not None
        ((line,), basis) = coming.lines, coming.basis
        assert line.at == "about 12:35"
        assert line.text == (
            "Helios Homes reaches its cap of 3 leads a day; "
            "then 100% from API has no taker (1 lead)"
        )
        assert basis.startswith("If today goes on like yesterday, 4 more leads come, and 1 of")

    def test_says_nothing_where_no_cap_fills(self, now: datetime) -> None:
        assert coming_today(visitor(Reception(now)), now=now) is None
