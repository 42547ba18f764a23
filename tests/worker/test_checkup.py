"""A partner that failed is probed by the real sender, and gets leads again once it answers."""

import asyncio
from datetime import timedelta

import pytest
from running import Broker, in_thread, running, until

from headgate import clock
from headgate.channels.mock_partner import MockPartner
from headgate.domain.health import Health
from headgate.services import breakers, setups
from headgate.storage import health
from headgate.storage.health import Key
from headgate.worker import checkup

pytestmark = pytest.mark.usefixtures("database", "installation")


def break_the_buyer(broker: Broker) -> Key:
    """Open the breaker of the only buyer, with its pause just over."""
    setup = setups.in_force(broker.account_id)
    (seat,) = (each for each in setup.seats.values() if each.assignment.slug == "buyer")
    key = Key(seat.partner_id, seat.settings_digest)
    now = clock.now()
    opened = Health((), now, now - timedelta(seconds=30), now, 30)
    health.put(broker.account_id, key, opened)
    return key


class TestTheCheckup:
    @pytest.mark.parametrize(
        ("path", "is_down"), [("/accept", False), ("/status/404", False), ("/status/503", True)]
    )
    def test_probes_without_a_lead(
        self, path: str, is_down: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(checkup, "PROBE_EVERY_SECONDS", 0.05)

        async def scene() -> tuple[bytes, str, bool]:
            async with MockPartner() as partner:
                broker = await in_thread(lambda: Broker(partner.url(path)))
                key = await in_thread(break_the_buyer, broker)

                def is_recorded() -> bool:
                    known = health.list_all(broker.account_id)[key]
                    return known.pause_seconds == 60 or not known.is_open

                async with running():
                    await until(lambda: bool(partner.received) and is_recorded())
                    down = await in_thread(breakers.find_down, broker.account_id)
                (probe,) = partner.received
                return probe.body, probe.headers["headgate-probe"], bool(down)

        assert asyncio.run(scene()) == (b"{}", "1", is_down)
