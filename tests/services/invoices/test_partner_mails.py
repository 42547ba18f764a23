"""Invoices are mailed until the server takes them: tried again, given up, never sent twice."""

from datetime import datetime, timedelta

import pytest
from invoiced_world import BY, CONFIGURATION, InvoicedWorld

from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.domain.partner_mails import PAUSES
from headgate.services import alerts, configuration
from headgate.services.handling import NotInThisState
from headgate.services.invoices import invoice_showing, partner_mails
from headgate.services.invoices.invoice_showing import InvoiceShown
from headgate.services.invoices.partner_mails import Letter
from headgate.services.mail_test import NoMailServer
from headgate.storage import models
from headgate.storage.invoices import Invoice

pytestmark = pytest.mark.usefixtures("database", "installation")
SMTP = b"email: {smtp: {host: 127.0.0.1, port: 2525, security: none, sender: a@acme.example}}\n"
TAKEN = Sent(outcome=Outcome.DELIVERED, ms=1, written=True)
AWAY = Sent(outcome=Outcome.NOT_SENT, ms=1, written=False, error="no connection")
REFUSED = Sent(outcome=Outcome.REFUSED, ms=1, written=True, error="550 no such mailbox")
UNCLEAR = Sent(outcome=Outcome.AMBIGUOUS, ms=1, written=True, error="connection lost")


def with_invoice(now: datetime, more: bytes = SMTP) -> tuple[InvoicedWorld, Invoice]:
    world = InvoicedWorld(now, CONFIGURATION + more)
    world.sell(1)
    return world, world.issue()


def begin(world: InvoicedWorld, invoice: Invoice, to: str | None = None) -> Letter:
    found = invoice_showing.find_invoice(account_id=world.account_id, id=invoice.id, now=world.now)
    return partner_mails.begin_invoice(
        account_id=world.account_id, found=found, pdf=b"%PDF-1.7", to=to, by=BY, now=world.now
    )


def ends(letter: Letter, sent: Sent, now: datetime) -> None:
    partner_mails.record_letter(letter=letter, sent=sent, now=now)


def shown(world: InvoicedWorld, invoice: Invoice) -> InvoiceShown:
    return invoice_showing.find_invoice(
        account_id=world.account_id, id=invoice.id, now=world.now
    ).shown


def open_alerts(world: InvoicedWorld, now: datetime) -> list[str]:
    changes = alerts.find_changes(sender_lost=False, now=now)
    alerts.write_changes(changes=changes, now=now)
    page = alerts.list_alerts(account_id=world.account_id, is_open=True, before=None, limit=9)
    return [each.text for each in page.items if each.kind == "invoice_not_mailed"]


class TestAnInvoiceByMail:
    def test_goes_to_the_partners_address_for_invoices(self, now: datetime) -> None:
        world, invoice = with_invoice(now)

        letter = begin(world, invoice)

        assert letter.request.recipients == ("accounts@first.example",)
        assert b"2026-0001.pdf" in letter.request.message

    def test_that_was_taken_is_noted_and_done(self, now: datetime) -> None:
        world, invoice = with_invoice(now)

        ends(begin(world, invoice), TAKEN, now)

        found = shown(world, invoice)
        assert found.mail
        assert (found.mail.state, found.mail.to) == ("sent", "accounts@first.example")
        assert [(each.kind, each.by) for each in found.events] == [("mailed", BY)]
        assert partner_mails.take_letters(now=now + timedelta(days=9)) == []
        assert models.PartnerMail.objects.get().pdf is None

    def test_is_tried_again_as_the_same_mail(self, now: datetime) -> None:
        world, invoice = with_invoice(now)
        first = begin(world, invoice)
        ends(first, AWAY, now)

        early = partner_mails.take_letters(now=now + PAUSES[0] - timedelta(seconds=1))
        (again,) = partner_mails.take_letters(now=now + PAUSES[0])
        ends(again, TAKEN, now + PAUSES[0])

        assert early == []
        assert again.request.delivery_id == first.request.delivery_id
        found = shown(world, invoice).mail
        assert found
        assert (found.state, found.error) == ("sent", None)

    def test_is_given_up_after_a_day_and_that_is_an_alert(self, now: datetime) -> None:
        world, invoice = with_invoice(now)
        letter, at = begin(world, invoice), now
        ends(letter, AWAY, at)
        for pause in PAUSES:
            at += pause
            (letter,) = partner_mails.take_letters(now=at)
            ends(letter, AWAY, at)

        found = shown(world, invoice).mail

        assert found
        assert (found.state, found.error, found.try_at) == ("given_up", "no connection", None)
        text = (
            "Invoice 2026-0001 could not be mailed to accounts@first.example: no connection."
            " Send it again from its page."
        )
        assert open_alerts(world, at) == [text]
        ends(begin(world, invoice), TAKEN, at)
        assert open_alerts(world, at) == []

    @pytest.mark.parametrize(
        ("sent", "words"), [(REFUSED, "550 no such mailbox"), (UNCLEAR, "not clear whether")]
    )
    def test_is_not_tried_again_where_that_helps_nobody(
        self, now: datetime, sent: Sent, words: str
    ) -> None:
        world, invoice = with_invoice(now)

        ends(begin(world, invoice), sent, now)

        found = shown(world, invoice).mail
        assert found
        assert found.state == "given_up"
        assert words in (found.error or "")
        assert partner_mails.take_letters(now=now + timedelta(days=9)) == []

    def test_comes_again_after_a_crash_and_is_noted_once(self, now: datetime) -> None:
        world, invoice = with_invoice(now)
        lost = begin(world, invoice)  # nobody notes its end

        (again,) = partner_mails.take_letters(now=now + partner_mails.SEND_AGAIN_AFTER)
        ends(again, TAKEN, now)
        ends(lost, TAKEN, now)

        assert again.request.delivery_id == lost.request.delivery_id
        assert len(shown(world, invoice).events) == 1

    def test_waits_where_the_mail_server_was_taken_away(self, now: datetime) -> None:
        world, invoice = with_invoice(now)
        ends(begin(world, invoice), AWAY, now)
        without = (CONFIGURATION + SMTP).replace(SMTP, b"email: {}\n")
        configuration.apply_configuration(
            source=without, account_slug=None, trusted=True, made_by=BY, now=now
        )

        assert partner_mails.take_letters(now=now + PAUSES[0]) == []
        found = shown(world, invoice).mail
        assert found
        assert (found.state, found.error) == ("waiting", "the account has no mail server")

    def test_needs_an_issued_invoice_and_a_server(self, now: datetime) -> None:
        world, invoice = with_invoice(now, b"email: {}\n")
        world.sell(1)
        draft = invoice_showing.find_invoice(account_id=world.account_id, id=world.draft(), now=now)

        with pytest.raises(NoMailServer):
            begin(world, invoice)
        with pytest.raises(NotInThisState, match="draft"):
            partner_mails.begin_invoice(
                account_id=world.account_id, found=draft, pdf=b"", to=None, by=BY, now=now
            )
        assert not models.PartnerMail.objects.exists()
