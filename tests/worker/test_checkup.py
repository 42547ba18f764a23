"""Partners that failed are probed, and people are told, by the real sender."""

import asyncio
import json
import time
from datetime import timedelta
from typing import Any

import pytest
from running import Broker, in_thread, running, until

from headgate import clock
from headgate.channels.mock_partner import MockPartner
from headgate.domain.health import Health
from headgate.services import breakers, configuration, setups
from headgate.services.intake import receive_leads
from headgate.services.rates import Rates
from headgate.services.routing import Leases
from headgate.storage import health, models
from headgate.storage.alerts import list_open as open_alerts
from headgate.storage.health import Key
from headgate.worker import checkup, dispatcher

pytestmark = pytest.mark.usefixtures("database", "installation")


def break_the_buyer(broker: Broker, *, probed_in: timedelta = timedelta()) -> Key:
    """Open the breaker of the only buyer; its pause is over by then."""
    setup = setups.in_force(broker.account_id)
    (seat,) = (each for each in setup.seats.values() if each.assignment.slug == "buyer")
    key = Key(seat.partner_id, seat.ways[0].digest)
    now = clock.now()
    opened = Health((), now, now - timedelta(seconds=30), now + probed_in, 30)
    health.put(broker.account_id, key, opened)
    return key


class TestWhatIsDueToAFailingPartner:
    def test_is_put_off_at_once_however_much_it_is(self) -> None:
        def plant(broker: Broker) -> None:
            received = receive_leads(
                submissions=[broker.lead(str(number)) for number in range(130)],
                rates=Rates(),
                leases=Leases(0),
                now=clock.now(),
            )
            assert len(received.answers) == 130
            break_the_buyer(broker, probed_in=timedelta(hours=1))

        async def scene() -> tuple[float, int]:
            async with MockPartner() as partner:
                broker = await in_thread(lambda: Broker(partner.url("/accept"), retry="standard"))
                await in_thread(plant, broker)
                held = models.Delivery.objects.filter(state="pending", error=breakers.HELD)
                started = time.monotonic()
                async with running():
                    await until(lambda: held.count() == 130)
                    return time.monotonic() - started, len(partner.received)

        seconds, received = asyncio.run(scene())

        assert received == 0
        assert seconds < 2 * dispatcher.LOOK_EVERY_SECONDS


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


class TestAnAlert:
    def test_reaches_the_webhook_and_is_told_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(checkup, "REVIEW_EVERY_SECONDS", 0.05)

        async def scene() -> list[Any]:
            async with MockPartner() as partner:
                broker = await in_thread(lambda: Broker(partner.url("/status/503")))
                await in_thread(watched_by, partner.url("/accept"))
                await in_thread(break_the_buyer, broker)

                def is_told() -> bool:
                    return any(each.told_at for each in open_alerts(broker.account_id))

                async with running():
                    await until(is_told)
                    await asyncio.sleep(0.2)
                posts = [each for each in partner.received if each.path == "/accept"]
                return [json.loads(each.body) for each in posts]

        (told,) = asyncio.run(scene())

        assert told["account"] == "acme"
        assert [each["kind"] for each in told["alerts"]] == ["channel_open"]


def watched_by(url: str) -> None:
    """Have alerts posted there; everything else of the set-up stays."""
    account = "{slug: acme, name: Acme, timezone: UTC, currency: USD}"
    source = f'version: 1\naccount: {account}\nalerts: {{webhook: "{url}"}}\n'
    configuration.apply_configuration(
        source=source.encode(), account_slug=None, trusted=True, made_by="test", now=clock.now()
    )
