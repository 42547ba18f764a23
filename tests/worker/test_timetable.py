"""What happens because time passed, and what one part of it means to the others."""

import asyncio
from typing import Any

import pytest
from django.db import connection
from running import Broker, running, until

from headgate import clock
from headgate.services import setups, sweeping
from headgate.services.sweeping import Act
from headgate.storage import accounts

pytestmark = pytest.mark.usefixtures("database", "installation")


def break_key(account: accounts.Account) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE storage_account SET wrapped_key = %s WHERE id = %s", [b"x", account.id]
        )
    setups.forget_all()


def distribute_later(broker: Broker, lead_id: Any) -> None:
    sweeping.begin_sweep(
        account_id=broker.account_id,
        act=Act.DISTRIBUTE,
        to=None,
        lead_ids=[lead_id],
        by="ann@acme.example",
        now=clock.now(),
    )


class TestASweepThatFails:
    def test_keeps_no_other_waiting(self) -> None:
        broken, acme = Broker(slug="broken"), Broker(slug="acme")

        async def scene() -> None:
            async with running() as engine:
                held = [
                    (await engine.writer.receive(each.lead(distribute=False))).lead.id
                    for each in (broken, acme)
                ]
                await engine.writer.call(lambda: distribute_later(broken, held[0]))
                await engine.writer.call(lambda: break_key(broken.account))
                await engine.writer.call(lambda: distribute_later(acme, held[1]))
                await until(lambda: acme.deliveries_of(held[1]) != [])

        asyncio.run(scene())
