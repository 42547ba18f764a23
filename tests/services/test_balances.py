"""Prepaid balances: what was paid ahead is given out once, whoever asks at the same moment."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from small_world import AMBIGUOUS, DEARER, DELIVERED, REFUSED, SmallWorld

from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.domain.flaws import Flawed
from headgate.domain.ids import LeadId
from headgate.services import balances, configuration, handling, returning, tracking
from headgate.services.balances import RepeatedReference
from headgate.services.handling import NotInThisState
from headgate.services.routing import Leases
from headgate.services.verification import verify
from headgate.storage import deliveries, leads, models
from headgate.storage.caps import CapFull
from headgate.storage.deliveries import Delivery

pytestmark = pytest.mark.usefixtures("database", "installation")

SET_UP = """
version: 1
account: {slug: acme, name: Acme, timezone: UTC, currency: USD}
entities:
  - {slug: solar, name: Solar, fields: [{key: name, type: text}, {key: kind, type: text}],
     statuses: [New]}
sources:
  - {slug: site, entity: solar, name: Site}
partners:
  - slug: ahead
    name: Ahead
    prepaid: true
    delivery: {channel: webhook, url: "https://ahead.example/", retry: none,
               answer: {price: "$.price"}}
profiles:
  - slug: all
    entity: solar
    name: All
    enabled: true
    price: "10.00"
    assignments: [{partner: ahead}]
"""


def world_with(now: datetime, paid: str | None = None) -> SmallWorld:
    world = SmallWorld(now, SET_UP.encode())
    if paid is not None:
        pay(world, paid)
    return world


def pay(world: SmallWorld, amount: str, reference: str | None = None) -> None:
    balances.top_up(
        account_id=world.account_id,
        partner="ahead",
        amount=amount,
        reference=reference,
        by="ann@acme.example",
        now=world.now,
    )


def adjust(world: SmallWorld, amount: str) -> None:
    balances.adjust(
        account_id=world.account_id,
        partner="ahead",
        amount=amount,
        reason="Agreed by phone",
        by="ann@acme.example",
        now=world.now,
    )


def prepay(world: SmallWorld, said: str) -> None:
    configuration.apply_configuration(
        source=SET_UP.replace("prepaid: true", f"prepaid: {said}").encode(),
        account_slug="acme",
        trusted=True,
        made_by="test",
        now=world.now,
    )


def standing(world: SmallWorld) -> tuple[str, str, str]:
    shown = balances.find_balance(account_id=world.account_id, partner="ahead")
    return shown.balance, shown.reserved, shown.available


def state(lead_id: LeadId) -> str:
    return str(leads.find_many([lead_id])[lead_id].state)


def delivery_of(lead_id: LeadId) -> Delivery:
    return deliveries.of_leads([lead_id])[lead_id][0]


def give_back(world: SmallWorld, lead_id: LeadId) -> None:
    returning.return_delivery(
        account_id=world.account_id,
        delivery_id=delivery_of(lead_id).id,
        reason="Bad number",
        by="ann@acme.example",
        now=world.now,
    )


class TestAPrepaidPartner:
    def test_gets_nothing_before_it_pays(self, now: datetime) -> None:
        world = world_with(now)
        lead_id = world.post("Ann")

        (profile,) = tracking.explain_lead(account_id=world.account_id, lead_id=lead_id).profiles
        (seat,) = profile.assignments

        assert state(lead_id) == "unmatched"
        assert seat.result == "no_balance"
        assert seat.sentence == "Ahead: its balance of 0.00 USD does not cover 10.00"

    def test_is_not_waited_for(self, now: datetime) -> None:
        waits = SET_UP.replace("{partner: ahead}", "{partner: ahead, at_cap: wait}")
        world = SmallWorld(now, waits.encode())

        assert state(world.post("Ann")) == "unmatched"

    def test_gets_what_its_balance_covers(self, now: datetime) -> None:
        world = world_with(now, "25.00")

        states = [state(world.post(name)) for name in ("Ann", "Bob", "Cid")]

        assert states == ["in_delivery", "in_delivery", "unmatched"]
        assert standing(world) == ("25.00", "20.00", "5.00")
        assert list(verify()) == []

    def test_pays_once_when_it_is_delivered(self, now: datetime) -> None:
        world = world_with(now, "25.00")
        world.post("Ann")

        world.answer(DELIVERED)

        assert standing(world) == ("15.00", "0.00", "15.00")
        assert list(verify()) == []

    def test_has_its_money_again_when_it_refuses(self, now: datetime) -> None:
        world = world_with(now, "10.00")
        world.post("Ann")
        world.answer(REFUSED)

        assert standing(world) == ("10.00", "0.00", "10.00")
        assert state(world.post("Bob")) == "in_delivery"
        assert list(verify()) == []

    def test_has_its_money_held_while_nobody_knows(self, now: datetime) -> None:
        world = world_with(now, "10.00")
        world.post("Ann")
        world.answer(AMBIGUOUS)

        assert standing(world) == ("10.00", "10.00", "0.00")
        assert state(world.post("Bob")) == "unmatched"
        assert list(verify()) == []

    def test_pays_what_it_answered_and_gets_nothing_below_zero(self, now: datetime) -> None:
        world = world_with(now, "20.00")
        world.post("Ann")
        world.answer(DEARER)  # 25.00

        assert standing(world) == ("-5.00", "0.00", "-5.00")
        assert state(world.post("Bob")) == "unmatched"
        assert list(verify()) == []

    def test_has_a_returned_leads_price_again(self, now: datetime) -> None:
        world = world_with(now, "10.00")
        lead_id = world.post("Ann")
        world.answer(DELIVERED)
        give_back(world, lead_id)

        assert standing(world) == ("10.00", "0.00", "10.00")
        assert state(world.post("Bob")) == "in_delivery"
        assert list(verify()) == []

    def test_is_retried_only_with_money(self, now: datetime) -> None:
        world = world_with(now, "10.00")
        failed = world.post("Ann")
        unsent = Sent(outcome=Outcome.NOT_SENT, ms=1, written=False, is_final=True)
        world.answer(unsent)
        world.post("Bob")

        with pytest.raises(NotInThisState, match="balance does not cover") as refusal:
            handling.retry_delivery(
                account_id=world.account_id,
                delivery_id=delivery_of(failed).id,
                leases=Leases(0),
                now=world.now,
            )

        assert refusal.value.slug == "no_balance"

    def test_begins_with_what_the_rows_say(self, now: datetime) -> None:
        world = world_with(now)
        prepay(world, "false")
        world.post("Ann")
        world.answer(DELIVERED)
        world.post("Bob")
        pay(world, "25.00")

        prepay(world, "true")

        assert state(world.post("Cid")) == "unmatched"
        assert standing(world) == ("15.00", "10.00", "5.00")
        assert list(verify()) == []


class TestTheLedger:
    def test_takes_a_reference_once(self, now: datetime) -> None:
        world = world_with(now)
        pay(world, "10.00", "payment 7")

        with pytest.raises(RepeatedReference):
            pay(world, "10.00", "payment 7")

        assert standing(world)[0] == "10.00"

    @pytest.mark.parametrize("amount", ["0.00", "-1.00", "1.234", "much", "99999999999999.00"])
    def test_takes_no_top_up_that_is_none(self, now: datetime, amount: str) -> None:
        with pytest.raises(Flawed):
            pay(world_with(now), amount)

    def test_takes_adjustments_either_way(self, now: datetime) -> None:
        world = world_with(now, "10.00")

        for amount in ("5.00", "-20.00"):
            adjust(world, amount)

        assert standing(world) == ("-5.00", "0.00", "-5.00")
        assert list(verify()) == []

    def test_is_found_out_where_a_balance_contradicts_it(self, now: datetime) -> None:
        world_with(now, "10.00")
        models.CapCounter.objects.filter(scope="balance").update(used=-5)

        assert [breach.check for breach in verify()] == ["balance_differs"]


class TestTheLastOfTheBalance:
    def test_is_given_once_and_given_always(
        self, now: datetime, at_once: Callable[..., list[Any]]
    ) -> None:
        world = world_with(now, "79.99")

        def post(number: int) -> LeadId:
            while True:
                try:
                    return world.post(str(number))
                except CapFull:
                    continue

        posted = at_once(*[lambda: [post(n) for n in range(6)] for _ in range(6)])

        states = Counter(state(lead_id) for some in posted for lead_id in some)
        assert states == {"in_delivery": 7, "unmatched": 29}
        assert standing(world) == ("79.99", "70.00", "9.99")
        assert list(verify()) == []

    def test_is_right_while_money_comes_and_goes(
        self, now: datetime, at_once: Callable[..., list[Any]]
    ) -> None:
        world = world_with(now, "40.00")
        sold = [world.post(name) for name in ("Ann", "Bob", "Cid")]
        world.answer(DELIVERED)

        def post() -> None:
            for number in range(4):
                try:
                    world.post(f"N{number}")
                except CapFull:
                    continue

        at_once(
            post,
            post,
            partial(pay, world, "15.00"),
            partial(adjust, world, "-5.00"),
            *[partial(give_back, world, lead_id) for lead_id in sold],
        )

        balance, reserved, available = map(float, standing(world))
        assert balance == 50
        assert reserved + available == balance
        assert available >= 0
        assert list(verify()) == []


class TestEveryCourse:
    """Whatever happens in whatever order, the balance is what the ledger says, less the open."""

    @pytest.mark.parametrize("seed", range(3))
    def test_keeps_the_balance_true(self, now: datetime, seed: int) -> None:
        world, chance = world_with(now, "30.00"), random.Random(seed)  # noqa: S311 - acts, not secrets
        sold: list[LeadId] = []
        for number in range(30):
            world.now += timedelta(minutes=1)
            before = float(standing(world)[2])
            match chance.randrange(8):
                case 0:
                    pay(world, f"{chance.randrange(1, 40)}.50")
                case 1:
                    adjust(world, chance.choice(["-7.25", "3.00"]))
                case 2 if sold:
                    give_back(world, sold.pop())
                case 3:
                    prepay(world, chance.choice(["true", "false"]))
                case _:
                    lead_id = world.post(f"Lead {number}")
                    after = float(standing(world)[2])
                    assert after >= 0 or after == before or not _is_prepaid(world)
                    world.answer(chance.choice([DELIVERED, REFUSED, AMBIGUOUS, DEARER]))
                    made = deliveries.of_leads([lead_id])[lead_id]
                    sold += [lead_id] if made and made[0].state == "delivered" else []

        assert list(verify()) == []


def _is_prepaid(world: SmallWorld) -> bool:
    return balances.find_balance(account_id=world.account_id, partner="ahead").prepaid
