"""Leads that go to a partner in one letter: gathered, sent, and sent again."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from uuid import UUID

import pytest
from django.db import connection
from mailroom import HOUR, HOURLY, Mailroom
from small_world import AMBIGUOUS, DELIVERED, REFUSED
from test_mail_delivery import NO_LOGIN

from headgate.channels.contract import Sent
from headgate.channels.email.request import EmailRequest
from headgate.domain.deliveries import Outcome
from headgate.domain.ids import DeliveryId, LeadId
from headgate.services import configuration, digests, handling, tracking, verification
from headgate.services.errands import Errand, claim_errands
from headgate.services.preparing import Prepared, prepare
from headgate.services.privacy import erasing
from headgate.services.routing import Leases
from headgate.storage import deliveries

pytestmark = pytest.mark.usefixtures("database", "installation")
LATER = Sent(outcome=Outcome.NOT_SENT, ms=1, written=False, error="later")


@pytest.fixture
def mailroom(now: datetime) -> Mailroom:
    return Mailroom(now)


def names_in(mail: EmailRequest) -> list[str]:
    parsed = message_from_bytes(mail.message, policy=default)
    (attachment,) = parsed.iter_attachments()
    content = attachment.get_payload(decode=True)
    assert isinstance(content, bytes)
    text = content.decode("utf-8-sig")
    return [row[0] for row in csv.reader(io.StringIO(text, newline=""))][1:]


def charges() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM storage_ledgerentry WHERE kind = 'charge'")
        return int(cursor.fetchone()[0])


class TestALeadOfADigest:
    def test_waits_as_pending_for_the_next_full_hour(self, mailroom: Mailroom) -> None:
        lead_id = mailroom.world.post("Ann")

        assert mailroom.send() == []
        assert claim_errands(limit=9, busy_partners=(), now=mailroom.world.now + 9 * HOUR) == []
        waiting = mailroom.of(lead_id)
        assert (waiting.state, waiting.due_at) == ("pending", next_hour(mailroom.world.now))

    def test_has_its_time_to_give_up_after_the_digest(self, mailroom: Mailroom) -> None:
        delivery = mailroom.of(mailroom.world.post("Ann"))

        assert delivery.due_at is not None
        assert delivery.give_up_at == delivery.due_at + timedelta(minutes=15)

    def test_keeps_its_exclusive_lead_open(self, mailroom: Mailroom) -> None:
        lead_id = mailroom.world.post("Ann")

        shown = tracking.show_lead(
            account_id=mailroom.world.account_id, lead_id=lead_id, in_clear=True
        )
        assert shown.state == "in_delivery"


class TestADueDigest:
    def test_goes_as_one_letter_that_delivers_all(self, mailroom: Mailroom) -> None:
        leads = [mailroom.world.post(name) for name in ("Ann", "Bob", "Cid")]
        mailroom.world.now += HOUR

        (mail,) = mailroom.send()

        assert names_in(mail) == ["Ann", "Bob", "Cid"]
        assert mailroom.states(leads) == ["delivered"] * 3
        assert charges() == 3

    def test_holds_what_came_before_the_hour_alone(self, mailroom: Mailroom) -> None:
        mailroom.world.post("Ann")
        mailroom.world.now += HOUR
        mailroom.world.post("Bob")

        (first,) = mailroom.send()
        mailroom.world.now += HOUR
        (second,) = mailroom.send()

        assert (names_in(first), names_in(second)) == (["Ann"], ["Bob"])

    def test_delivers_nothing_when_its_letter_is_refused(self, mailroom: Mailroom) -> None:
        leads = [mailroom.world.post(name) for name in ("Ann", "Bob")]
        mailroom.world.now += HOUR

        mailroom.send(REFUSED)

        assert mailroom.states(leads) == ["rejected", "rejected"]
        partners = [len(each) for each in deliveries.of_leads(leads).values()]
        assert (partners, charges()) == ([2, 2], 0)

    def test_keeps_an_attempt_beside_each_lead(self, mailroom: Mailroom) -> None:
        leads = [mailroom.world.post(name) for name in ("Ann", "Bob")]
        mailroom.world.now += HOUR

        mailroom.send()

        kept = [deliveries.attempts_of([mailroom.of(each).id]) for each in leads]
        requests = [str(attempt.request) for of in kept for (attempt,) in of.values()]
        assert [("Ann" in each, "Bob" in each) for each in requests] == [
            (True, False), (False, True),
        ]  # fmt: skip

    def test_of_five_hundred_leads_is_one_letter(self, mailroom: Mailroom) -> None:
        names = [f"Lead {number:03}" for number in range(500)]
        leads = [mailroom.world.post(name) for name in names]
        mailroom.world.now += HOUR

        (mail,) = mailroom.send()

        assert names_in(mail) == names
        assert set(mailroom.states(leads)) == {"delivered"}
        assert charges() == 500
        assert list(verification.verify()) == []

    def test_goes_on_in_another_letter_when_it_is_too_long(
        self, mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(digests, "MOST_IN_A_LETTER", 2)
        for name in ("Ann", "Bob", "Cid"):
            mailroom.world.post(name)
        mailroom.world.now += HOUR

        letters = [*mailroom.send(), *mailroom.send()]

        assert [names_in(each) for each in letters] == [["Ann", "Bob"], ["Cid"]]
        assert len({message_id(each) for each in letters}) == 2

    def test_has_no_test_leads_among_others(self, now: datetime) -> None:
        mailroom = Mailroom(now, HOURLY.replace(b"name: First,", b"name: First, test_leads: send,"))
        mailroom.world.post("Ann")
        mailroom.world.post("Test", test=True)
        mailroom.world.now += HOUR

        letters = sorted(map(names_in, mailroom.send()))

        assert letters == [["Ann"], ["Test"]]

    def test_leaves_out_a_lead_that_was_cancelled(self, mailroom: Mailroom) -> None:
        ann, bob = mailroom.world.post("Ann"), mailroom.world.post("Bob")
        act_on(mailroom, handling.cancel_delivery, ann)
        mailroom.world.now += HOUR

        (mail,) = mailroom.send()

        assert names_in(mail) == ["Bob"]
        assert mailroom.states([ann, bob]) == ["cancelled", "delivered"]

    def test_goes_out_of_one_hand_only(
        self, mailroom: Mailroom, at_once: Callable[..., list[list[Errand]]]
    ) -> None:
        leads = [mailroom.world.post(str(number)) for number in range(20)]
        mailroom.world.now += HOUR

        claimed = [errand for each in at_once(*[mailroom.claim] * 4) for errand in each]

        assert [1 + len(each.companions) for each in claimed] == [20]
        assert set(mailroom.states(leads)) == {"sending"}


class TestALetterThatIsTriedAgain:
    def test_is_the_same_letter(self, mailroom: Mailroom) -> None:
        for name in ("Ann", "Bob"):
            mailroom.world.post(name)
        mailroom.world.now += HOUR
        (first,) = mailroom.send(LATER)
        mailroom.world.post("Cid")
        mailroom.world.now += timedelta(seconds=10)

        (second,) = mailroom.send()

        assert second.message == first.message

    def test_is_the_same_letter_after_its_worker_was_killed(self, mailroom: Mailroom) -> None:
        leads = [mailroom.world.post(name) for name in ("Ann", "Bob")]
        mailroom.world.now += HOUR
        (errand,) = mailroom.claim()
        first = prepare(errand, now=mailroom.world.now)
        mailroom.world.now += timedelta(minutes=2)

        (second,) = mailroom.send()

        assert isinstance(first, Prepared)
        assert second.message == first.request.message
        assert mailroom.states(leads) == ["delivered", "delivered"]
        assert charges() == 2

    def test_is_not_recorded_by_who_lost_the_lease(self, mailroom: Mailroom) -> None:
        leads = [mailroom.world.post(name) for name in ("Ann", "Bob")]
        mailroom.world.now += HOUR
        (lost,) = mailroom.claim()
        mailroom.world.now += timedelta(minutes=2)
        (again,) = mailroom.claim()

        mailroom.end(lost, REFUSED)
        mailroom.end(again, DELIVERED)

        assert mailroom.states(leads) == ["delivered", "delivered"]

    def test_waits_until_all_of_it_is_due(self, mailroom: Mailroom) -> None:
        ann, bob = mailroom.world.post("Ann"), mailroom.world.post("Bob")
        mailroom.world.now += HOUR
        mailroom.send(LATER)
        mailroom.world.now += timedelta(seconds=10)
        late = mailroom.of(bob)
        late.due_at = mailroom.world.now + timedelta(seconds=1)
        deliveries.save([late])

        too_early = mailroom.send()
        mailroom.world.now += timedelta(seconds=1)
        (mail,) = mailroom.send()

        assert too_early == []
        assert names_in(mail) == ["Ann", "Bob"]
        assert mailroom.states([ann, bob]) == ["delivered", "delivered"]

    def test_ends_unknown_for_all_when_nobody_can_know(self, mailroom: Mailroom) -> None:
        leads = [mailroom.world.post(name) for name in ("Ann", "Bob")]
        mailroom.world.now += HOUR

        for _ in range(9):
            mailroom.send(AMBIGUOUS)
            mailroom.world.now += timedelta(minutes=7)

        assert mailroom.states(leads) == ["unknown", "unknown"]

    def test_goes_without_a_lead_that_was_erased(self, mailroom: Mailroom) -> None:
        ann, bob = mailroom.world.post("Ann"), mailroom.world.post("Bob")
        mailroom.world.now += HOUR
        (first,) = mailroom.send(LATER)
        erasing.erase_lead(
            account_id=mailroom.world.account_id, lead_id=ann, leases=Leases(0),
            now=mailroom.world.now,
        )  # fmt: skip
        mailroom.world.now += timedelta(seconds=10)

        (second,) = mailroom.send()

        assert names_in(second) == ["Bob"]
        assert message_id(second) == message_id(first)
        assert mailroom.states([ann, bob]) == ["cancelled", "delivered"]

    def test_ends_a_lead_that_was_erased_while_it_was_sent(self, mailroom: Mailroom) -> None:
        ann, bob = mailroom.world.post("Ann"), mailroom.world.post("Bob")
        mailroom.world.now += HOUR
        (errand,) = mailroom.claim()
        erasing.erase_lead(
            account_id=mailroom.world.account_id, lead_id=ann, leases=Leases(0),
            now=mailroom.world.now,
        )  # fmt: skip

        mailroom.end(errand, LATER)
        mailroom.world.now += timedelta(seconds=10)
        (mail,) = mailroom.send()

        assert names_in(mail) == ["Bob"]
        assert mailroom.states([bob]) == ["delivered"]
        assert mailroom.of(ann).body is None


class TestAPersonsRetry:
    def test_sends_a_delivered_lead_again_in_a_letter_of_its_own(self, mailroom: Mailroom) -> None:
        ann = mailroom.world.post("Ann")
        mailroom.world.post("Bob")
        mailroom.world.now += HOUR
        (first,) = mailroom.send()

        act_on(mailroom, handling.retry_delivery, ann)
        (second,) = mailroom.send()

        assert names_in(second) == ["Ann"]
        assert message_id(second) != message_id(first)
        assert (mailroom.states([ann]), charges()) == (["delivered"], 2)
        assert mailroom.send() == []

    def test_sends_an_unknown_lead_at_once(self, mailroom: Mailroom) -> None:
        ann = mailroom.world.post("Ann")
        mailroom.world.now += HOUR
        for _ in range(9):
            mailroom.send(AMBIGUOUS)
            mailroom.world.now += timedelta(minutes=7)

        act_on(mailroom, handling.retry_delivery, ann)
        (mail,) = mailroom.send()

        assert names_in(mail) == ["Ann"]
        assert mailroom.states([ann]) == ["delivered"]


class TestAPauseOfMail:
    def test_holds_the_letter_whole(self, mailroom: Mailroom) -> None:
        leads = [mailroom.world.post(name) for name in ("Ann", "Bob")]
        mailroom.world.now += HOUR
        (first,) = mailroom.send(NO_LOGIN)
        mailroom.world.now += timedelta(minutes=1)
        held = mailroom.send()
        mailroom.world.now += timedelta(minutes=5)

        (second,) = mailroom.send()

        assert held == []
        assert second.message == first.message
        assert mailroom.states(leads) == ["delivered", "delivered"]

    def test_counts_a_probe_as_a_try_of_every_lead(self, mailroom: Mailroom) -> None:
        leads = [mailroom.world.post(name) for name in ("Ann", "Bob")]
        mailroom.world.now += HOUR

        for _ in range(3):
            mailroom.send(NO_LOGIN)
            mailroom.world.now += timedelta(minutes=6)

        assert [mailroom.of(each).attempts for each in leads] == [3, 3]

    def test_does_not_bring_a_digest_before_its_time(self, mailroom: Mailroom) -> None:
        mailroom.world.post("Ann")
        mailroom.world.now += HOUR
        mailroom.send(NO_LOGIN)
        waiting = mailroom.world.post("Bob")

        configuration.apply_configuration(
            source=HOURLY.replace(b'"one"', b'"two"'), account_slug="acme", trusted=True,
            made_by="test", now=mailroom.world.now,
        )  # fmt: skip
        letters = [names_in(each) for each in mailroom.send()]

        assert letters == [["Ann"]]
        assert mailroom.of(waiting).due_at == next_hour(mailroom.world.now)


def next_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0) + HOUR


def message_id(mail: EmailRequest) -> str:
    return str(message_from_bytes(mail.message)["message-id"])


def act_on(mailroom: Mailroom, act: Callable[..., object], lead_id: LeadId) -> None:
    act(
        account_id=mailroom.world.account_id,
        delivery_id=DeliveryId(UUID(str(mailroom.of(lead_id).id))),
        leases=Leases(0),
        now=mailroom.world.now,
    )
