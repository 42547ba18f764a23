"""What is found to be looked at, from its beginning to its end, and who is told."""

from datetime import datetime, timedelta

import pytest
from msgspec.json import decode
from small_world import CONFIGURATION, DELIVERED, REFUSED, SmallWorld

from headgate.channels.contract import Sent
from headgate.channels.email.request import EmailRequest
from headgate.channels.webhook.request import WebhookRequest
from headgate.domain.alerts import AlertKind
from headgate.domain.deliveries import Outcome
from headgate.domain.health import Health
from headgate.services import alerts, setups, telling
from headgate.services.alerts import AlertShown
from headgate.services.errands import claim_errands
from headgate.services.poison import POISONED, SENDER_LOST
from headgate.services.preparing import prepare
from headgate.storage import halts, health, people
from headgate.storage.health import Key

pytestmark = pytest.mark.usefixtures("database", "installation")
NOT_SENT = Sent(outcome=Outcome.NOT_SENT, ms=5, written=False, error="refused")
SMTP = b"email: {smtp: {host: mail.example, sender: leads@acme.example, security: tls}}\n"
WEBHOOK = b'alerts: {webhook: "https://watch.example/alerts"}\n'


def first_key(world: SmallWorld) -> Key:
    seats = setups.in_force(world.account_id).seats.values()
    (seat,) = (each for each in seats if each.assignment.slug == "first")
    return Key(seat.partner_id, seat.ways[0].digest)


def open_breaker(world: SmallWorld) -> Key:
    key = first_key(world)
    opened = Health((), world.now, world.now, world.now + timedelta(minutes=1), 60)
    health.put(world.account_id, key, opened)
    return key


def review(world: SmallWorld, *, sender_lost: bool = False) -> None:
    changes = alerts.find_changes(sender_lost=sender_lost, now=world.now)
    alerts.write_changes(changes=changes, now=world.now)


def shown(world: SmallWorld) -> list[AlertShown]:
    page = alerts.list_alerts(account_id=world.account_id, is_open=None, before=None, limit=50)
    return page.items


def open_kinds(world: SmallWorld) -> list[str]:
    return [each.kind for each in shown(world) if each.ended_at is None]


class TestAnAlert:
    def test_is_opened_once_and_ended_when_it_is_over(self, now: datetime) -> None:
        world = SmallWorld(now)
        key = open_breaker(world)
        review(world)
        review(world)
        health.remove(key)
        world.now += timedelta(minutes=1)

        review(world)

        (alert,) = shown(world)
        assert alert.kind == AlertKind.CHANNEL_OPEN
        assert alert.text.startswith("First fails")
        assert (alert.opened_at, alert.ended_at) == (
            "2026-11-23T10:00:00.000Z",
            "2026-11-23T10:01:00.000Z",
        )

    def test_is_opened_anew_when_it_happens_again(self, now: datetime) -> None:
        world = SmallWorld(now)
        for _ in range(2):
            key = open_breaker(world)
            review(world)
            health.remove(key)
            review(world)

        assert len(shown(world)) == 2

    def test_says_why_a_partner_gets_nothing_more(self, now: datetime) -> None:
        world = SmallWorld(now)
        halts.add(world.account_id, *first_key(world), reason="410.", now=now)

        review(world)

        (alert,) = shown(world)
        assert alert.kind == AlertKind.CHANNEL_HALTED
        assert alert.text.endswith("410.")

    @pytest.mark.parametrize(
        ("leads", "kinds"), [(8, []), (9, [AlertKind.CAP_NEAR]), (10, [AlertKind.CAP_REACHED])]
    )
    def test_names_a_cap_near_its_limit(
        self, leads: int, kinds: list[AlertKind], now: datetime
    ) -> None:
        world = SmallWorld(
            now, CONFIGURATION.replace(b"{per: day, leads: 100}", b"{per: day, leads: 10}")
        )
        for number in range(leads):
            world.post(f"Lead {number}")
        world.answer(DELIVERED)

        review(world)

        assert open_kinds(world) == kinds

    @pytest.mark.parametrize(("matched", "kinds"), [(11, []), (10, [AlertKind.UNMATCHED_HIGH])])
    def test_counts_the_leads_that_found_nobody(
        self, matched: int, kinds: list[AlertKind], now: datetime
    ) -> None:
        world = SmallWorld(now)
        for number in range(20):
            world.post(f"Lead {number}", kind="house" if number < matched else "nobody")
        world.answer(DELIVERED)

        review(world)

        assert open_kinds(world) == kinds

    def test_tells_of_a_delivery_that_nobody_tries(self, now: datetime) -> None:
        world = SmallWorld(now)
        world.post("Ann")
        world.now += timedelta(seconds=60)

        review(world)

        assert open_kinds(world) == [AlertKind.DELIVERIES_LATE]

    def test_tells_of_a_lost_sender(self, now: datetime) -> None:
        world = SmallWorld(now)

        review(world, sender_lost=True)

        assert open_kinds(world) == [AlertKind.SENDER_LOST]

    def test_tells_for_ten_minutes_of_a_lost_worker(self, now: datetime) -> None:
        world = SmallWorld(now)
        world.post("Ann")
        claim_errands(limit=10, busy_partners=(), now=world.now)
        world.now += timedelta(minutes=1)
        claim_errands(limit=10, busy_partners=(), now=world.now)

        kinds = []
        for minutes in (9, 1):
            world.now += timedelta(minutes=minutes)
            review(world)
            kinds.append(open_kinds(world))

        assert kinds == [[AlertKind.WORKER_LOST], []]


class TestAPoisonedDelivery:
    def test_is_parked_after_three_losses(self, now: datetime) -> None:
        world = poisoned(now)

        review(world)

        (alert,) = shown(world)
        assert alert.kind == AlertKind.DELIVERY_POISONED
        assert alert.ended_at is None

    def test_is_not_sent_again(self, now: datetime) -> None:
        world = SmallWorld(now, RETRYING)
        world.post("Ann")
        lose(world, 3)

        (errand,) = claim_errands(limit=10, busy_partners=(), now=world.now)
        ready = prepare(errand, now=world.now)

        assert isinstance(ready, Sent)
        assert (ready.outcome, ready.error) == (Outcome.AMBIGUOUS, POISONED)


RETRYING = CONFIGURATION.replace(b"retry: none", b"retry: [1, 1, 1, 1, 1]")


def lose(world: SmallWorld, times: int) -> None:
    lost = Sent(outcome=Outcome.AMBIGUOUS, ms=0, written=True, error=SENDER_LOST)
    for _ in range(times):
        world.answer(lost)
        world.now += timedelta(seconds=2)


def poisoned(now: datetime) -> SmallWorld:
    world = SmallWorld(now, RETRYING)
    world.post("Ann")
    lose(world, 3)
    (errand,) = claim_errands(limit=10, busy_partners=(), now=world.now)
    ready = prepare(errand, now=world.now)
    assert isinstance(ready, Sent)
    world._record([(errand, ready)])
    return world


class TestTelling:
    def told(self, world: SmallWorld) -> list[telling.Telling]:
        return telling.take_tellings(now=world.now)

    def owner(self, world: SmallWorld) -> None:
        user = people.add_user("owner@acme.example", password_hash="!", now=world.now)
        people.add_member(world.account_id, user, people.Role.OWNER, now=world.now)

    def test_writes_to_the_owners(self, now: datetime) -> None:
        world = SmallWorld(now, CONFIGURATION + SMTP)
        self.owner(world)
        open_breaker(world)
        review(world)

        (each,) = self.told(world)

        (message,) = each.messages
        assert isinstance(message.request, EmailRequest)
        assert message.request.recipients == ("owner@acme.example",)

    def test_writes_to_those_who_are_named_instead(self, now: datetime) -> None:
        world = SmallWorld(now, CONFIGURATION + SMTP + b"alerts: {emails: [ops@acme.example]}\n")
        self.owner(world)
        open_breaker(world)
        review(world)

        (each,) = self.told(world)

        assert each.messages[0].request.recipients == ("ops@acme.example",)

    def test_posts_to_the_webhook_as_well(self, now: datetime) -> None:
        world = SmallWorld(now, CONFIGURATION + SMTP + WEBHOOK)
        self.owner(world)
        open_breaker(world)
        review(world)

        (each,) = self.told(world)

        webhook, _ = (message.request for message in each.messages)
        assert isinstance(webhook, WebhookRequest)
        body = decode(webhook.body)
        assert body["account"] == "acme"
        assert [alert["kind"] for alert in body["alerts"]] == ["channel_open"]

    def test_signs_what_it_posts_where_a_secret_is_set(self, now: datetime) -> None:
        signed = WEBHOOK.replace(b"}", b", secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAA}")
        world = SmallWorld(now, CONFIGURATION + signed)
        open_breaker(world)
        review(world)

        (each,) = self.told(world)

        secret = each.messages[0].request.signing_secret
        assert secret == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAA"

    def test_ends_once_anybody_was_reached(self, now: datetime) -> None:
        world = SmallWorld(now, CONFIGURATION + SMTP + WEBHOOK)
        self.owner(world)
        open_breaker(world)
        review(world)
        (each,) = self.told(world)

        told = telling.record_told(telling=each, sent=[NOT_SENT, DELIVERED], now=now)
        world.now += timedelta(hours=1)

        assert told
        assert self.told(world) == []
        assert shown(world)[0].told_at == "2026-11-23T10:00:00.000Z"

    def test_is_tried_again_in_five_minutes_when_nobody_was(self, now: datetime) -> None:
        world = SmallWorld(now, CONFIGURATION + WEBHOOK)
        open_breaker(world)
        review(world)
        (each,) = self.told(world)
        telling.record_told(telling=each, sent=[NOT_SENT], now=now)

        at_once = self.told(world)
        world.now += timedelta(minutes=5)

        assert at_once == []
        assert len(self.told(world)) == 1

    def test_tells_a_halted_partner_by_mail(self, now: datetime) -> None:
        source = CONFIGURATION.replace(
            b"name: First\n", b"name: First\n    email: in@first.example\n"
        )
        world = SmallWorld(now, source + SMTP)
        self.owner(world)
        halts.add(world.account_id, *first_key(world), reason="410.", now=now)
        review(world)

        (each,) = self.told(world)

        (to_partner,) = (message for message in each.messages if message.to_partner)
        assert to_partner.request.recipients == ("in@first.example",)
        assert b"Acme no longer sends leads to First" in to_partner.request.message

    @pytest.mark.parametrize(
        ("ours", "own"),
        [(b"", []), (b"alerts: {emails: [ops@acme.example]}\n", [REFUSED])],
        ids=["nobody", "an address that refuses"],
    )
    def test_writes_to_a_partner_once_although_no_one_of_ours_is_reached(
        self, ours: bytes, own: list[Sent], now: datetime
    ) -> None:
        source = CONFIGURATION.replace(
            b"name: First\n", b"name: First\n    email: in@first.example\n"
        )
        world = SmallWorld(now, source + SMTP + ours)
        halts.add(world.account_id, *first_key(world), reason="410.", now=now)
        review(world)
        (each,) = self.told(world)

        telling.record_told(telling=each, sent=[*own, DELIVERED], now=now)
        world.now += timedelta(hours=1)

        assert self.told(world) == []

    def test_tells_a_partner_that_it_is_reached_in_another_way(self, now: datetime) -> None:
        source = CONFIGURATION.replace(
            b"name: First\n", b"name: First\n    email: in@first.example\n"
        )
        two = source.replace(b"delivery: {channel: webhook", b"delivery: [{channel: webhook")
        two = two.replace(b'answer: {price: "$.price"}}', b"answer: {}}, {channel: inbox}]")
        world = SmallWorld(now, two + SMTP)
        halts.add(world.account_id, *first_key(world), reason="410.", now=now)
        review(world)

        (each,) = self.told(world)

        (to_partner,) = (message for message in each.messages if message.to_partner)
        assert b"Until then they come in another way." in to_partner.request.message
        assert "gets no more leads by webhook until" in shown(world)[0].text

    def test_leaves_it_to_the_list_where_nobody_can_be_reached(self, now: datetime) -> None:
        world = SmallWorld(now)
        open_breaker(world)
        review(world)

        assert self.told(world) == []
        assert open_kinds(world) == [AlertKind.CHANNEL_OPEN]
