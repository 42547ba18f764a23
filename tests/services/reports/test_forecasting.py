"""The forecast of an account's day, from its own past."""

from datetime import datetime, timedelta

import pytest
from small_world import CONFIGURATION, DELIVERED, SmallWorld

from headgate.services.reports import forecasting

pytestmark = pytest.mark.usefixtures("database", "installation")


def world_with_a_past(now: datetime) -> SmallWorld:
    """Return a world in which six leads came yesterday an hour from now, and none today."""
    world = SmallWorld(
        now - timedelta(days=1, hours=-1),
        CONFIGURATION.replace(
            b"caps: [{per: day, leads: 100}, ", b"caps: [{per: day, leads: 4}, "
        ).replace(b"      - {partner: second, priority: 1}\n", b""),
    )
    for number in range(6):
        world.post(f"Ann {number}")
        world.answer(DELIVERED)
    world.now = now
    return world


class TestForecastToday:
    def test_says_which_cap_fills_and_who_loses_leads_to_it(self, now: datetime) -> None:
        world = world_with_a_past(now)

        found = forecasting.forecast_today(account_id=world.account_id, now=now)

        (cap,) = found.caps
        assert (found.days, found.leads, found.untaken) == (1, 6, 2)
        assert (cap.scope, cap.of, cap.name, cap.limit) == ("partner", "first", "First", 4)
        assert cap.full_at == "2026-11-23T11:35:00.000Z"
        (site,) = cap.sources
        assert (site.entity, site.source, site.leads, site.lost, site.share) == (
            *("solar", "site"),
            *(2, 2, 1.0),
        )

    def test_says_nothing_of_an_account_without_a_past(self, now: datetime) -> None:
        world = SmallWorld(now)
        world.post("Ann")

        found = forecasting.forecast_today(account_id=world.account_id, now=now)

        assert (found.days, found.leads, found.caps) == (0, 0, [])
