"""Mails that were delivered and came back: marked, credited once, and told."""

from collections.abc import Callable
from datetime import datetime

import pytest
from mailroom import BOUNCING, BOUNCING_HOURLY, HOUR, IMAP, Mailroom, entries, sold

from headgate.channels.email.bounces import Bounce
from headgate.channels.email.return_path import tokens_in
from headgate.services import alerts, bounces, configuration, tracking, verification
from headgate.services.errands import claim_errands
from headgate.services.preparing import Prepared, prepare

pytestmark = pytest.mark.usefixtures("database", "installation")


def come_back(mailroom: Mailroom, bounce: Bounce) -> bool:
    return bounces.return_bounced(
        account_id=mailroom.world.account_id, bounce=bounce, now=mailroom.world.now
    )


@pytest.fixture
def mailroom(now: datetime) -> Mailroom:
    return Mailroom(now, BOUNCING)


class TestAMailThatCameBack:
    def test_is_returned_with_the_servers_words(self, mailroom: Mailroom) -> None:
        lead_id, bounce = sold(mailroom)

        assert come_back(mailroom, bounce)

        delivery = mailroom.of(lead_id)
        assert (delivery.state, delivery.error) == (
            "returned", "The mail came back: 550 no such user",
        )  # fmt: skip

    def test_has_its_charge_credited_once(self, mailroom: Mailroom) -> None:
        _, bounce = sold(mailroom)

        for _ in range(2):
            assert come_back(mailroom, bounce)

        assert entries(mailroom) == [("charge", 1000), ("credit", 1000)]

    def test_is_credited_once_by_readers_at_the_same_moment(
        self, mailroom: Mailroom, at_once: Callable[..., list[bool]]
    ) -> None:
        _, bounce = sold(mailroom)

        done = at_once(*[lambda: come_back(mailroom, bounce)] * 4)

        assert done == [True] * 4
        assert entries(mailroom) == [("charge", 1000), ("credit", 1000)]

    def test_keeps_its_place_and_every_count_true(self, mailroom: Mailroom) -> None:
        lead_id, bounce = sold(mailroom)

        come_back(mailroom, bounce)

        assert mailroom.of(lead_id).holds_place
        assert list(verification.verify()) == []

    def test_leaves_its_lead_undelivered(self, mailroom: Mailroom) -> None:
        lead_id, bounce = sold(mailroom)

        come_back(mailroom, bounce)

        shown = tracking.show_lead(
            account_id=mailroom.world.account_id, lead_id=lead_id, in_clear=True
        )
        assert (shown.state, len(shown.deliveries)) == ("undelivered", 1)

    def test_is_told_as_an_alert(self, mailroom: Mailroom) -> None:
        _, bounce = sold(mailroom)

        come_back(mailroom, bounce)

        page = alerts.list_alerts(
            account_id=mailroom.world.account_id, is_open=True, before=None, limit=9
        )
        assert [(each.kind, each.text) for each in page.items] == [
            ("mail_bounced", "A mail to partner first came back; its deliveries say why.")
        ]


class TestTheAccountsRule:
    @pytest.mark.parametrize("credit", [True, False])
    @pytest.mark.parametrize("give_place_back", [True, False])
    def test_says_what_becomes_of_charge_and_place(
        self, now: datetime, credit: bool, give_place_back: bool
    ) -> None:
        rule = f"{{credit: {str(credit).lower()}, give_place_back: {str(give_place_back).lower()}}}"
        mailroom = Mailroom(now, BOUNCING + f"returns: {{bounced: {rule}}}\n".encode())
        lead_id, bounce = sold(mailroom)

        for _ in range(2):
            come_back(mailroom, bounce)

        assert mailroom.states([lead_id]) == ["returned"]
        assert ("credit", 1000) in entries(mailroom) or not credit
        assert len(entries(mailroom)) == (2 if credit else 1)
        assert mailroom.of(lead_id).holds_place is not give_place_back
        assert list(verification.verify()) == []


class TestABounceThatNobodySigned:
    def test_changes_nothing_and_is_done_with(self, mailroom: Mailroom) -> None:
        lead_id, bounce = sold(mailroom)
        # Not the last letter, of which some bits mean nothing.
        signature = bounce.token[-9]
        other = "b" if signature == "a" else "a"
        token = f"{bounce.token[:-9]}{other}{bounce.token[-8:]}"
        forged = Bounce(token, bounce.recipients, bounce.words)

        assert come_back(mailroom, forged)

        assert mailroom.states([lead_id]) == ["delivered"]
        assert entries(mailroom) == [("charge", 1000)]

    def test_is_not_believed_from_another_account(self, mailroom: Mailroom) -> None:
        lead_id, bounce = sold(mailroom)
        source = BOUNCING.replace(b"slug: acme", b"slug: other")
        other = configuration.apply_configuration(
            source=source, account_slug=None, trusted=True, made_by="test",
            now=mailroom.world.now,
        )  # fmt: skip

        bounces.return_bounced(account_id=other.account.id, bounce=bounce, now=mailroom.world.now)

        assert mailroom.states([lead_id]) == ["delivered"]


class TestAMailToSeveral:
    def test_is_returned_only_when_nobody_got_it(self, now: datetime) -> None:
        to = b"to: [leads@first.example, Second@first.example]"
        mailroom = Mailroom(now, BOUNCING.replace(b"to: [leads@first.example]", to))
        lead_id, bounce = sold(mailroom)

        come_back(mailroom, bounce)
        first = mailroom.of(lead_id)
        all_of_them = bounce.recipients | {"second@first.example"}
        come_back(mailroom, Bounce(bounce.token, all_of_them, bounce.words))

        assert (first.state, first.error) == (
            "delivered", "The mail came back: 550 no such user",
        )  # fmt: skip
        assert mailroom.states([lead_id]) == ["returned"]


class TestALetterThatCameBack:
    def test_is_returned_with_all_its_leads(self, now: datetime) -> None:
        mailroom = Mailroom(now, BOUNCING_HOURLY)
        leads = [mailroom.world.post(name) for name in ("Ann", "Bob")]
        mailroom.world.now += HOUR
        (mail,) = mailroom.send()
        (token,) = tokens_in(mail.sender)

        come_back(mailroom, Bounce(token, frozenset(), "550 no such user"))

        assert mailroom.states(leads) == ["returned", "returned"]

    def test_is_looked_at_again_while_a_lead_of_it_is_open(self, now: datetime) -> None:
        mailroom = Mailroom(now, BOUNCING_HOURLY)
        leads = [mailroom.world.post(name) for name in ("Ann", "Bob")]
        mailroom.world.now += HOUR
        (errand,) = mailroom.claim()
        token = errand.setup.vault.return_token(errand.delivery.letter_id or errand.delivery.id)
        bounce = Bounce(token, frozenset(), "550 no such user")

        assert not come_back(mailroom, bounce)

        assert mailroom.states(leads) == ["sending", "sending"]


class TestAMailWithoutAMailbox:
    def test_has_the_senders_own_return_path(self, now: datetime) -> None:
        mailroom = Mailroom(now, BOUNCING.replace(IMAP, b""))
        mailroom.world.post("Ann")
        (errand,) = claim_errands(limit=9, busy_partners=(), now=now)

        ready = prepare(errand, now=now)

        assert isinstance(ready, Prepared)
        assert ready.request.sender == "leads@acme.example"
