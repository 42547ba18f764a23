"""Leads that come back: who may ask, until when, and all that follows from a return."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from small_world import CONFIGURATION, DELIVERED, SmallWorld

from headgate.domain.flaws import Flawed
from headgate.domain.ids import LeadId
from headgate.services import distributing, return_lists, returning, verification
from headgate.services.handling import NotInThisState
from headgate.services.invoices import billing
from headgate.services.privacy import erasing
from headgate.services.reports import tallying
from headgate.services.routing import Leases
from headgate.storage import deliveries, leads, models, returns
from headgate.storage.deliveries import Delivery, DeliveryNotFound
from headgate.storage.ledger import LedgerFilter
from headgate.storage.returns import Request, RequestFilter

pytestmark = pytest.mark.usefixtures("database", "installation")


def world_with(now: datetime, rules: str = "{}") -> SmallWorld:
    return SmallWorld(now, CONFIGURATION + f"returns: {rules}\n".encode())


def sold(world: SmallWorld, name: str = "Ann") -> Delivery:
    lead_id = world.post(name)
    world.answer(DELIVERED)
    return deliveries.of_leads([lead_id])[lead_id][-1]


def now_is(delivery: Delivery) -> Delivery:
    return deliveries.get(delivery.account_id, delivery.id)


def give_back(world: SmallWorld, delivery: Delivery, reason: str = "Bad number") -> None:
    returning.return_delivery(
        account_id=world.account_id,
        delivery_id=delivery.id,
        reason=reason,
        by="ann@acme.example",
        now=world.now,
    )


def ask(world: SmallWorld, delivery: Delivery, **more: Any) -> Request:
    return returning.request_return(
        account_id=world.account_id,
        delivery_id=delivery.id,
        reason=more.pop("reason", "Bad number"),
        by="first@partner.example",
        now=more.pop("now", world.now),
        **more,
    )


def decide(act: Callable[..., None], world: SmallWorld, request: Request) -> None:
    act(
        account_id=world.account_id,
        request_id=request.id,
        note="So be it.",
        by="ann@acme.example",
        now=world.now,
    )


def entries(world: SmallWorld) -> list[tuple[str, str]]:
    page = billing.list_ledger(
        account_id=world.account_id, wanted=LedgerFilter(), before=None, limit=99
    )
    return [(each.kind, each.amount) for each in reversed(page.items)]


def refusal(act: Callable[[], object]) -> str:
    try:
        act()
    except NotInThisState as refused:
        return refused.slug
    return "done"


class TestStaff:
    def test_takes_a_lead_back_and_credits_its_charge(self, now: datetime) -> None:
        world = world_with(now)
        delivery = sold(world)

        give_back(world, delivery)

        after = now_is(delivery)
        assert (after.state, after.error, after.holds_place) == (
            "returned",
            "Returned: Bad number",
            True,
        )
        assert entries(world) == [("charge", "10.00"), ("credit", "10.00")]
        assert list(verification.verify()) == []

    def test_gives_the_place_back_or_keeps_the_charge_by_rule(self, now: datetime) -> None:
        world = world_with(now, "{granted: {credit: false, give_place_back: true}}")
        delivery = sold(world)

        give_back(world, delivery)

        assert not now_is(delivery).holds_place
        assert entries(world) == [("charge", "10.00")]
        assert list(verification.verify()) == []

    def test_takes_a_lead_back_once(self, now: datetime, at_once: Callable[..., list[str]]) -> None:
        world = world_with(now, "{granted: {give_place_back: true}}")
        delivery = sold(world)

        ended = at_once(*[lambda: refusal(partial(give_back, world, delivery))] * 4)

        assert sorted(ended) == ["done", *["wrong_state"] * 3]
        assert entries(world) == [("charge", "10.00"), ("credit", "10.00")]
        assert list(verification.verify()) == []

    def test_needs_a_listed_reason_where_reasons_are_listed(self, now: datetime) -> None:
        world = world_with(now, "{reasons: [Bad number, Duplicate]}")
        delivery = sold(world)

        with pytest.raises(Flawed, match="one of: Bad number, Duplicate"):
            give_back(world, delivery, "I do not like it")
        give_back(world, delivery, "bad NUMBER")

        found = returns.find_of(delivery.id)
        assert found is not None
        assert (found.state, found.reason, found.decided_by) == (
            "granted",
            "Bad number",
            "ann@acme.example",
        )

    def test_may_return_what_is_beyond_the_limits_of_partners(self, now: datetime) -> None:
        world = world_with(now, "{within_days: 1, most_percent: 0}")
        delivery = sold(world)
        world.now += timedelta(days=30)

        give_back(world, delivery)

        assert now_is(delivery).state == "returned"

    def test_returns_a_test_lead_without_money(self, now: datetime) -> None:
        world = world_with(now)
        lead_id = world.post("Test", test=True)
        world.answer(DELIVERED)
        delivery = deliveries.of_leads([lead_id])[lead_id][-1]

        give_back(world, delivery)

        assert now_is(delivery).state == "returned"
        assert entries(world) == []
        assert returns.find_of(delivery.id) is None


class TestAReturnedLead:
    def test_is_not_sold_again_by_itself(self, now: datetime) -> None:
        world = world_with(now)
        delivery = sold(world)

        give_back(world, delivery)

        lead = leads.get(world.account_id, delivery.lead_id)
        assert lead.state == "undelivered"
        assert len(deliveries.of_leads([lead.id])[lead.id]) == 1

    def test_is_no_revenue_any_more(self, now: datetime) -> None:
        world = world_with(now)
        delivery = sold(world)
        tallying.count_stale_hours(now=now)

        give_back(world, delivery)
        tallying.count_stale_hours(now=now)

        (tally,) = models.DeliveryTally.objects.all()
        assert (tally.delivered, tally.returned, tally.revenue_minor) == (0, 1, 0)
        assert list(verification.verify()) == []

    def test_goes_to_another_partner_when_somebody_distributes_it(self, now: datetime) -> None:
        world = world_with(now)
        delivery = sold(world)
        give_back(world, delivery)

        distributing.distribute_lead(
            account_id=world.account_id,
            lead_id=delivery.lead_id,
            leases=Leases(0),
            by="ann@acme.example",
            now=world.now + timedelta(seconds=1),
        )

        _, second = deliveries.of_leads([delivery.lead_id])[delivery.lead_id]
        assert second.partner_id != delivery.partner_id
        assert list(verification.verify()) == []


class TestAPartner:
    def test_asks_and_staff_grants(self, now: datetime) -> None:
        world = world_with(now)
        request = ask(world, sold(world), remark="Rang ten times")
        assert entries(world) == [("charge", "10.00")]

        decide(returning.grant_return, world, request)

        assert entries(world) == [("charge", "10.00"), ("credit", "10.00")]
        shown = return_lists.show_return(
            account_id=world.account_id, wanted=RequestFilter(id=request.id)
        )
        assert (shown.state, shown.delivery_state, shown.note) == (
            "granted",
            "returned",
            "So be it.",
        )

    def test_asks_and_staff_refuses(self, now: datetime) -> None:
        world = world_with(now)
        delivery = sold(world)
        request = ask(world, delivery)

        decide(returning.refuse_return, world, request)

        assert now_is(delivery).state == "delivered"
        assert entries(world) == [("charge", "10.00")]
        assert refusal(partial(ask, world, delivery)) == "already_asked"
        assert refusal(partial(decide, returning.grant_return, world, request)) == "wrong_state"

    def test_is_answered_once(self, now: datetime, at_once: Callable[..., list[str]]) -> None:
        world = world_with(now)
        request = ask(world, sold(world))
        acts = [returning.grant_return, returning.refuse_return] * 2

        ended = at_once(*[partial(refusal, partial(decide, act, world, request)) for act in acts])

        assert sorted(ended) == ["done", *["wrong_state"] * 3]
        assert list(verification.verify()) == []

    def test_has_it_at_once_where_the_rule_decides(self, now: datetime) -> None:
        world = world_with(now, "{decide: automatic}")
        delivery = sold(world)

        request = ask(world, delivery)

        assert (request.state, request.decided_by) == ("granted", "rule")
        assert now_is(delivery).state == "returned"

    def test_is_too_late_at_the_deadline(self, now: datetime) -> None:
        world = world_with(now, "{within_days: 7}")
        first, second = sold(world, "Ann"), sold(world, "Bob")
        end = now + timedelta(days=7)

        assert refusal(partial(ask, world, first, now=end)) == "too_late"
        just_before = end - timedelta(milliseconds=1)
        assert refusal(partial(ask, world, second, now=just_before)) == "done"

    def test_returns_no_more_than_its_share(
        self, now: datetime, at_once: Callable[..., list[str]]
    ) -> None:
        world = world_with(now, "{most_percent: 40}")
        delivered = [sold(world, name) for name in ("Ann", "Bob", "Cid", "Dan", "Eve")]

        ended = at_once(*[partial(refusal, partial(ask, world, each)) for each in delivered])

        assert sorted(ended) == ["done", "done", *["over_share"] * 3]

    def test_gives_back_nothing_but_its_own(self, now: datetime) -> None:
        world = world_with(now)
        delivery = sold(world)

        with pytest.raises(DeliveryNotFound):
            ask(world, delivery, of_partner=delivery.partner_id + 1)

    def test_has_room_for_another_lead_where_it_wants_one(self, now: datetime) -> None:
        world = world_with(now, "{replacements: true}")
        delivery = sold(world)
        request = ask(world, delivery, replacement=True)

        decide(returning.grant_return, world, request)

        assert not now_is(delivery).holds_place
        assert list(verification.verify()) == []

    def test_gets_no_replacement_where_none_is_given(self, now: datetime) -> None:
        world = world_with(now)
        delivery = sold(world)

        with pytest.raises(Flawed, match="no replacements"):
            ask(world, delivery, replacement=True)


class TestErasing:
    def erase(self, world: SmallWorld, lead_id: LeadId) -> None:
        erasing.erase_lead(
            account_id=world.account_id, lead_id=lead_id, leases=Leases(0), now=world.now
        )

    def test_forgets_what_was_written_about_the_lead(self, now: datetime) -> None:
        world = world_with(now)
        delivery = sold(world)
        request = ask(world, delivery, reason="Ann moved away", remark="said her brother Tim")
        decide(returning.grant_return, world, request)

        self.erase(world, delivery.lead_id)

        found = returns.get(world.account_id, request.id)
        assert (found.reason, found.remark, found.note) == ("", None, None)
        assert now_is(delivery).error is None
        assert entries(world) == [("charge", "10.00"), ("credit", "10.00")]

    def test_keeps_a_reason_that_the_account_lists(self, now: datetime) -> None:
        world = world_with(now, "{reasons: [Bad number]}")
        delivery = sold(world)
        request = ask(world, delivery)

        self.erase(world, delivery.lead_id)

        assert returns.get(world.account_id, request.id).reason == "Bad number"
