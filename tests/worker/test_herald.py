"""Events reach a webhook by the real sender, signed so that an independent package agrees."""

import asyncio
from typing import Any

import pytest
from running import Broker, in_thread, running, until
from standardwebhooks import Webhook

from headgate import clock
from headgate.channels.mock_partner import MockPartner, Received
from headgate.services import configuration
from headgate.services.events import sending, standing
from headgate.storage import events, models
from headgate.worker import herald

pytestmark = pytest.mark.usefixtures("database", "installation")

NEW = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAA"
OLD = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDbbbb"


def listen(*webhooks: str) -> None:
    source = "version: 1\nwebhooks:\n" + "\n".join(webhooks)
    configuration.apply_configuration(
        source=source.encode(), account_slug=None, trusted=True, made_by="test", now=clock.now()
    )


def webhook(slug: str, url: str) -> str:
    kinds = "[lead.received, delivery.delivered, lead.delivered]"
    return f'  - {{slug: {slug}, url: "{url}", secret: [{NEW}, {OLD}], events: {kinds}}}'


def ask_for_test(broker: Broker, slug: str) -> None:
    standing.send_test(account_id=broker.account_id, slug=slug, now=clock.now())


def told(partner: MockPartner, path: str = "/accept") -> list[Received]:
    return [each for each in partner.received if each.path == path]


class TestTheHerald:
    def test_tells_what_happens_signed_with_both_secrets(self) -> None:
        async def scene() -> list[Received]:
            async with MockPartner() as partner:
                broker = await in_thread(lambda: Broker(partner.url("/sold/accept")))
                await in_thread(listen, webhook("warehouse", partner.url("/accept")))
                async with running() as engine:
                    await engine.writer.receive(broker.lead())
                    await until(lambda: len(told(partner)) == 3)
                    await until(lambda: not models.Event.objects.exclude(state="sent").exists())
                return told(partner)

        received = asyncio.run(scene())

        for secret in (NEW, OLD):
            said: list[Any] = [Webhook(secret).verify(r.body, r.headers) for r in received]
            assert {each["type"] for each in said} == {
                "lead.received",
                "delivery.delivered",
                "lead.delivered",
            }

    def test_is_not_held_up_by_a_webhook_that_stalls(self) -> None:
        async def scene() -> int:
            async with MockPartner() as partner:
                broker = await in_thread(lambda: Broker(partner.url("/sold/accept")))
                stalling = webhook("stalling", partner.url("/slow/5"))
                well = webhook("warehouse", partner.url("/accept"))
                await in_thread(listen, stalling, well)
                async with running() as engine:
                    for name in ("Ann", "Ben", "Cat"):
                        await engine.writer.receive(broker.lead(name))
                    await until(lambda: len(told(partner)) == 9, within_seconds=8)
                    return len(told(partner, "/slow/5"))

        assert asyncio.run(scene()) > 0

    def test_gives_every_webhook_its_turn(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(herald, "MOST_AT_ONCE", sending.MOST_AT_ONE_WEBHOOK)

        async def scene() -> int:
            async with MockPartner() as partner:
                broker = await in_thread(lambda: Broker(partner.url("/sold/accept")))
                failing = webhook("failing", partner.url("/status/500"))
                await in_thread(listen, failing, webhook("warehouse", partner.url("/accept")))
                for slug in (*["failing"] * 40, "warehouse"):
                    await in_thread(ask_for_test, broker, slug)
                async with running():
                    await until(lambda: told(partner) != [], within_seconds=8)
                    return len(told(partner, "/status/500"))

        assert asyncio.run(scene()) < 40

    @pytest.mark.parametrize("path", ["/status/302", "/status/404"])
    def test_takes_nothing_but_a_2xx_for_taken(self, path: str) -> None:
        async def scene() -> tuple[str, int | None]:
            async with MockPartner() as partner:
                broker = await in_thread(lambda: Broker(partner.url("/sold/accept")))
                await in_thread(listen, webhook("warehouse", partner.url(path)))
                await in_thread(ask_for_test, broker, "warehouse")
                async with running():
                    await until(lambda: models.Event.objects.filter(attempts=1).exists())

                def seen() -> tuple[str, int | None]:
                    (event,) = events.list_page(broker.account_id, "warehouse", limit=9)
                    return event.state, event.status

                return await in_thread(seen)

        assert asyncio.run(scene()) == ("failed", int(path[-3:]))
