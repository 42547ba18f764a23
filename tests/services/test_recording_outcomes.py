"""What each outcome of a try makes of the delivery, its place, its charge and the next in line."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from small_world import AMBIGUOUS, CONFIGURATION, DEARER, DELIVERED, REFUSED, SmallWorld

from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.domain.ids import LeadId
from headgate.services.delivery import Recorded, Report, record_outcomes
from headgate.services.errands import Errand, claim_errands
from headgate.services.routing import Leases
from headgate.storage import deliveries, halts, leads, models

pytestmark = pytest.mark.usefixtures("database", "installation")

NOT_SENT = Sent(outcome=Outcome.NOT_SENT, ms=5, written=False, error="refused connection")
GONE = Sent(outcome=Outcome.REFUSED, ms=5, written=True, status=410, gone=True)
OWN_REFUSAL = replace(REFUSED, by_own_rule=True)
RETRIED = CONFIGURATION.replace(b"retry: none", b"retry: [5, 60]")
SHARED = CONFIGURATION.replace(
    b"strategy: first_match", b"strategy: send_to_all\n    max_partners: 1\n    exclusive: false"
)


def claimed(world: SmallWorld) -> list[Errand]:
    return claim_errands(limit=100, busy_partners=(), now=world.now)


def recorded(world: SmallWorld, errand: Errand, sent: Sent, *, free: int = 0) -> Recorded:
    report = Report(errand=errand, at=world.now, ended_at=world.now, sent=sent)
    return record_outcomes(reports=[report], leases=Leases(free), now=world.now)


def after(world: SmallWorld, *answers: Sent) -> LeadId:
    lead_id = world.post("Ann")
    world.answer(*answers)
    return lead_id


def of(lead_id: LeadId) -> list[deliveries.Delivery]:
    return deliveries.of_leads([lead_id])[lead_id]


def states(lead_id: LeadId) -> tuple[str, list[str]]:
    lead = leads.find_many([lead_id])[lead_id]
    return str(lead.state), [str(each.state) for each in of(lead_id)]


def used(scope: str, unit: str = "leads") -> set[int]:
    rows = models.CapCounter.objects.filter(scope=scope, unit=unit)
    return set(rows.values_list("used", flat=True))


def charges() -> list[int]:
    return list(models.LedgerEntry.objects.values_list("amount_minor", flat=True))


class TestDelivered:
    def test_is_charged_once_and_keeps_its_place(self, now: datetime) -> None:
        lead_id = after(SmallWorld(now), DELIVERED)

        assert states(lead_id) == ("delivered", ["delivered"])
        assert charges() == [1000]
        assert (used("partner"), used("partner", "spend")) == ({1}, {1000})

    def test_is_charged_at_the_price_of_the_answer(self, now: datetime) -> None:
        lead_id = after(SmallWorld(now), DEARER)

        (delivery,) = of(lead_id)
        assert (delivery.price_minor, delivery.price_ignored) == (2500, False)
        assert charges() == [2500]
        assert used("partner", "spend") == {2500}

    def test_may_carry_a_money_cap_over(self, now: datetime) -> None:
        after(SmallWorld(now), replace(DEARER, price="901.00"))

        assert used("partner", "spend") == {90_100}

    @pytest.mark.parametrize("price", [None, "-1.00", "1.005", "cheap"])
    def test_keeps_the_frozen_price_when_the_answers_is_none(
        self, now: datetime, price: str | None
    ) -> None:
        lead_id = after(SmallWorld(now), replace(DEARER, price=price))

        (delivery,) = of(lead_id)
        assert (delivery.price_minor, delivery.price_ignored) == (1000, True)
        assert charges() == [1000]

    def test_gives_the_lead_its_redirect(self, now: datetime) -> None:
        lead_id = after(SmallWorld(now), replace(DELIVERED, redirect_url="https://thanks.example"))

        assert leads.find_many([lead_id])[lead_id].redirect_url == "https://thanks.example"

    def test_of_a_test_lead_is_not_charged(self, now: datetime) -> None:
        world = SmallWorld(now)
        world.post("Ann", test=True)

        world.answer(DELIVERED)

        assert charges() == []


class TestRefused:
    def test_gives_the_place_back_and_goes_on_in_the_same_transaction(self, now: datetime) -> None:
        lead_id = after(SmallWorld(now), REFUSED)

        assert states(lead_id) == ("in_delivery", ["rejected", "pending"])
        assert (used("partner"), used("assignment"), used("profile")) == ({0}, {0}, {1})

    def test_leaves_an_undelivered_lead_when_nobody_is_left(self, now: datetime) -> None:
        lead_id = after(SmallWorld(now), REFUSED, REFUSED)

        assert states(lead_id) == ("undelivered", ["rejected", "rejected"])
        assert used("profile") == {0}

    def test_hands_the_next_first_send_out_at_once(self, now: datetime) -> None:
        world = SmallWorld(now)
        world.post("Ann")
        (errand,) = claimed(world)

        follows = recorded(world, errand, REFUSED, free=1)

        (next_errand,) = follows.errands
        assert next_errand.delivery.partner_id != errand.delivery.partner_id

    def test_by_a_410_halts_the_channel(self, now: datetime) -> None:
        world = SmallWorld(now)
        after(world, GONE)

        second = world.post("Bob")

        assert len(halts.list_all(world.account_id)) == 1
        assert of(second)[0].channel == "inbox"

    def test_in_an_earlier_window_gives_the_place_back_there(self, now: datetime) -> None:
        world = SmallWorld(now)
        world.post("Ann")
        world.now = now + timedelta(days=1)
        world.post("Bob")
        # Both are due; Ann's place was taken yesterday.
        ann, _ = claimed(world)

        recorded(world, ann, REFUSED)

        rows = models.CapCounter.objects.filter(scope="partner", unit="leads")
        assert list(rows.order_by("window_start").values_list("used", flat=True)) == [0, 1]

    def test_is_replaced_where_all_are_sent_to(self, now: datetime) -> None:
        lead_id = after(SmallWorld(now, SHARED), REFUSED, DELIVERED)

        assert states(lead_id) == ("delivered", ["rejected", "delivered"])


class TestNotSent:
    def test_is_tried_again_and_holds_its_place(self, now: datetime) -> None:
        world = SmallWorld(now, RETRIED)
        lead_id = after(world, NOT_SENT)

        (delivery,) = of(lead_id)
        assert (delivery.state, delivery.due_at) == ("pending", now + timedelta(seconds=5))
        assert used("partner") == {1}

    def test_tells_when_the_next_try_is_due(self, now: datetime) -> None:
        world = SmallWorld(now, RETRIED)
        world.post("Ann")
        (errand,) = claimed(world)

        assert recorded(world, errand, NOT_SENT).next_due_at == now + timedelta(seconds=5)

    def test_the_last_time_fails_and_goes_on(self, now: datetime) -> None:
        lead_id = after(SmallWorld(now), NOT_SENT)

        assert states(lead_id) == ("in_delivery", ["failed", "pending"])
        assert used("partner") == {0}


class TestAmbiguous:
    def test_the_last_time_is_unknown_and_holds_the_place(self, now: datetime) -> None:
        lead_id = after(SmallWorld(now), AMBIGUOUS)

        assert states(lead_id) == ("unknown", ["unknown"])
        assert used("partner") == {1}

    def test_goes_on_as_well_where_the_assignment_says_so(self, now: datetime) -> None:
        source = CONFIGURATION.replace(b"priority: 2,", b"priority: 2, on_ambiguous: next,")

        lead_id = after(SmallWorld(now, source), AMBIGUOUS)

        assert states(lead_id) == ("in_delivery", ["unknown", "pending"])
        assert (used("partner"), used("profile")) == ({1}, {2})

    @pytest.mark.parametrize("later", [NOT_SENT, REFUSED])
    def test_sticks(self, now: datetime, later: Sent) -> None:
        world = SmallWorld(now, CONFIGURATION.replace(b"retry: none", b"retry: [5]"))
        lead_id = after(world, AMBIGUOUS)
        world.now = now + timedelta(seconds=5)

        world.answer(later)

        assert states(lead_id) == ("unknown", ["unknown"])

    def test_is_settled_by_the_assignments_own_rule(self, now: datetime) -> None:
        world = SmallWorld(now, RETRIED)
        lead_id = after(world, AMBIGUOUS)
        world.now = now + timedelta(seconds=5)

        world.answer(OWN_REFUSAL)

        assert states(lead_id) == ("in_delivery", ["rejected", "pending"])


class TestALostLease:
    def test_writes_nothing(self, now: datetime) -> None:
        world = SmallWorld(now)
        lead_id = world.post("Ann")
        (lost,) = claimed(world)
        world.now = now + timedelta(minutes=1)
        (held,) = claimed(world)

        recorded(world, lost, DELIVERED)

        assert states(lead_id)[1] == ["sending"]
        assert charges() == []
        assert held.delivery.lease == lost.delivery.lease + 1

    def test_counts_as_an_ambiguous_attempt(self, now: datetime) -> None:
        world = SmallWorld(now, RETRIED)
        lead_id = world.post("Ann")
        claimed(world)
        world.now = now + timedelta(minutes=1)

        (again,) = claimed(world)

        (delivery,) = of(lead_id)
        attempts = deliveries.attempts_of([delivery.id])[delivery.id]
        assert [(each.n, each.outcome) for each in attempts] == [(1, "ambiguous")]
        assert (again.delivery.attempts, again.delivery.ambiguous) == (1, True)

    def test_keeps_a_refusal_from_moving_the_lead_on(self, now: datetime) -> None:
        world = SmallWorld(now, RETRIED)
        lead_id = world.post("Ann")
        claimed(world)
        for minutes in (1, 2, 3):
            world.now = now + timedelta(minutes=minutes)
            world.answer(REFUSED)

        assert states(lead_id) == ("unknown", ["unknown"])

    def test_is_not_written_to_by_the_same_outcome_twice(self, now: datetime) -> None:
        world = SmallWorld(now)
        world.post("Ann")
        (errand,) = claimed(world)
        recorded(world, errand, DELIVERED)

        recorded(world, errand, DELIVERED)

        assert charges() == [1000]
        assert models.Attempt.objects.count() == 1


class TestAttempts:
    def test_are_numbered_and_kept(self, now: datetime) -> None:
        world = SmallWorld(now, RETRIED)
        lead_id = after(world, NOT_SENT)
        world.now = now + timedelta(seconds=5)
        world.answer(replace(DELIVERED, answer='{"ok": true}'))

        (delivery,) = of(lead_id)
        attempts = deliveries.attempts_of([delivery.id])[delivery.id]
        seen: list[Any] = [(each.n, each.outcome, each.error, each.answer) for each in attempts]
        assert seen == [
            (1, "not_sent", "refused connection", None),
            (2, "delivered", None, '{"ok": true}'),
        ]

    def test_repeat_the_bytes_of_the_first(self, now: datetime) -> None:
        from headgate.services.preparing import Prepared, prepare

        world = SmallWorld(now, RETRIED)
        world.post("Ann")
        (errand,) = claimed(world)
        first = prepare(errand, now=now)
        assert isinstance(first, Prepared)
        report = Report(errand, now, now, NOT_SENT, shown=first.shown, body=first.body)
        record_outcomes(reports=[report], leases=Leases(0), now=now)
        models.Lead.objects.update(fields='{"name":"Changed"}')
        world.now = now + timedelta(seconds=5)

        (again,) = claimed(world)

        second = prepare(again, now=world.now)
        assert isinstance(second, Prepared)
        assert second.body == first.body


class TestSeveralAtOnce:
    def test_are_recorded_together(self, now: datetime) -> None:
        world = SmallWorld(now)
        posted = [world.post(str(n)) for n in range(6)]
        answers = [DELIVERED, REFUSED, AMBIGUOUS, DEARER, NOT_SENT, DELIVERED]
        reports = [
            Report(errand=errand, at=now, ended_at=now, sent=sent)
            for errand, sent in zip(
                sorted(claimed(world), key=lambda each: each.lead.id), answers, strict=True
            )
        ]

        record_outcomes(reports=reports, leases=Leases(0), now=now)

        firsts = [of(lead_id)[0].state for lead_id in posted]
        assert firsts == ["delivered", "rejected", "unknown", "delivered", "failed", "delivered"]
        assert sorted(charges()) == [1000, 1000, 2500]
        assert used("partner") == {4}
        assert used("partner", "spend") == {5500}
