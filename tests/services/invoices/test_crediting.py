"""Credit notes take invoices back, and the ledger says so too."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from django.db import connection
from invoiced_world import BY, CONFIGURATION, InvoicedWorld

from headgate.domain.flaws import Flawed
from headgate.domain.ids import PartnerId
from headgate.domain.invoices import document as documents
from headgate.domain.ledger import Kind, effect
from headgate.domain.reports import By
from headgate.services import balances
from headgate.services.handling import NotInThisState
from headgate.services.invoices import crediting, invoice_showing, paying
from headgate.services.reports import reporting
from headgate.services.verification import verify
from headgate.storage import deliveries, invoices, ledger, models
from headgate.storage.invoice_lists import InvoiceFilter
from headgate.storage.invoices import Invoice
from headgate.storage.reports import ReportFilter

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


def owed(world: InvoicedWorld) -> int:
    partner = models.Partner.objects.get(account_id=world.account_id, slug="first")
    return -ledger.standing_of(PartnerId(partner.pk)).balance_minor


def credits_of(world: InvoicedWorld) -> list[tuple[int, str | None]]:
    rows = models.LedgerEntry.objects.filter(account_id=world.account_id, kind="credit")
    return list(rows.order_by("id").values_list("amount_minor", "reason"))


def shadow(table: str) -> None:
    """Put a copy without constraints before a table, for this connection."""
    connection.cursor().execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM {table}")


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


class TestALeadThatComesBackAfterACreditNote:
    def test_is_not_credited_again(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        lead, _ = world.sell(2)
        credit(world, world.issue())

        world.take_back(lead)

        assert owed(world) == 0
        (delivery,) = deliveries.of_leads([lead])[lead]
        assert delivery.state == "returned"
        assert "credit note 2026-0002 took its charge back before" in (delivery.error or "")
        assert credits_of(world) == [(0, delivery.error and delivery.error.split(". ")[1])]
        assert list(verify()) == []

    def test_gives_its_place_back_all_the_same(self, now: datetime) -> None:
        source = CONFIGURATION.replace(
            b"    billing: {name: First AG",
            b"    caps: [{per: day, leads: 2}]\n    billing: {name: First AG",
        )
        world = InvoicedWorld(now, source + b"returns: {granted: {give_place_back: true}}\n")
        lead, _ = world.sell(2)
        credit(world, world.issue())

        world.take_back(lead)
        world.sell(1)

        assert owed(world) == 1000
        assert list(verify()) == []

    def test_of_an_amount_is_credited_up_to_what_is_left(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        leads = world.sell(3)
        invoice = world.issue()
        credit(world, invoice, amount_minor=1500)

        for lead in leads:
            world.take_back(lead)

        assert [amount for amount, _ in credits_of(world)] == [1000, 500, 0]
        assert owed(world) == 0
        assert list(verify()) == []

    def test_tops_a_balance_up_once(self, now: datetime) -> None:
        source = CONFIGURATION.replace(
            b"    name: First\n", b"    name: First\n    prepaid: true\n"
        )
        world = InvoicedWorld(now, source)
        balances.top_up(
            account_id=world.account_id, partner="first", amount="20.00", reference=None, by=BY,
            now=now,
        )  # fmt: skip
        lead, _ = world.sell(2)
        credit(world, world.issue())

        world.take_back(lead)

        balance = balances.find_balance(account_id=world.account_id, partner="first")
        assert balance.available == "20.00"
        assert list(verify()) == []

    def test_is_no_revenue_any_more(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        lead, _ = world.sell(2)
        credit(world, world.issue())

        world.take_back(lead)

        report = reporting.report(
            account_id=world.account_id, by=By.PARTNER, wanted=ReportFilter(), now=now
        )
        assert (report.total.returned, report.total.revenue) == (1, "10.00")


class TestACreditNoteAfterReturns:
    """The lead came back after its invoice was issued, and its credit is billed later."""

    @pytest.mark.parametrize("is_billed", [False, True])
    def test_leaves_out_what_they_credited(self, now: datetime, is_billed: bool) -> None:
        world = InvoicedWorld(now)
        lead, _ = world.sell(2)
        invoice = world.issue()
        world.take_back(lead)
        if is_billed:
            world.issue()

        note = credit(world, invoice)

        assert note.net_minor == -1000
        assert owed(world) == 0
        assert list(verify()) == []

    def test_leaves_the_credit_of_a_lead_that_another_bills(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        lead, _ = world.sell(2)
        first = world.issue()
        world.take_back(lead)
        world.sell(2)
        second = world.issue()

        notes = [credit(world, each).net_minor for each in (second, first)]

        assert (second.net_minor, notes) == (1000, [-2000, -1000])
        assert owed(world) == 0
        assert list(verify()) == []

    def test_is_refused_where_nothing_is_left(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        (lead,) = world.sell(1)
        invoice = world.issue()
        world.take_back(lead)

        with pytest.raises(NotInThisState, match="returns of its leads"):
            credit(world, invoice)

    def test_and_one_at_the_same_moment_credits_each_lead_once(
        self, now: datetime, at_once: Callable[..., list[Any]]
    ) -> None:
        world = InvoicedWorld(now)
        leads = world.sell(8)
        invoice = world.issue()

        def credit_the_rest() -> None:
            # Where all the returns were quicker, there is no rest.
            with suppress(NotInThisState):
                credit(world, invoice)

        at_once(credit_the_rest, *[partial(world.take_back, lead) for lead in leads])

        assert owed(world) == 0
        assert list(verify()) == []


class TestVerify:
    def test_finds_a_lead_that_was_credited_twice(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        lead, _ = world.sell(2)
        invoice = world.issue()
        world.take_back(lead)
        credit(world, invoice)
        charge = models.LedgerEntry.objects.get(delivery__lead_id=lead, kind="charge")

        shadow("storage_creditedcharge")
        models.CreditedCharge.objects.update(entry=charge)

        assert {breach.check for breach in verify()} == {"credited_twice"}

    def test_finds_an_invoice_of_which_too_much_came_back(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        lead, _ = world.sell(2)
        credit(world, world.issue())
        world.take_back(lead)

        shadow("storage_ledgerentry")
        models.LedgerEntry.objects.filter(kind="credit").update(amount_minor=1000)

        assert {breach.check for breach in verify()} >= {"credited_twice", "credited_beyond"}


class TestWhatIsOpen:
    def opens(self, world: InvoicedWorld) -> list[str]:
        page = invoice_showing.list_invoices(
            account_id=world.account_id,
            wanted=InvoiceFilter(),
            before=None,
            limit=9,
            now=world.now,
        )
        return [row.open for row in page.items]

    def test_is_less_by_a_note_before_the_payment(self, now: datetime) -> None:
        world, invoice = sold_and_billed(now)

        credit(world, invoice, amount_minor=1000)

        assert self.opens(world) == ["0.00", "23.80"]

    def test_is_nothing_of_a_paid_invoice_and_a_later_note_is_to_be_paid_back(
        self, now: datetime
    ) -> None:
        world, invoice = sold_and_billed(now)
        paying.mark_paid(
            account_id=world.account_id, id=invoice.id, paid_on=now.date(), by=BY, now=now
        )

        credit(world, invoice)

        assert self.opens(world) == ["-35.70", "0.00"]

    def test_comes_to_what_the_ledger_says(self, now: datetime) -> None:
        world = InvoicedWorld(now, CONFIGURATION.replace(b', tax: "19"', b""))
        lead, _ = world.sell(2)
        first = world.issue()
        world.take_back(lead)
        world.sell(2)
        second = world.issue()

        credit(world, second)

        assert self.opens(world) == ["0.00", "-10.00", "20.00"]
        assert owed(world) == 1000
        credit(world, first)
        assert self.opens(world) == ["0.00", "0.00", "-10.00", "10.00"]
        assert owed(world) == 0
