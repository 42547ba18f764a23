"""Leads that wait are decided again, the oldest first, until their deadline; persons are known."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from small_world import CONFIGURATION, DELIVERED, REFUSED, SmallWorld

from headgate.domain.ids import LeadId
from headgate.services.handling import NotInThisState
from headgate.services.routing import Leases
from headgate.services.verification import verify
from headgate.services.waiting import (
    accounts_to_revisit,
    decide_waiting_lead,
    revisit_waiting_leads,
    stop_waiting,
)
from headgate.services.writing import read_rounds
from headgate.storage import leads, models

pytestmark = pytest.mark.usefixtures("database", "installation")

ONE_AN_HOUR = CONFIGURATION.replace(
    b"{partner: first, priority: 2, caps: [{per: hour, leads: 50}]}",
    b"{partner: first, caps: [{per: hour, leads: 1}], at_cap: wait, wait_minutes: 150}",
).replace(b"      - {partner: second, priority: 1}\n", b"")
TWO_KINDS = ONE_AN_HOUR.replace(
    b"wait_minutes: 150}",
    b"""wait_minutes: 150, rules: {all: [{field: kind, op: equals, value: house}]}}
      - {partner: second, rules: {all: [{field: kind, op: equals, value: flat}]}}""",
)
ONCE_IN_90_DAYS = CONFIGURATION.replace(
    b"    name: First\n", b"    name: First\n    duplicate_days: 90\n"
).replace(b"caps: [{per: day, leads: 1000}]", b"on_duplicate: flag")


def state(lead_id: LeadId) -> str:
    return str(leads.find_many([lead_id])[lead_id].state)


def revisited(world: SmallWorld, *, free: int = 0) -> int:
    sends = 0
    for account_id in accounts_to_revisit(now=world.now):
        sends += len(
            revisit_waiting_leads(account_id=account_id, leases=Leases(free), now=world.now)
        )
    return sends


def holders() -> list[LeadId]:
    rows = models.Delivery.objects.order_by("id").values_list("lead_id", flat=True)
    return [LeadId(id) for id in rows]


class TestAWaitingLead:
    def test_has_no_delivery_and_takes_no_place(self, now: datetime) -> None:
        world = SmallWorld(now, ONE_AN_HOUR)
        first = world.post("first")

        waiting = world.post("waits")

        assert (state(waiting), holders()) == ("waiting", [first])

    def test_is_looked_at_when_the_window_ends(self, now: datetime) -> None:
        world = SmallWorld(now, ONE_AN_HOUR)
        world.post("first")
        waiting = world.post("waits")
        world.now = now + timedelta(minutes=59, seconds=59)
        revisited(world)
        assert state(waiting) == "waiting"
        world.now = now + timedelta(hours=1)

        sends = revisited(world, free=1)

        assert (sends, state(waiting)) == (1, "in_delivery")

    def test_goes_before_newer_ones(self, now: datetime) -> None:
        world = SmallWorld(now, ONE_AN_HOUR)
        first = world.post("first")
        older = world.post("older")
        world.now = now + timedelta(seconds=1)
        newer = world.post("newer")
        world.now = now + timedelta(hours=1)

        newest = world.post("newest")

        assert holders() == [first, older]
        assert [state(each) for each in (newer, newest)] == ["waiting", "waiting"]

    def test_leaves_no_round_while_it_goes_on_waiting(self, now: datetime) -> None:
        world = SmallWorld(now, ONE_AN_HOUR)
        world.post("first")
        world.post("older")
        newer = world.post("newer")
        world.now = now + timedelta(hours=1)
        revisited(world)

        row = leads.find_many([newer])[newer]
        assert len(read_rounds(row.rounds)) == 1
        assert row.look_at == now + timedelta(hours=2)
        assert row.waiting_since == now

    def test_is_unmatched_at_its_deadline(self, now: datetime) -> None:
        world = SmallWorld(now, ONE_AN_HOUR.replace(b"per: hour", b"per: total"))
        world.post("first")
        waiting = world.post("waits")
        world.now = now + timedelta(minutes=149)
        revisited(world)
        assert state(waiting) == "waiting"
        world.now = now + timedelta(minutes=150)

        revisited(world)

        row = leads.find_many([waiting])[waiting]
        assert (row.state, row.look_at) == ("unmatched", None)
        assert [str(each.because) for each in read_rounds(row.rounds)] == ["received", "wait_over"]

    @pytest.mark.parametrize("limit", [b"leads: 1", b'spend: "19.99"'])
    def test_takes_the_place_that_a_refusal_gave_back(self, limit: bytes, now: datetime) -> None:
        world = SmallWorld(now, ONE_AN_HOUR.replace(b"leads: 1}", limit + b"}"))
        first = world.post("first")
        waiting = world.post("waits")

        world.answer(REFUSED)
        revisited(world)

        assert holders() == [first, waiting]
        assert list(verify()) == []

    def test_is_left_alone_by_a_refusal_where_nothing_was_full(self, now: datetime) -> None:
        world = SmallWorld(now, TWO_KINDS)
        world.post("first")
        world.answer(DELIVERED)
        waiting = world.post("waits")
        world.post("other", kind="flat")

        world.answer(REFUSED)

        assert leads.find_many([waiting])[waiting].look_at == now + timedelta(hours=1)

    def test_is_decided_by_one_of_many(
        self, now: datetime, at_once: Callable[..., list[Any]]
    ) -> None:
        world = SmallWorld(now, ONE_AN_HOUR)
        world.post("first")
        world.post("waits")
        world.now = now + timedelta(hours=1)

        at_once(*[lambda: revisited(world)] * 4)

        assert len(holders()) == 2
        assert list(verify()) == []


class TestDecidingNow:
    def decide(self, world: SmallWorld, lead_id: LeadId) -> None:
        decide_waiting_lead(
            account_id=world.account_id, lead_id=lead_id, leases=Leases(0), now=world.now
        )

    def test_gives_the_lead_a_place_that_came_free(self, now: datetime) -> None:
        world = SmallWorld(now, ONE_AN_HOUR)
        world.post("first")
        waiting = world.post("waits")
        world.answer(REFUSED)

        self.decide(world, waiting)

        assert state(waiting) == "in_delivery"
        assert list(verify()) == []

    def test_lets_it_go_on_waiting_where_nothing_changed(self, now: datetime) -> None:
        world = SmallWorld(now, ONE_AN_HOUR)
        world.post("first")
        waiting = world.post("waits")
        world.now = now + timedelta(minutes=10)

        self.decide(world, waiting)

        row = leads.find_many([waiting])[waiting]
        assert (row.state, row.waiting_since) == ("waiting", now)

    def test_needs_a_lead_that_waits(self, now: datetime) -> None:
        world = SmallWorld(now, ONE_AN_HOUR)
        first = world.post("first")

        with pytest.raises(NotInThisState, match="in_delivery"):
            self.decide(world, first)


class TestStopping:
    def test_makes_the_lead_unmatched(self, now: datetime) -> None:
        world = SmallWorld(now, ONE_AN_HOUR)
        world.post("first")
        waiting = world.post("waits")

        stop_waiting(account_id=world.account_id, lead_id=waiting, leases=Leases(0), now=now)

        world.now = now + timedelta(hours=1)
        revisited(world, free=1)
        assert state(waiting) == "unmatched"
        assert list(verify()) == []

    def test_needs_a_lead_that_waits(self, now: datetime) -> None:
        world = SmallWorld(now, ONE_AN_HOUR)
        first = world.post("first")

        with pytest.raises(NotInThisState):
            stop_waiting(account_id=world.account_id, lead_id=first, leases=Leases(0), now=now)


class TestAPerson:
    def partner_of(self, lead_id: LeadId) -> str:
        rows = models.Delivery.objects.filter(lead_id=lead_id).order_by("-id")
        return str(rows.values_list("partner__slug", flat=True)[0])

    @pytest.mark.parametrize(("days", "partner"), [(89, "second"), (91, "first")])
    def test_comes_to_the_same_partner_only_after_its_time(
        self, now: datetime, days: int, partner: str
    ) -> None:
        world = SmallWorld(now, ONCE_IN_90_DAYS)
        world.post("Ann")
        world.answer(DELIVERED)
        world.now = now + timedelta(days=days)

        again = world.post("Ann")

        assert self.partner_of(again) == partner

    def test_is_known_after_the_partner_refused_an_earlier_lead(self, now: datetime) -> None:
        world = SmallWorld(now, ONCE_IN_90_DAYS)
        world.post("Ann")
        world.answer(REFUSED)

        again = world.post("Ann")

        assert self.partner_of(again) == "first"

    def test_is_seen_when_a_lead_goes_on(self, now: datetime) -> None:
        world = SmallWorld(now, ONCE_IN_90_DAYS.replace(b"priority: 1", b"priority: 3"))
        first = world.post("Ann")
        world.answer(REFUSED)
        assert self.partner_of(first) == "first"

        again = world.post("Ann")
        world.answer(DELIVERED)

        assert self.partner_of(again) == "second"


class TestManyAtOnce:
    def test_never_sell_more_than_the_cap(
        self, now: datetime, at_once: Callable[..., list[Any]]
    ) -> None:
        world = SmallWorld(
            now, CONFIGURATION.replace(b"{per: hour, leads: 50}", b"{per: hour, leads: 7}")
        )

        at_once(*[lambda n=n: [world.post(f"{n}-{i}") for i in range(6)] for n in range(4)])

        sold = models.Delivery.objects.filter(partner__slug="first").count()
        assert (sold, models.Delivery.objects.count()) == (7, 24)
        assert list(verify()) == []

    def test_make_one_earlier_lead_of_a_person(
        self, now: datetime, at_once: Callable[..., list[Any]]
    ) -> None:
        world = SmallWorld(now)

        at_once(*[lambda: world.post("Ann")] * 6)

        assert models.Lead.objects.exclude(state="duplicate").count() == 1

    def test_bind_a_key_once(self, now: datetime, at_once: Callable[..., list[Any]]) -> None:
        world = SmallWorld(now)

        ids = at_once(*[lambda: world.post("Ann", idempotency_key="k", body_digest=b"same")] * 6)

        assert len(set(ids)) == 1
        assert models.Lead.objects.count() == 1
