"""An engine that runs over a real database and sends, from a real sender, to a mock partner."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network
from typing import Any, TypeVar

from headgate import clock
from headgate.channels.addresses import Reach
from headgate.channels.mock_partner import MockPartner
from headgate.domain.ids import AccountId, LeadId
from headgate.services import configuration
from headgate.services.identity import fresh_id
from headgate.services.people import api_keys
from headgate.services.submissions import Submission
from headgate.storage import accounts, deliveries
from headgate.storage.keys import KeyScope
from headgate.worker.engine import Engine

_Result = TypeVar("_Result")
REACH = Reach((ip_network("127.0.0.0/8"),))
SET_UP = """
version: 1
account: {{slug: {slug}, name: Acme, timezone: UTC, currency: USD}}
entities:
  - {{slug: solar, name: Solar, fields: [{{key: name, type: text}}], statuses: [New]}}
partners:
  - slug: buyer
    name: Buyer
    delivery: {{channel: webhook, url: "{url}", retry: {retry}}}
  - {{slug: next, name: Next, delivery: {{channel: inbox}}}}
profiles:
  - slug: main
    entity: solar
    name: Main
    enabled: true
    strategy: first_match
    price: "10.00"
    assignments:
      - {{partner: buyer, priority: 2}}
      - {{partner: next, priority: 1}}
"""


class Broker:
    """One account and its admin key."""

    def __init__(
        self, url: str = "https://buyer.example/", *, slug: str = "acme", retry: str = "none"
    ):
        source = SET_UP.format(slug=slug, url=url, retry=retry).encode()
        applied = configuration.apply_configuration(
            source=source, account_slug=None, trusted=True, made_by="test", now=clock.now()
        )
        self.account: accounts.Account = applied.account
        self.key = api_keys.create_key(
            account_id=self.account_id,
            scope=KeyScope.ADMIN,
            source=None,
            entity=None,
            name="",
            now=clock.now(),
        )

    @property
    def account_id(self) -> AccountId:
        return self.account.id

    def lead(self, name: str = "Ann", **more: Any) -> Submission:
        now = more.pop("received_at", None) or clock.now()
        return Submission(
            id=LeadId(fresh_id(now)),
            caller=api_keys.digest_of(self.key),
            entity=more.pop("entity", "solar"),
            fields={"name": name},
            received_at=now,
            **more,
        )

    def deliveries_of(self, lead_id: LeadId) -> list[deliveries.Delivery]:
        return deliveries.of_leads([lead_id])[lead_id]

    def states_of(self, lead_id: LeadId) -> list[str]:
        return [str(each.state) for each in self.deliveries_of(lead_id)]


async def in_thread(function: Callable[..., _Result], *arguments: Any) -> _Result:
    """Read the database away from the event loop."""
    return await asyncio.to_thread(function, *arguments)


async def until(holds: Callable[[], bool], *, within_seconds: float = 15.0) -> None:
    """Wait for the rows to say so."""
    async with asyncio.timeout(within_seconds):
        while not await in_thread(holds):
            await asyncio.sleep(0.02)


@asynccontextmanager
async def running() -> AsyncIterator[Engine]:
    engine = Engine(REACH)
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop(within_seconds=10)


@asynccontextmanager
async def selling(
    path: str, *, retry: str = "none"
) -> AsyncIterator[tuple[Engine, MockPartner, Broker]]:
    """Run an engine whose only buyer behaves as the path says."""
    async with MockPartner() as partner:
        broker = await in_thread(lambda: Broker(partner.url(path), retry=retry))
        async with running() as engine:
            yield engine, partner, broker
