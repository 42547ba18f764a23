"""What the dispatcher does with a real sender, and what becomes of it when that is killed."""

import asyncio
import os
import signal
import time
from functools import partial
from typing import Any

import pytest
from running import in_thread, selling, until

from headgate import clock
from headgate.services import handling, trial_delivery
from headgate.storage import deliveries, models
from headgate.worker import dispatcher as dispatching

pytestmark = pytest.mark.usefixtures("database", "installation")


def kill_the_sender(engine: Any) -> int:
    pid = int(engine.dispatcher._sender._process.pid)
    os.kill(pid, signal.SIGKILL)
    return pid


class TestDispatcher:
    def test_delivers_what_the_writer_stored(self) -> None:
        async def scene() -> list[str]:
            async with selling("/accept") as (engine, partner, broker):
                receipt = await engine.writer.receive(broker.lead())
                lead_id = receipt.lead.id
                await until(lambda: broker.states_of(lead_id) == ["delivered"])
                return [each.headers["webhook-id"] for each in partner.received]

        assert len(asyncio.run(scene())) == 1

    def test_goes_on_to_the_next_in_line_at_once(self) -> None:
        async def scene() -> float:
            async with selling("/refuse") as (engine, _, broker):
                receipt = await engine.writer.receive(broker.lead())
                started = time.monotonic()
                await until(lambda: broker.states_of(receipt.lead.id) == ["rejected", "delivered"])
                return time.monotonic() - started

        assert asyncio.run(scene()) < dispatching.LOOK_EVERY_SECONDS

    def test_sends_a_delivered_one_again_when_a_person_says_so(self) -> None:
        async def scene() -> tuple[list[str], list[str]]:
            async with selling("/accept") as (engine, partner, broker):
                receipt = await engine.writer.receive(broker.lead())
                lead_id, made = receipt.lead.id, receipt.deliveries[0].id
                await until(lambda: broker.states_of(lead_id) == ["delivered"])
                retry = partial(
                    handling.retry_delivery,
                    account_id=broker.account_id,
                    delivery_id=made,
                    leases=engine.dispatcher.leases(),
                    now=clock.now(),
                )
                await engine.writer.call(retry)
                engine.dispatcher.look_at(clock.now())
                await until(lambda: len(deliveries.attempts_of([made])[made]) == 2)
                states = await in_thread(broker.states_of, lead_id)
                return states, [each.headers["webhook-id"] for each in partner.received]

        states, ids = asyncio.run(scene())

        assert states == ["delivered"]
        assert len(ids) == 2
        assert len(set(ids)) == 1

    def test_sends_what_is_no_delivery_and_tells_how_it_ended(self) -> None:
        async def scene() -> tuple[str, int, int]:
            async with selling("/accept") as (engine, partner, broker):
                make = partial(
                    trial_delivery.make_trial,
                    account_id=broker.account_id,
                    partner="buyer",
                    seats=trial_delivery.Seats(),
                    now=clock.now(),
                )
                trial = await in_thread(make)
                sent = await engine.dispatcher.ask(trial.channel, trial.request)
                stored = await in_thread(models.Delivery.objects.count)
                return str(sent.outcome), len(partner.received), stored

        assert asyncio.run(scene()) == ("delivered", 1, 0)

    def test_retries_on_time_and_not_before(self) -> None:
        async def scene() -> list[float]:
            async with selling("/duplicate", retry="[1, 60]") as (engine, _, broker):
                receipt = await engine.writer.receive(broker.lead())
                made = receipt.deliveries[0].id
                await until(lambda: len(deliveries.attempts_of([made])[made]) == 2)
                attempts = await in_thread(deliveries.attempts_of, [made])
                return [each.at.timestamp() for each in attempts[made]]

        first, second = asyncio.run(scene())

        assert 1.0 <= second - first < dispatching.LOOK_EVERY_SECONDS

    def test_leaves_the_limit_of_one_partner_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dispatching, "MOST_AT_ONE_PARTNER", 4)

        async def scene() -> int:
            async with selling("/slow/0.3") as (engine, partner, broker):
                leads = [engine.writer.receive(broker.lead(str(n))) for n in range(20)]
                receipts = await asyncio.gather(*leads)
                await until(lambda: bool(partner.received))
                await asyncio.sleep(0.15)
                at_once = len(partner.received)
                for receipt in receipts:
                    sold = partial(broker.states_of, receipt.lead.id)
                    await until(lambda sold=sold: sold() == ["delivered"])  # type: ignore[misc]
                return at_once

        assert asyncio.run(scene()) <= 4

    def test_never_rests_while_a_backlog_has_room(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dispatching, "MOST_AT_ONE_PARTNER", 4)
        monkeypatch.setattr(dispatching, "LOOK_EVERY_SECONDS", 60.0)

        async def scene() -> None:
            async with selling("/accept") as (engine, _, broker):
                leads = [engine.writer.receive(broker.lead(str(n))) for n in range(150)]
                await asyncio.gather(*leads)
                open_ones = models.Delivery.objects.filter(state__in=["pending", "sending"])
                await until(lambda: not open_ones.exists())

        asyncio.run(scene())


class TestDraining:
    def test_waits_for_what_is_under_way_also_after_an_idle_moment(self) -> None:
        async def scene() -> list[str]:
            async with selling("/slow/0.5") as (engine, _, broker):
                first = await engine.writer.receive(broker.lead("first"))
                await until(lambda: broker.states_of(first.lead.id) == ["delivered"])
                second = await engine.writer.receive(broker.lead("second"))
                await asyncio.sleep(0.1)
            return await in_thread(broker.states_of, second.lead.id)

        assert asyncio.run(scene()) == ["delivered"]


class TestAKilledSender:
    def test_leaves_its_attempts_ambiguous(self) -> None:
        async def scene() -> tuple[list[str], list[str]]:
            async with selling("/slow/30") as (engine, partner, broker):
                receipt = await engine.writer.receive(broker.lead())
                await until(lambda: len(partner.received) == 1)
                kill_the_sender(engine)
                await until(lambda: broker.states_of(receipt.lead.id) == ["unknown"])
                made = receipt.deliveries[0].id
                attempts = await in_thread(deliveries.attempts_of, [made])
                states = await in_thread(broker.states_of, receipt.lead.id)
                return states, [str(each.outcome) for each in attempts[made]]

        assert asyncio.run(scene()) == (["unknown"], ["ambiguous"])

    def test_is_replaced_and_deliveries_go_on(self) -> None:
        async def scene() -> bool:
            async with selling("/accept") as (engine, _, broker):
                killed = kill_the_sender(engine)
                await asyncio.sleep(0.05)
                receipt = await engine.writer.receive(broker.lead())
                await until(lambda: broker.states_of(receipt.lead.id) == ["delivered"])
                return bool(engine.dispatcher._sender._process.pid != killed)

        assert asyncio.run(scene())

    def test_does_not_keep_the_engine_from_stopping(self) -> None:
        async def scene() -> None:
            async with selling("/accept") as (engine, _, _):
                kill_the_sender(engine)
                await asyncio.sleep(0.05)

        asyncio.run(asyncio.wait_for(scene(), 10))
