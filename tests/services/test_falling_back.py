"""Several ways to one partner: which is used, what moves a delivery on, what it keeps."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from small_world import AMBIGUOUS, DELIVERED, REFUSED, SmallWorld

from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.domain.ids import LeadId
from headgate.services import (
    breakers,
    catalogue,
    handling,
    mail_pauses,
    setups,
    simulation,
    trial_delivery,
    verification,
)
from headgate.services.catalogue import ThingNotFound
from headgate.services.delivery import Report, record_outcomes
from headgate.services.digests import claim_digests
from headgate.services.errands import Errand, claim_errands
from headgate.services.identity import fresh_id
from headgate.services.invoices import billing
from headgate.services.preparing import Prepared, prepare
from headgate.services.routing import Leases
from headgate.services.showing import with_attempts
from headgate.services.submissions import Submission
from headgate.storage import deliveries, halts
from headgate.storage.deliveries import Delivery
from headgate.storage.ledger import LedgerFilter

pytestmark = pytest.mark.usefixtures("database", "installation")

JSON = '{channel: webhook, url: "https://first.example/", retry: %s}'
FORM = '{channel: webhook, url: "https://other.example/", format: form, retry: none}'
MAIL = "{channel: email, to: [first@mail.example]}"
SMTP = 'email: {smtp: {host: mail.example, security: none, sender: "a@acme.example"}}\n'
NOT_SENT = Sent(outcome=Outcome.NOT_SENT, ms=5, written=False, error="no way in")
LOGIN_REFUSED = Sent(outcome=Outcome.NOT_SENT, ms=5, written=False, pauses_channel=True)
GONE = Sent(outcome=Outcome.REFUSED, ms=5, written=True, status=410, gone=True)


def source(*ways: str, more: str = "", alone: bool = False) -> bytes:
    second = "" if alone else ", {partner: second, priority: 1}"
    return f"""
version: 1
account: {{slug: acme, name: Acme, timezone: UTC, currency: USD}}
{more}entities:
  - {{slug: solar, name: Solar, fields: [{{key: name, type: text}}, {{key: kind, type: text}}],
     statuses: [New]}}
sources: [{{slug: site, entity: solar, name: Site}}]
partners:
  - {{slug: first, name: First, caps: [{{per: day, leads: 99}}], delivery: [{", ".join(ways)}]}}
  - {{slug: second, name: Second, delivery: {{channel: inbox}}}}
profiles:
  - slug: exclusive
    entity: solar
    enabled: true
    price: "10.00"
    assignments: [{{partner: first, priority: 2}}{second}]
""".encode()


class World(SmallWorld):
    """A world in which every try is rendered, as the dispatcher does it."""

    def __init__(self, now: datetime, source: bytes) -> None:
        super().__init__(now, source)
        self.lead_ids: list[LeadId] = []

    def send(self, sent: Sent, *, errands: Sequence[Errand] | None = None) -> list[Errand]:
        """Try what is due; what has nothing to send ends as it does, the rest as `sent` says."""
        if errands is None:
            claimed = claim_errands(limit=99, busy_partners=(), now=self.now)
            errands = [errand for errand in claimed if not errand.held]
        reports = []
        for errand in errands:
            ready = prepare(errand, now=self.now)
            rendered = ready if isinstance(ready, Prepared) else None
            reports.append(
                Report(
                    errand=errand,
                    at=self.now,
                    ended_at=self.now,
                    sent=sent if isinstance(ready, Prepared) else ready,
                    shown=rendered.shown if rendered else None,
                    body=rendered.body if rendered else None,
                    parts=rendered.parts if rendered else (),
                )
            )
        record_outcomes(reports=reports, leases=Leases(0), now=self.now)
        return list(errands)

    def of(self, lead_id: LeadId) -> list[Delivery]:
        return deliveries.of_leads([lead_id])[lead_id]

    def shown(self, lead_id: LeadId) -> Any:
        return with_attempts(setups.in_force(self.account_id), self.of(lead_id))[0]

    def retry(self, delivery: Delivery) -> None:
        handling.retry_delivery(
            account_id=self.account_id, delivery_id=delivery.id, leases=Leases(0), now=self.now
        )


def world_with(now: datetime, *ways: str, more: str = "", alone: bool = False) -> World:
    return World(now, source(*ways, more=more, alone=alone))


def broken(now: datetime, *ways: str) -> World:
    """Return a world in which the breaker of the first settings is open."""
    world = world_with(now, *ways)
    for number in range(10):
        world.lead_ids.append(world.post(f"Lead {number}"))
    world.send(NOT_SENT)
    assert breakers.find_down(world.account_id)
    return world


def charges(world: World) -> int:
    page = billing.list_ledger(
        account_id=world.account_id, wanted=LedgerFilter(), before=None, limit=9
    )
    return len(page.items)


def assignment(world: World) -> dict[str, Any]:
    """Return the first partner's assignment as the API shows it."""
    return catalogue.show_assignment(account_id=world.account_id, profile="exclusive", slug="first")


class TestWhatMovesItOn:
    def test_is_the_last_try_that_certainly_did_not_deliver(self, now: datetime) -> None:
        world = world_with(now, JSON % "[60]", FORM)
        lead_id = world.post("Ann")
        (before,) = world.of(lead_id)
        world.send(NOT_SENT)
        world.now += timedelta(seconds=60)

        world.send(NOT_SENT)
        world.send(DELIVERED)

        (after,) = world.of(lead_id)
        assert (after.id, after.places, after.state) == (before.id, before.places, "delivered")
        assert [(each.n, each.outcome) for each in world.shown(lead_id).attempts] == [
            (1, "not_sent"),
            (2, "not_sent"),
            (3, "delivered"),
        ]
        assert charges(world) == 1
        assert list(verification.verify()) == []

    @pytest.mark.parametrize(
        ("sent", "state", "partners"), [(REFUSED, "rejected", 2), (AMBIGUOUS, "unknown", 1)]
    )
    def test_is_no_refusal_and_no_doubt(
        self, now: datetime, sent: Sent, state: str, partners: int
    ) -> None:
        world = world_with(now, JSON % "none", FORM)
        lead_id = world.post("Ann")

        world.send(sent)

        made = world.of(lead_id)
        assert (made[0].state, made[0].fallback, len(made)) == (state, None, partners)

    def test_is_never_a_worker_that_died(self, now: datetime) -> None:
        world = world_with(now, JSON % "none", FORM)
        lead_id = world.post("Ann")
        claim_errands(limit=9, busy_partners=(), now=world.now)
        deliveries.orphan_all(now=world.now)

        world.send(NOT_SENT)

        (made,) = world.of(lead_id)
        assert (made.state, made.fallback) == ("unknown", None)

    def test_is_mail_that_nobody_set_up(self, now: datetime) -> None:
        world = world_with(now, MAIL, FORM)
        lead_id = world.post("Ann")

        world.send(DELIVERED)

        assert [(each.channel, each.state) for each in world.of(lead_id)] == [
            ("webhook", "pending")
        ]

    def test_is_mail_that_is_paused(self, now: datetime) -> None:
        world = world_with(now, MAIL, FORM, more=SMTP)
        pauses, waits = world.post("Ann"), world.post("Ben")
        before = world.of(pauses)[0].give_up_at
        first = claim_errands(limit=1, busy_partners=(), now=world.now)

        world.send(LOGIN_REFUSED, errands=first)
        world.send(DELIVERED)

        assert mail_pauses.find_pause(account_id=world.account_id)
        (tried,), (spared,) = world.of(pauses), world.of(waits)
        assert (tried.fallback, tried.give_up_at, tried.state) == (1, before, "delivered")
        assert (spared.fallback, spared.give_up_at, spared.state) == (1, before, "pending")

    def test_ends_with_the_last_settings(self, now: datetime) -> None:
        world = world_with(now, JSON % "none", FORM)
        lead_id = world.post("Ann")

        world.send(NOT_SENT)
        world.send(NOT_SENT)

        assert [each.state for each in world.of(lead_id)] == ["failed", "pending"]
        assert list(verification.verify()) == []

    def test_ends_with_the_time(self, now: datetime) -> None:
        world = world_with(now, JSON % "[60]", FORM)
        lead_id = world.post("Ann")
        world.send(NOT_SENT)
        world.now += timedelta(minutes=16)

        world.send(NOT_SENT)

        assert world.of(lead_id)[0].state == "failed"


class TestOnTheWay:
    def test_attempts_say_channel_and_what_each_sent(self, now: datetime) -> None:
        world = world_with(now, JSON % "[0]", FORM, MAIL, more=SMTP)
        lead_id = world.post("Ann")

        for _ in range(4):
            world.send(NOT_SENT)

        shown = world.shown(lead_id)
        assert [each.channel for each in shown.attempts] == ["webhook"] * 3 + ["email"]
        sent = [(each.request or {}).get("body", "") for each in shown.attempts]
        assert [each[:1] for each in sent] == ["{", "{", "d", ""]
        assert (shown.channel, shown.fallback, shown.tries, shown.most_tries) == ("email", 2, 4, 13)

    def test_the_schedule_begins_anew_and_the_end_stays(self, now: datetime) -> None:
        world = world_with(now, JSON % "none", JSON.replace("first", "other") % "[60]")
        lead_id = world.post("Ann")

        world.send(NOT_SENT)
        world.send(NOT_SENT)

        (made,) = world.of(lead_id)
        assert made.due_at == now + timedelta(seconds=60)
        assert made.give_up_at == now + timedelta(minutes=15)

    def test_the_lease_lasts_as_long_as_the_new_settings_need(self, now: datetime) -> None:
        slow = FORM.replace("retry: none", "retry: none, timeout_seconds: 100")
        world = world_with(now, JSON % "none", slow)
        lead_id = world.post("Ann")
        world.send(NOT_SENT)

        claim_errands(limit=9, busy_partners=(), now=world.now)

        (made,) = world.of(lead_id)
        assert made.due_at == now + timedelta(seconds=100) + deliveries.LEASE_MARGIN

    def test_a_portal_has_the_time_that_is_left(self, now: datetime) -> None:
        world = world_with(now, JSON % "none", "{channel: portal, accept: required}")
        lead_id = world.post("Ann")

        world.send(NOT_SENT)

        (made,) = world.of(lead_id)
        assert (made.channel, made.due_at) == ("portal", made.give_up_at)

    def test_each_lead_of_a_digest_goes_on_by_itself(self, now: datetime) -> None:
        digest = MAIL.replace("}", ", digest: hourly, retry: none}")
        world = world_with(now, digest, FORM, more=SMTP)
        lead_ids = [world.post("Ann"), world.post("Ben")]
        world.now += timedelta(hours=1)

        letter = claim_digests(limit=9, busy_partners=(), now=world.now)
        world.send(NOT_SENT, errands=letter)
        world.send(DELIVERED)

        made = [world.of(each)[0] for each in lead_ids]
        assert {(each.state, each.digest_key, each.letter_id) for each in made} == {
            ("delivered", None, None)
        }

    def test_a_test_lead_goes_to_the_inbox_all_the_same(self, now: datetime) -> None:
        world = world_with(now, JSON % "none", FORM)
        lead_id = world.post("Ann", test=True)

        world.send(NOT_SENT)

        assert [(each.channel, each.state) for each in world.of(lead_id)] == [
            ("inbox", "delivered")
        ]


class TestSettingsThatAreDown:
    def test_are_passed_over_at_selection(self, now: datetime) -> None:
        world = broken(now, JSON % "none", FORM)

        lead_id = world.post("Ann")

        (made,) = world.of(lead_id)
        assert made.fallback == 1
        assert not assignment(world)["channel_down"]

    def test_move_on_what_waited_for_a_retry(self, now: datetime) -> None:
        world = broken(now, JSON % "[60]", FORM)
        world.now += timedelta(seconds=60)

        world.send(DELIVERED)
        world.send(DELIVERED)

        states = {each.state for lead_id in world.lead_ids for each in world.of(lead_id)}
        assert states == {"delivered"}
        assert list(verification.verify()) == []

    def test_keep_what_is_in_doubt(self, now: datetime) -> None:
        world = world_with(now, JSON % "[60]", FORM)
        for number in range(10):
            world.post(f"Lead {number}")
        world.send(AMBIGUOUS)
        world.now += timedelta(seconds=60)

        assert world.send(DELIVERED) == []

    def test_keep_leads_away_when_they_are_all(self, now: datetime) -> None:
        world = world_with(now, JSON % "none", FORM)
        world.post("Ann")
        world.send(GONE)
        world.send(GONE)

        later = world.post("Eve")

        assert assignment(world)["channel_down"]
        assert [each.channel for each in world.of(later)] == ["inbox"]

    def test_are_halted_alone_by_a_410_which_refuses_no_lead(self, now: datetime) -> None:
        world = world_with(now, JSON % "none", FORM)
        lead_id = world.post("Ann")

        world.send(GONE)
        world.send(DELIVERED)

        (made,) = world.of(lead_id)
        assert (made.state, made.fallback) == ("delivered", 1)
        assert len(halts.list_all(world.account_id)) == 1

    def test_are_enabled_together(self, now: datetime) -> None:
        world = world_with(now, JSON % "none", FORM)
        for name in ("Ann", "Ben"):
            world.post(name)
            world.send(GONE)

        catalogue.enable_channel(
            account_id=world.account_id,
            profile="exclusive",
            slug="first",
            by="ann@acme.example",
            now=world.now,
        )

        assert breakers.find_down(world.account_id) == {}


class TestARetryByHand:
    def test_begins_with_the_first_again(self, now: datetime) -> None:
        world = world_with(now, JSON % "none", FORM, alone=True)
        lead_id = world.post("Ann")
        world.send(NOT_SENT)
        world.send(NOT_SENT)
        (failed,) = world.of(lead_id)

        world.retry(failed)

        again = world.of(lead_id)[0]
        assert (again.fallback, again.state, again.attempts) == (None, "pending", 2)

    def test_begins_with_the_first_that_is_up(self, now: datetime) -> None:
        world = world_with(now, JSON % "none", FORM, alone=True)
        lead_id = world.post("Ann")
        world.send(GONE)
        world.send(NOT_SENT)
        (failed,) = world.of(lead_id)

        world.retry(failed)

        assert world.of(lead_id)[0].fallback == 1

    def test_stays_where_the_partner_may_have_it(self, now: datetime) -> None:
        world = world_with(now, JSON % "none", FORM)
        lead_id = world.post("Ann")
        world.send(NOT_SENT)
        world.send(AMBIGUOUS)
        (unknown,) = world.of(lead_id)

        world.retry(unknown)
        world.send(DELIVERED)

        (made,) = world.of(lead_id)
        assert (made.state, made.fallback, made.body) == ("delivered", 1, unknown.body)


class TestLookingAhead:
    def test_a_dry_run_shows_what_each_would_send(self, now: datetime) -> None:
        world = world_with(now, JSON % "none", FORM, MAIL, more=SMTP)
        submission = Submission(
            id=LeadId(fresh_id(now)),
            caller=world.key,
            entity="solar",
            fields={"name": "Ann"},
            received_at=now,
        )

        told = simulation.simulate_lead(account_id=world.account_id, submission=submission, now=now)

        (delivery,) = told.deliveries
        assert delivery.channel == "webhook"
        assert [each.channel for each in delivery.fallbacks] == ["webhook", "email"]
        assert all(each.request for each in delivery.fallbacks)

    def test_a_test_delivery_may_be_by_a_fall_back(self, now: datetime) -> None:
        world = world_with(now, JSON % "none", FORM)
        seats = trial_delivery.Seats()

        trial = trial_delivery.make_trial(
            account_id=world.account_id, partner="first", seats=seats, fallback=1, now=now
        )

        assert trial.shown is not None
        assert trial.shown["url"] == "https://other.example/"

    def test_there_is_no_test_delivery_by_what_is_not_there(self, now: datetime) -> None:
        world = world_with(now, JSON % "none", FORM)
        seats = trial_delivery.Seats()

        with pytest.raises(ThingNotFound, match="the last is 1"):
            trial_delivery.make_trial(
                account_id=world.account_id, partner="first", seats=seats, fallback=2, now=now
            )
