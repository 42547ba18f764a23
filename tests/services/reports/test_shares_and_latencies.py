"""What the stored verdicts and deliveries say of each partner's share and speed."""

from datetime import datetime, timedelta

import pytest
from small_world import DELIVERED, SmallWorld, with_every_fate

from headgate.services.reports import latencies, shares
from headgate.services.reports.shares import Shares

pytestmark = pytest.mark.usefixtures("database", "installation")


def found(world: SmallWorld, **narrowed: tuple[str, ...]) -> Shares:
    return shares.find_shares(
        account_id=world.account_id,
        entities=narrowed.get("entities"),
        since=world.now - timedelta(hours=1),
        until=world.now + timedelta(hours=1),
    )


class TestFindShares:
    def test_adds_up_every_selection_with_the_reason_of_the_rest(self, now: datetime) -> None:
        world = with_every_fate(now)

        (profile,) = found(world).profiles

        said = {each.assignment: each for each in profile.assignments}
        first, second = said["first"], said["second"]
        assert (profile.offered, first.offered, first.selected) == (8, 8, 6)
        assert (first.share, second.share) == (0.75, 0.25)
        assert (first.expected_share, second.expected_share) == (0.75, 1.0)
        assert first.shortfall is not None
        assert (first.shortfall.result, first.shortfall.share) == ("already_has_lead", 0.25)

    def test_shows_nothing_of_other_entities(self, now: datetime) -> None:
        world = with_every_fate(now)

        assert found(world, entities=("roofing",)) == Shares(0, [])


class TestFindLatencies:
    def test_measures_from_arrival_until_the_partner_had_it(self, now: datetime) -> None:
        world = SmallWorld(now)
        for name, seconds in (("Ann", 2), ("Bob", 4), ("Cid", 60)):
            world.now = now
            world.post(name)
            world.now = now + timedelta(seconds=seconds)
            world.answer(DELIVERED)

        said = latencies.find_latencies(
            account_id=world.account_id, entities=None, since=now, until=None
        )

        (first,) = said.partners
        assert (first.partner, first.deliveries) == ("first", 3)
        assert (first.median_ms, first.most_ms) == (4_000, 60_000)
