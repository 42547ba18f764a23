"""Credit notes take invoices back, and the ledger says so too."""

from datetime import datetime
from typing import Any

import pytest
from invoiced_world import BY, InvoicedWorld

from headgate.domain.flaws import Flawed
from headgate.domain.invoices import document as documents
from headgate.domain.ledger import Kind, effect
from headgate.services.handling import NotInThisState
from headgate.services.invoices import crediting, invoice_showing
from headgate.services.verification import verify
from headgate.storage import invoices, models
from headgate.storage.invoices import Invoice

pytestmark = pytest.mark.usefixtures("database", "installation")


def credit(world: InvoicedWorld, invoice: Invoice, **more: Any) -> Invoice:
    return crediting.credit_invoice(
        account_id=world.account_id, id=invoice.id, by=BY, now=world.now, **more
    )


def sold_and_billed(now: datetime) -> tuple[InvoicedWorld, Invoice]:
    world = InvoicedWorld(now)
    first, *_ = world.sell(4)
    world.take_back(first)
    return world, world.issue()


class TestACreditNote:
    def test_mirrors_its_invoice(self, now: datetime) -> None:
        world, invoice = sold_and_billed(now)

        note = credit(world, invoice)

        assert (note.number, note.kind) == ("2026-0002", "credit_note")
        assert note.total_minor == -invoice.total_minor == -3570
        assert [line.quantity for line in documents.decode(note.document).lines] == [-4, 1]

    def test_settles_its_invoice_and_the_ledger(self, now: datetime) -> None:
        world, invoice = sold_and_billed(now)

        credit(world, invoice)

        found = invoice_showing.find_invoice(
            account_id=world.account_id, id=invoice.id, now=now
        ).shown
        assert (found.state, found.open) == ("credited", "0.00")
        assert [each.number for each in found.credit_notes] == ["2026-0002"]
        entries = models.LedgerEntry.objects.values_list("kind", "amount_minor")
        assert sum(effect(Kind(kind), amount) for kind, amount in entries) == 0
        assert list(verify()) == []

    def test_of_an_amount_leaves_the_rest_open(self, now: datetime) -> None:
        world, invoice = sold_and_billed(now)

        credit(world, invoice, amount_minor=1000, reason="Late leads")

        found = invoice_showing.find_invoice(
            account_id=world.account_id, id=invoice.id, now=now
        ).shown
        assert (found.state, found.open) == ("issued", "23.80")
        assert list(verify()) == []

    def test_takes_what_is_left(self, now: datetime) -> None:
        world, invoice = sold_and_billed(now)
        credit(world, invoice, amount_minor=1000)

        rest = credit(world, invoice)

        assert rest.net_minor == -2000
        with pytest.raises(NotInThisState, match="all of it"):
            credit(world, invoice)

    def test_of_more_than_is_left_is_refused(self, now: datetime) -> None:
        world, invoice = sold_and_billed(now)

        with pytest.raises(Flawed, match=r"at most 30\.00"):
            credit(world, invoice, amount_minor=3001)

    def test_of_a_credit_note_or_a_draft_is_refused(self, now: datetime) -> None:
        world, invoice = sold_and_billed(now)
        note = credit(world, invoice)
        world.sell(1)
        draft = invoices.find_draft(world.account_id, world.draft())
        assert draft

        with pytest.raises(NotInThisState, match="credit note itself"):
            credit(world, note)
        with pytest.raises(NotInThisState, match="draft"):
            crediting.credit_invoice(account_id=world.account_id, id=draft.id, by=BY, now=now)
