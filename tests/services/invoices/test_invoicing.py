"""Drafts become invoices: numbered without gaps, fixed for ever, each entry in one."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection
from invoiced_world import BY, CONFIGURATION, NOVEMBER, InvoicedWorld
from small_world import DELIVERED

from headgate.domain.flaws import Flawed
from headgate.domain.invoices import document as documents
from headgate.domain.invoices.state import InvoiceState
from headgate.services import alerts, configuration
from headgate.services.handling import NotInThisState
from headgate.services.invoices import billing_rounds, invoice_showing, paying
from headgate.services.invoices.drawing_up import Period
from headgate.services.invoices.invoice_showing import InvoiceShown
from headgate.services.verification import verify
from headgate.storage import invoice_lists, invoices, models
from headgate.storage.invoice_lists import InvoiceFilter

pytestmark = pytest.mark.usefixtures("database", "installation")


def shown(world: InvoicedWorld, id: invoices.InvoiceId) -> InvoiceShown:
    return invoice_showing.find_invoice(account_id=world.account_id, id=id, now=world.now).shown


def change(world: InvoicedWorld, source: bytes) -> None:
    configuration.apply_configuration(
        source=source, account_slug=None, trusted=True, made_by="test", now=world.now
    )


class TestADraft:
    def test_says_what_is_to_be_billed_now(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        world.sell(2)
        draft = world.draft()

        world.sell(1)

        (line,) = shown(world, draft).lines
        assert (line.title, line.quantity, line.net) == ("Leads, Exclusive", 3, "30.00")

    def test_of_a_period_is_there_once(self, now: datetime) -> None:
        world = InvoicedWorld(now)

        assert world.draft() == world.draft()

    def test_counts_older_entries_that_it_leaves_out(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        world.sell(2)

        later = world.draft(Period(date(2026, 11, 24), date(2026, 12, 1)))

        assert shown(world, later).unbilled_before == 2

    def test_begins_and_ends_by_the_accounts_calendar(self, now: datetime) -> None:
        world = InvoicedWorld(datetime(2026, 11, 30, 23, 30, tzinfo=UTC))  # December in Berlin
        world.sell(1)

        assert shown(world, world.draft()).lines == []

    def test_without_a_day_is_refused(self, now: datetime) -> None:
        world = InvoicedWorld(now)

        with pytest.raises(Flawed, match="after 'from'"):
            world.draft(Period(date(2026, 11, 1), date(2026, 11, 1)))


class TestAnInvoice:
    def test_taxes_what_leads_cost(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        first, *_ = world.sell(3)
        world.take_back(first)

        invoice = world.issue()

        found = shown(world, invoice.id)
        assert (found.number, found.state) == ("2026-0001", "issued")
        assert (found.net, found.tax, found.total) == ("20.00", "3.80", "23.80")
        assert found.due_on == "2026-12-07"

    def test_bills_what_no_other_has(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        world.sell(2)
        world.issue()
        world.sell(1)

        second = world.issue()

        assert (second.number, second.net_minor) == ("2026-0002", 1000)

    def test_leaves_out_what_nobody_knows_of(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        world.sell(1)
        world.post("Open")  # never answered

        assert world.issue().net_minor == 1000

    def test_keeps_what_it_said_when_addresses_change(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        world.sell(1)
        invoice = world.issue()

        change(world, CONFIGURATION.replace(b"First AG", b"Second AG").replace(b'"19"', b'"7"'))

        found = shown(world, invoice.id)
        assert (found.buyer.name, found.tax) == ("First AG", "1.90")

    def test_of_more_returned_than_sold_is_a_credit_note(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        (lead,) = world.sell(1)
        world.issue()
        world.take_back(lead)

        second = world.issue()

        assert (second.kind, second.total_minor, second.due_on) == ("credit_note", -1190, None)

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE storage_invoice SET total_minor = 1",
            "DELETE FROM storage_invoice",
            "UPDATE storage_invoicedentry SET line = 2",
            "DELETE FROM storage_invoicedentry",
        ],
    )
    def test_cannot_be_changed_by_anybody(self, now: datetime, change: str) -> None:
        world = InvoicedWorld(now)
        world.sell(1)
        world.issue()

        with pytest.raises(IntegrityError, match="only ever added to"):
            connection.cursor().execute(change)


class TestIssuing:
    def test_nothing_gives_the_number_back(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        empty = world.draft()
        with pytest.raises(NotInThisState, match="nothing"):
            world.issue_draft(empty)
        world.sell(1)

        assert world.issue().number == "2026-0001"

    def test_twice_is_refused(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        world.sell(1)
        draft = world.draft()
        world.issue_draft(draft)

        with pytest.raises(NotInThisState, match="2026-0001"):
            world.issue_draft(draft)

    @pytest.mark.parametrize(("name", "place"), [(b"First", "partners"), (b"Acme", "account")])
    def test_needs_billing_data_of_both(self, now: datetime, name: bytes, place: str) -> None:
        without = re.sub(rb"billing: \{name: %s .*\}" % name, b"", CONFIGURATION)
        world = InvoicedWorld(now, without)
        world.sell(1)

        with pytest.raises(Flawed) as refusal:
            world.issue()

        assert refusal.value.flaws[0].place.startswith(place)

    def test_counts_anew_in_another_year(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        world.sell(1)
        world.issue()
        world.now = datetime(2027, 1, 1, 9, tzinfo=UTC)
        world.sell(1)

        later = world.issue(Period(date(2027, 1, 1), date(2027, 2, 1)))

        assert later.number == "2027-0001"

    def test_beside_sales_puts_each_entry_in_one_invoice(
        self, now: datetime, at_once: Callable[..., list[Any]]
    ) -> None:
        world = InvoicedWorld(now)
        world.sell(1)

        def close() -> None:
            for _ in range(6):
                try:
                    world.issue()
                except NotInThisState:
                    continue

        at_once(*[lambda: [world.sell() for _ in range(4)]] * 5, close, close, close)

        world.answer(*[DELIVERED] * 2)
        world.sell(1)
        world.issue()
        entries = models.LedgerEntry.objects.count()
        assert entries == models.InvoicedEntry.objects.count() >= 20
        assert list(verify()) == []


class TestAState:
    def test_follows_from_payments_and_the_day(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        world.sell(1)
        invoice = world.issue()
        seen = []

        def look(day: int) -> None:
            found = invoice_lists.find(world.account_id, invoice.id, today=date(2026, 12, day))
            assert found
            seen.append(found.state)

        look(7)
        look(8)
        what: dict[str, Any] = {"account_id": world.account_id, "id": invoice.id, "by": BY}
        paying.mark_paid(**what, paid_on=date(2026, 12, 8), now=now)
        look(9)
        paying.reopen(**what, now=now)
        look(9)

        assert seen == ["issued", "overdue", "paid", "overdue"]

    def test_overdue_is_an_alert_until_it_is_paid(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        world.sell(1)
        invoice = world.issue()

        def alerted(moment: datetime) -> list[str]:
            changes = alerts.find_changes(sender_lost=False, now=moment)
            alerts.write_changes(changes=changes, now=moment)
            page = alerts.list_alerts(
                account_id=world.account_id, is_open=True, before=None, limit=9
            )
            return [each.text for each in page.items if each.kind == "invoice_overdue"]

        due, later = datetime(2026, 12, 7, 9, tzinfo=UTC), datetime(2026, 12, 8, 9, tzinfo=UTC)
        seen = [alerted(due), alerted(later)]
        paying.mark_paid(
            account_id=world.account_id, id=invoice.id, paid_on=later.date(), by=BY, now=later
        )

        text = "Invoice 2026-0001 of first was due on 2026-12-07 and is not paid."
        assert [*seen, alerted(later)] == [[], [text], []]

    def test_narrows_a_list(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        world.sell(1)
        invoice = world.issue()
        world.draft()

        found = [
            invoice_showing.list_invoices(
                account_id=world.account_id,
                wanted=InvoiceFilter(state=state),
                before=None,
                limit=10,
                now=now,
            ).items
            for state in (None, InvoiceState.ISSUED, InvoiceState.PAID)
        ]

        assert [[row.state for row in rows] for rows in found] == [
            ["draft", "issued"],
            ["issued"],
            [],
        ]
        assert found[1][0].id == str(invoice.id)


class TestTheTimetable:
    def test_makes_each_months_drafts_once(self, now: datetime) -> None:
        world = InvoicedWorld(now, CONFIGURATION.replace(b'tax: "19"', b'tax: "19", every: month'))
        world.sell(2)
        first = datetime(2026, 12, 1, 0, 5, tzinfo=UTC)

        made = [billing_rounds.make_due_drafts(now=moment) for moment in (now, first, first)]

        assert made == [0, 1, 0]
        (draft,) = invoice_lists.list_drafts(
            world.account_id, InvoiceFilter(), before=None, limit=5
        )
        assert Period(draft.from_on, draft.until_on) == NOVEMBER

    def test_makes_each_weeks_drafts_once(self, now: datetime) -> None:
        world = InvoicedWorld(now, CONFIGURATION.replace(b'tax: "19"', b'tax: "19", every: week'))
        world.sell(2)
        monday = datetime(2026, 11, 30, 0, 5, tzinfo=UTC)

        made = [billing_rounds.make_due_drafts(now=moment) for moment in (now, monday, monday)]

        assert made == [0, 1, 0]
        (draft,) = invoice_lists.list_drafts(
            world.account_id, InvoiceFilter(), before=None, limit=5
        )
        assert (draft.from_on, draft.until_on) == (date(2026, 11, 23), date(2026, 11, 30))

    def test_makes_the_drafts_of_a_month_whose_first_week_had_its_own(self, now: datetime) -> None:
        week = CONFIGURATION.replace(b'tax: "19"', b'tax: "19", every: week')
        world = InvoicedWorld(now, week)
        world.now = datetime(2027, 2, 8, 8, 0, tzinfo=UTC)
        billing_rounds.make_due_drafts(now=world.now)
        configuration.apply_configuration(
            source=week.replace(b"every: week", b"every: month"),
            account_slug=None,
            trusted=True,
            made_by=BY,
            now=world.now,
        )
        world.sell()

        made = billing_rounds.make_due_drafts(now=datetime(2027, 3, 1, 8, 0, tzinfo=UTC))

        assert made == 1

    def test_leaves_other_accounts_alone(self, now: datetime) -> None:
        InvoicedWorld(now).sell(1)

        assert billing_rounds.make_due_drafts(now=datetime(2026, 12, 2, tzinfo=UTC)) == 0


class TestVerify:
    def test_finds_an_invoice_that_does_not_add_up(self, now: datetime) -> None:
        world = InvoicedWorld(now)
        world.sell(1)
        invoice = world.issue()
        wrong = documents.encode(documents.decode(invoice.document)).replace("1190", "1191")
        plain = models.Invoice.objects.values().get()

        connection.cursor().execute(
            "CREATE TEMP TABLE storage_invoice AS SELECT * FROM storage_invoice"
        )
        models.Invoice.objects.filter(id=plain["id"]).update(document=wrong, sequence=2)

        assert {breach.check for breach in verify()} == {"invoice_wrong", "number_missing"}
