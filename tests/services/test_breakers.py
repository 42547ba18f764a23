"""Breakers over a real database, on a virtual clock: open, probe, close, halt."""

from datetime import datetime, timedelta

import pytest
from small_world import AMBIGUOUS, CONFIGURATION, DELIVERED, REFUSED, SmallWorld

from headgate.channels.contract import Sent, ShownRequest
from headgate.channels.webhook.request import WebhookRequest
from headgate.domain.deliveries import Outcome
from headgate.domain.health import HALT_AFTER
from headgate.domain.ids import LeadId
from headgate.services import breakers, catalogue, configuration, handling
from headgate.services.breakers import Probe
from headgate.services.delivery import Report, record_outcomes
from headgate.services.errands import Errand, claim_errands
from headgate.services.routing import Leases
from headgate.services.waiting import revisit_waiting_leads
from headgate.storage import deliveries, halts, health, leads, models

pytestmark = pytest.mark.usefixtures("database", "installation")
ALIVE = Sent(outcome=Outcome.DELIVERED, ms=5, written=True, status=404)
SHOWN: ShownRequest = {"method": "POST", "url": "", "headers": {}, "body": ""}
DEAD = Sent(outcome=Outcome.NOT_SENT, ms=5, written=False, error="refused")


def fail(world: SmallWorld, times: int, sent: Sent = DEAD) -> None:
    """Have the first partner end that many tries so, on the way to it over the network."""
    for number in range(times):
        world.post(f"Lead {world.now} {number}")
        reports = [
            Report(errand=each, at=world.now, ended_at=world.now, sent=sent, shown=SHOWN)
            for each in claim_errands(limit=100, busy_partners=(), now=world.now)
            if each.delivery.channel == "webhook"
        ]
        record_outcomes(reports=reports, leases=Leases(0), now=world.now)


def down(world: SmallWorld) -> bool:
    return bool(breakers.find_down(world.account_id))


def partners_of(lead_id: LeadId) -> list[int]:
    return [each.partner_id for each in deliveries.of_leads([lead_id])[lead_id]]


def broken(now: datetime, *, retry: str = "[5, 900]", sent: Sent = DEAD) -> SmallWorld:
    """Return a world whose first partner has failed ten times, so that its breaker is open."""
    world = SmallWorld(now, CONFIGURATION.replace(b"retry: none", f"retry: {retry}".encode()))
    fail(world, 10, sent)
    assert down(world)
    return world


def claimed(world: SmallWorld) -> list[Errand]:
    """Claim what is due, and return what is sent of it."""
    errands = claim_errands(limit=100, busy_partners=(), now=world.now)
    return [errand for errand in errands if not errand.held]


def stored(world: SmallWorld, state: str) -> list[deliveries.Delivery]:
    return deliveries.read(models.Delivery.objects.filter(account_id=world.account_id, state=state))


def open_ones(world: SmallWorld) -> list[deliveries.Delivery]:
    return stored(world, "pending")


def due(world: SmallWorld, seconds: float) -> list[Probe]:
    world.now += timedelta(seconds=seconds)
    return breakers.take_due_probes(now=world.now)


class TestTheBreaker:
    def test_opens_after_ten_failures_and_no_lead_goes_there(self, now: datetime) -> None:
        world = SmallWorld(now)
        fail(world, 10)

        lead_id = world.post("Ann")

        assert down(world)
        (made,) = deliveries.of_leads([lead_id])[lead_id]
        assert made.channel == "inbox"

    def test_stays_closed_for_refusals(self, now: datetime) -> None:
        world = SmallWorld(now)

        fail(world, 12, REFUSED)

        assert not down(world)

    def test_writes_nothing_while_the_partner_is_healthy(self, now: datetime) -> None:
        world = SmallWorld(now)

        fail(world, 3, DELIVERED)
        fail(world, 3)

        assert health.list_all(world.account_id) == {}

    def test_outlives_the_process(self, now: datetime) -> None:
        world = SmallWorld(now)
        fail(world, 10)

        breakers.forget_all()

        assert down(world)

    def test_belongs_to_these_settings_alone(self, now: datetime) -> None:
        world = SmallWorld(now)
        fail(world, 10)
        moved = CONFIGURATION.replace(b"https://first.example/", b"https://new.example/")
        apply_again(moved, world.now)

        lead_id = world.post("Ann")

        (made,) = deliveries.of_leads([lead_id])[lead_id]
        assert made.channel == "webhook"

    def test_is_closed_by_a_persons_word(self, now: datetime) -> None:
        world = SmallWorld(now)
        fail(world, 10)

        catalogue.enable_channel(
            account_id=world.account_id,
            profile="exclusive",
            slug="first",
            by="ann@acme.example",
            now=world.now,
        )

        assert not down(world)


def apply_again(source: bytes, now: datetime) -> None:
    configuration.apply_configuration(
        source=source, account_slug=None, trusted=True, made_by="test", now=now
    )


class TestAProbe:
    def test_is_made_once_when_the_pause_is_over(self, now: datetime) -> None:
        world = SmallWorld(now)
        fail(world, 10)

        early, on_time, again = due(world, 29), due(world, 1), due(world, 0)

        assert (len(early), len(on_time), len(again)) == (0, 1, 0)

    def test_is_made_by_somebody_else_when_its_maker_is_lost(self, now: datetime) -> None:
        world = SmallWorld(now)
        fail(world, 10)
        due(world, 30)

        assert len(due(world, 31)) == 1

    def test_holds_nothing_of_a_lead(self, now: datetime) -> None:
        world = SmallWorld(now)
        fail(world, 10)
        (probe,) = due(world, 30)

        request = probe.request

        assert isinstance(request, WebhookRequest)
        assert request.body == b"{}"
        assert ("Headgate-Probe", "1") in request.headers
        assert "Lead" not in request.url

    def test_closes_the_breaker_and_leads_go_there_again(self, now: datetime) -> None:
        world = SmallWorld(now)
        fail(world, 10)
        (probe,) = due(world, 30)

        breakers.record_probe(probe=probe, sent=ALIVE, now=world.now)

        lead_id = world.post("Ann")
        (made,) = deliveries.of_leads([lead_id])[lead_id]
        assert made.channel == "webhook"

    def test_leaves_it_open_for_twice_as_long(self, now: datetime) -> None:
        world = SmallWorld(now)
        fail(world, 10)
        (probe,) = due(world, 30)

        breakers.record_probe(probe=probe, sent=DEAD, now=world.now)

        assert down(world)
        assert due(world, 59) == []
        assert len(due(world, 1)) == 1

    def test_is_not_made_of_settings_that_nobody_has(self, now: datetime) -> None:
        world = SmallWorld(now)
        fail(world, 10)
        moved = CONFIGURATION.replace(b"https://first.example/", b"https://new.example/")
        apply_again(moved, world.now)

        assert due(world, 30) == []
        assert health.list_all(world.account_id) == {}


class TestOpenDeliveries:
    def test_disclose_no_lead_while_the_breaker_is_open(self, now: datetime) -> None:
        world = broken(now)
        world.now += timedelta(seconds=5)

        assert claimed(world) == []
        assert {(each.state, each.error) for each in open_ones(world)} == {
            ("pending", breakers.HELD)
        }
        assert {each.attempts for each in open_ones(world)} == {1}

    def test_hide_nothing_that_is_due_behind_them(self, now: datetime) -> None:
        world = broken(now)
        world.now += timedelta(seconds=5)

        looked_at = claim_errands(limit=3, busy_partners=(), now=world.now)

        assert [each.held for each in looked_at] == [True] * 3

    def test_go_at_once_when_a_probe_closes_it(self, now: datetime) -> None:
        world = broken(now)
        world.now += timedelta(seconds=5)
        claimed(world)
        (probe,) = due(world, 25)

        breakers.record_probe(probe=probe, sent=ALIVE, now=world.now)

        assert len(claimed(world)) == 10

    def test_go_at_once_when_a_person_enables_the_channel(self, now: datetime) -> None:
        world = broken(now)
        world.now += timedelta(seconds=5)
        claimed(world)

        catalogue.enable_channel(
            account_id=world.account_id,
            profile="exclusive",
            slug="first",
            by="ann@acme.example",
            now=world.now,
        )

        assert len(claimed(world)) == 10

    def test_keep_their_schedule_when_it_closes_before(self, now: datetime) -> None:
        world = broken(now, retry="[100]")
        (probe,) = due(world, 30)

        breakers.record_probe(probe=probe, sent=ALIVE, now=world.now)

        assert claimed(world) == []

    def test_are_looked_at_again_after_each_probe(self, now: datetime) -> None:
        world = broken(now)
        world.now += timedelta(seconds=5)
        claimed(world)

        assert {each.due_at for each in open_ones(world)} == {now + timedelta(seconds=90)}

    @pytest.mark.parametrize(
        ("retry", "seconds"), [("[5, 20]", 25.005), ("standard", 900), ("[5, 900]", 900)]
    )
    def test_end_when_their_tries_or_their_time_would_have_ended(
        self, now: datetime, retry: str, seconds: float
    ) -> None:
        world = broken(now, retry=retry)
        world.now += timedelta(seconds=seconds - 1)
        early = claimed(world)
        world.now += timedelta(seconds=1)

        ended = claimed(world)

        assert early == []
        assert {each.stop for each in ended} == {breakers.DOWN}

    def test_wait_while_they_are_in_doubt_too(self, now: datetime) -> None:
        world = broken(now, sent=AMBIGUOUS)
        world.now += timedelta(seconds=5)

        assert claimed(world) == []

    def test_end_at_once_when_it_is_halted(self, now: datetime) -> None:
        world = broken(now)
        (key,) = breakers.find_down(world.account_id)
        halts.add(world.account_id, *key, reason="410", now=world.now)
        world.now += timedelta(seconds=5)

        ended = {each.stop for each in claimed(world)}

        assert ended == {breakers.HALTED}

    def test_go_out_when_a_person_has_them_tried_again(self, now: datetime) -> None:
        world = broken(now, retry="none", sent=AMBIGUOUS)
        unknown = stored(world, "unknown")[0]

        handling.retry_delivery(
            account_id=world.account_id, delivery_id=unknown.id, leases=Leases(0), now=world.now
        )

        assert [each.stop for each in claimed(world)] == [None]

    def test_leave_no_doubt_when_a_worker_dies_that_held_them(self, now: datetime) -> None:
        world = broken(now)
        world.now += timedelta(seconds=5)

        claimed(world)
        deliveries.orphan_all(now=world.now)

        assert {each.ambiguous for each in open_ones(world)} == {False}

    def test_go_to_the_next_in_line_when_no_try_is_left(self, now: datetime) -> None:
        world = SmallWorld(now)
        fail(world, 10)

        next_in_line = claim_errands(limit=100, busy_partners=(), now=world.now)

        assert [each.delivery.channel for each in next_in_line] == ["inbox"]


class TestWaitingLeads:
    def test_are_decided_again_when_a_partner_works_again(self, now: datetime) -> None:
        full_and_waiting = (
            b"{partner: second, priority: 1, at_cap: wait, caps: [{per: total, leads: 0}]}"
        )
        source = CONFIGURATION.replace(b"{partner: second, priority: 1}", full_and_waiting)
        world = SmallWorld(now, source)
        fail(world, 10)
        lead_id = world.post("Waits for room at the second")
        before = leads.get(world.account_id, lead_id).state
        (probe,) = due(world, 30)
        breakers.record_probe(probe=probe, sent=ALIVE, now=world.now)

        revisit_waiting_leads(account_id=world.account_id, leases=Leases(0), now=world.now)

        assert before == "waiting"
        assert [each.channel for each in deliveries.of_leads([lead_id])[lead_id]] == ["webhook"]


class TestGivingUp:
    def test_halts_after_five_days_of_nothing_but_failures(self, now: datetime) -> None:
        world = SmallWorld(now)
        fail(world, 10)
        (probe,) = due(world, HALT_AFTER.total_seconds())

        breakers.record_probe(probe=probe, sent=DEAD, now=world.now)

        assert len(halts.list_all(world.account_id)) == 1
        assert health.list_all(world.account_id) == {}

    def test_also_where_tries_are_too_few_to_open_the_breaker(self, now: datetime) -> None:
        world = SmallWorld(now)
        fail(world, 1, AMBIGUOUS)
        world.now += timedelta(hours=1)
        fail(world, 1)
        breakers.forget_all()
        world.now = now + HALT_AFTER

        fail(world, 1)

        assert len(halts.list_all(world.account_id)) == 1
