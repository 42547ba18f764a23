"""How a partner stands is told from the rows: what it got, its caps, and its channels."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.domain.health import Health
from headgate.services import partners, setups
from headgate.services.partners import Reach, Standing
from headgate.storage import halts, health
from headgate.storage.health import Key

if TYPE_CHECKING:
    from small_world import SmallWorld

DELIVERED = Sent(outcome=Outcome.DELIVERED, ms=5, written=True, status=200)


@pytest.fixture
def world(database: object, installation: None, now: datetime) -> "SmallWorld":
    from small_world import SmallWorld

    return SmallWorld(now)


def standing(world: "SmallWorld") -> Standing:
    setup = setups.in_force(world.account_id)
    (first, _) = setup.configuration.partners
    (found,) = partners.find_standings(account_id=world.account_id, partners=[first], now=world.now)
    return found


def key(world: "SmallWorld") -> Key:
    ids = setups.in_force(world.account_id).plan.identities.partners
    return Key(ids["first"], standing(world).channels[0].digest)


class TestAPartner:
    def test_counts_what_it_got_and_what_its_caps_hold(self, world: "SmallWorld") -> None:
        world.post("Ann")
        world.answer(DELIVERED)
        world.post("Bea")

        found = standing(world)

        assert (found.delivered_today, found.delivered_this_month) == (1, 1)
        assert [(cap.used, cap.cap.limit) for cap in found.caps] == [(2, 100), (2_000, 90_000)]

    def test_names_who_uses_its_channel(self, world: "SmallWorld") -> None:
        (channel,) = standing(world).channels

        assert (channel.channel, channel.seats) == ("webhook", (("exclusive", "first"),))
        assert channel.reach is Reach.HEALTHY

    def test_says_since_when_it_fails(self, world: "SmallWorld") -> None:
        since = world.now - timedelta(minutes=9)
        health.put(world.account_id, key(world), Health(failing_since=since))

        (channel,) = standing(world).channels

        assert (channel.reach, channel.since) == (Reach.FAILING, since)

    def test_says_when_it_is_looked_at_again(self, world: "SmallWorld") -> None:
        soon = world.now + timedelta(seconds=30)
        opened = Health(failing_since=world.now, opened_at=world.now, probe_at=soon)
        health.put(world.account_id, key(world), opened)

        found = standing(world)

        assert (found.reach, found.channels[0].probe_at) == (Reach.PAUSED, soon)

    def test_says_why_it_is_stopped(self, world: "SmallWorld") -> None:
        whose, digest = key(world)
        halts.add(world.account_id, whose, digest, reason="It answered 410.", now=world.now)

        found = standing(world)

        assert (found.reach, found.channels[0].reason) == (Reach.STOPPED, "It answered 410.")
