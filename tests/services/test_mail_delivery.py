"""Leads by mail, as the services see them: with a mail server, without one, and after it is set."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from small_world import DELIVERED, SmallWorld

from headgate.channels.contract import Sent
from headgate.channels.email.request import EmailRequest
from headgate.domain.deliveries import Outcome
from headgate.domain.ids import DeliveryId, LeadId
from headgate.services import configuration, handling, mail_pauses, tracking
from headgate.services.delivery import Report, record_outcomes
from headgate.services.errands import claim_errands
from headgate.services.preparing import NO_SMTP, Prepared, prepare
from headgate.services.routing import Leases
from headgate.services.showing import LeadShown

pytestmark = pytest.mark.usefixtures("database", "installation")
BY_MAIL = b"""
version: 1
account: {slug: acme, name: Acme, timezone: UTC, currency: USD}
entities:
  - {slug: solar, name: Solar, fields: [{key: name, type: text}, {key: kind, type: text}],
     statuses: [New], duplicates: {match: [name], within_days: 30}}
sources: [{slug: site, entity: solar, name: Site}]
partners:
  - {slug: first, name: First, caps: [{per: day, leads: 1}],
     delivery: {channel: email, to: [leads@first.example]}}
  - {slug: second, name: Second, delivery: {channel: inbox}}
profiles:
  - slug: exclusive
    entity: solar
    name: Exclusive
    enabled: true
    strategy: first_match
    assignments: [{partner: first, priority: 2}, {partner: second, priority: 1}]
"""
SMTP = b"""
email: {smtp: {host: mail.acme.example, port: 587, security: starttls, username: acme,
               password: "one", sender: "Acme <leads@acme.example>"}}
"""
MANY_BY_MAIL = BY_MAIL.replace(b"caps: [{per: day, leads: 1}],", b"") + SMTP
NO_LOGIN = Sent(
    outcome=Outcome.NOT_SENT, ms=5, written=False, status=535, answer="535 No",
    error="The server answered AUTH with: 535 No", pauses_channel=True,
)  # fmt: skip


def apply(world: SmallWorld, source: bytes) -> None:
    configuration.apply_configuration(
        source=source, account_slug="acme", trusted=True, made_by="test", now=world.now
    )


def try_what_is_due(world: SmallWorld, answer: Sent = DELIVERED) -> list[Prepared | Sent]:
    """Claim, prepare, and record what the channel would answer; return what was prepared."""
    tried = []
    for errand in claim_errands(limit=9, busy_partners=(), now=world.now):
        ready = prepare(errand, now=world.now)
        shown, body = (None, None) if isinstance(ready, Sent) else (ready.shown, ready.body)
        sent = ready if isinstance(ready, Sent) else answer
        report = Report(errand, world.now, world.now, sent, shown, body)
        record_outcomes(reports=[report], leases=Leases(0), now=world.now)
        tried.append(ready)
    return tried


def shown(world: SmallWorld, lead_id: LeadId) -> LeadShown:
    return tracking.show_lead(account_id=world.account_id, lead_id=lead_id, in_clear=True)


class TestALeadByMail:
    def test_fails_at_once_without_a_mail_server(self, now: datetime) -> None:
        world = SmallWorld(now, BY_MAIL)
        lead_id = world.post("Ann")

        try_what_is_due(world)

        delivery = shown(world, lead_id).deliveries[0]
        assert (delivery.state, delivery.error) == ("failed", NO_SMTP)
        assert [each.error for each in delivery.attempts or ()] == [NO_SMTP]

    def test_goes_to_the_next_in_line_without_a_mail_server(self, now: datetime) -> None:
        world = SmallWorld(now, BY_MAIL)
        lead_id = world.post("Ann")

        try_what_is_due(world)
        try_what_is_due(world)

        partners = [(each.partner, each.state) for each in shown(world, lead_id).deliveries]
        assert partners == [("first", "failed"), ("second", "delivered")]

    def test_gives_its_place_back_without_a_mail_server(self, now: datetime) -> None:
        world = SmallWorld(now, BY_MAIL)
        world.post("Ann")
        try_what_is_due(world)

        lead_id = world.post("Bob")

        assert shown(world, lead_id).deliveries[0].partner == "first"

    def test_is_sent_when_it_is_retried_with_a_mail_server(self, now: datetime) -> None:
        world = SmallWorld(now, BY_MAIL.replace(b", {partner: second, priority: 1}", b""))
        lead_id = world.post("Ann")
        try_what_is_due(world)
        delivery = shown(world, lead_id).deliveries[0]
        apply(world, BY_MAIL + SMTP)

        handling.retry_delivery(
            account_id=world.account_id,
            delivery_id=DeliveryId(UUID(delivery.id)),
            leases=Leases(0),
            now=world.now,
        )
        (tried,) = try_what_is_due(world)

        assert isinstance(tried, Prepared)
        assert shown(world, lead_id).state == "delivered"

    def test_is_shown_as_the_mail_that_went_out(self, now: datetime) -> None:
        world = SmallWorld(now, BY_MAIL + SMTP)
        lead_id = world.post("Ann")

        try_what_is_due(world)

        (attempt,) = shown(world, lead_id).deliveries[0].attempts or ()
        assert attempt.request == {
            "to": ["leads@first.example"],
            "subject": "New lead: Solar",
            "text": "Name: Ann\nKind: house\n",
            "html": None,
            "attachments": [],
        }

    def test_uses_the_password_that_is_in_force_when_it_is_tried(self, now: datetime) -> None:
        world = SmallWorld(now, BY_MAIL + SMTP)
        world.post("Ann")
        apply(world, BY_MAIL + SMTP.replace(b'"one"', b'"mended"'))

        (tried,) = try_what_is_due(world)

        assert isinstance(tried, Prepared)
        assert isinstance(tried.request, EmailRequest)
        assert tried.request.server.password == "mended"

    def test_is_the_same_mail_on_every_try(self, now: datetime) -> None:
        world = SmallWorld(now, BY_MAIL + SMTP)
        world.post("Ann")
        later = Sent(outcome=Outcome.NOT_SENT, ms=1, written=False, error="later")
        (first,) = try_what_is_due(world, later)
        world.now += timedelta(seconds=10)

        (second,) = try_what_is_due(world)

        assert isinstance(first, Prepared)
        assert isinstance(second, Prepared)
        assert second.request.message == first.request.message


class TestARefusedLogin:
    def test_fails_no_lead_however_long_it_lasts(self, now: datetime) -> None:
        world = SmallWorld(now, BY_MAIL + SMTP)
        lead_id = world.post("Ann")

        for _ in range(50):
            try_what_is_due(world, NO_LOGIN)
            world.now += timedelta(minutes=5)

        delivery = shown(world, lead_id).deliveries[0]
        assert (delivery.state, delivery.tries) == ("pending", 50)

    def test_is_noted_with_the_servers_words(self, now: datetime) -> None:
        world = SmallWorld(now, BY_MAIL + SMTP)
        world.post("Ann")

        try_what_is_due(world, NO_LOGIN)

        pause = mail_pauses.find_pause(account_id=world.account_id)
        assert pause is not None
        assert (pause.reason, pause.paused_at) == ("535 No", now)

    def test_is_tried_again_after_five_minutes_by_one_delivery(self, now: datetime) -> None:
        world = SmallWorld(now, MANY_BY_MAIL)
        for name in ("Ann", "Bob", "Cid"):
            world.post(name)
            try_what_is_due(world, NO_LOGIN)
        world.now += timedelta(minutes=5)

        tried = try_what_is_due(world, NO_LOGIN)

        assert [isinstance(each, Prepared) for each in tried] == [True, False, False]

    def test_holds_new_leads_without_a_try(self, now: datetime) -> None:
        world = SmallWorld(now, MANY_BY_MAIL)
        world.post("Ann")
        try_what_is_due(world, NO_LOGIN)

        lead_id = world.post("Bob")
        try_what_is_due(world)

        delivery = shown(world, lead_id).deliveries[0]
        assert (delivery.state, delivery.tries) == ("pending", 0)
        assert delivery.error == "Mail is paused: 535 No"

    def test_is_forgotten_once_a_login_is_taken(self, now: datetime) -> None:
        world = SmallWorld(now, MANY_BY_MAIL)
        leads = [world.post("Ann"), world.post("Bob")]
        try_what_is_due(world, NO_LOGIN)
        world.now += timedelta(minutes=5)

        try_what_is_due(world)
        try_what_is_due(world)

        assert [shown(world, each).state for each in leads] == ["delivered", "delivered"]
        assert mail_pauses.find_pause(account_id=world.account_id) is None

    def test_is_tried_at_once_after_a_changed_setting(self, now: datetime) -> None:
        world = SmallWorld(now, BY_MAIL + SMTP)
        lead_id = world.post("Ann")
        try_what_is_due(world, NO_LOGIN)
        apply(world, BY_MAIL + SMTP.replace(b'"one"', b'"mended"'))

        try_what_is_due(world)

        assert shown(world, lead_id).state == "delivered"

    def test_outlasts_a_change_of_something_else(self, now: datetime) -> None:
        world = SmallWorld(now, BY_MAIL + SMTP)
        world.post("Ann")
        try_what_is_due(world, NO_LOGIN)

        apply(world, BY_MAIL.replace(b"name: Second", b"name: Other") + SMTP)

        assert try_what_is_due(world) == []

    def test_is_tried_at_once_when_a_person_says_so(self, now: datetime) -> None:
        world = SmallWorld(now, BY_MAIL + SMTP)
        lead_id = world.post("Ann")
        try_what_is_due(world, NO_LOGIN)

        mail_pauses.resume_mail(account_id=world.account_id, now=world.now)
        try_what_is_due(world)

        assert shown(world, lead_id).state == "delivered"

    def test_keeps_the_tries_and_the_time_of_a_delivery(self, now: datetime) -> None:
        world = SmallWorld(now, BY_MAIL + SMTP)
        lead_id = world.post("Ann")
        try_what_is_due(world, NO_LOGIN)
        world.now += timedelta(minutes=5)
        later = Sent(outcome=Outcome.NOT_SENT, ms=1, written=False, error="later")

        try_what_is_due(world, later)

        delivery = shown(world, lead_id).deliveries[0]
        assert delivery.state == "pending"
        assert delivery.next_try_at is not None
        assert delivery.next_try_at < (world.now + timedelta(seconds=7)).isoformat()
