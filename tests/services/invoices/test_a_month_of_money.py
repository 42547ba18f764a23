"""A month of trade on two accounts: all that is owed, billed and reported, to the cent.

HEADGATE_TEST_LEADS makes it longer, HEADGATE_TEST_SEED the same again.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import pytest
from bookkeeper import Sale
from django.db.models import Exists, OuterRef
from month_of_leads import NEXT, SOURCES, UNTIL, Market, Month

from headgate.domain.invoices import document as documents
from headgate.domain.money import format_amount, parse_amount
from headgate.domain.reports import By
from headgate.services import balances
from headgate.services.invoices import invoice_entries, invoice_showing
from headgate.services.reports import reporting
from headgate.services.reports.reporting import Report
from headgate.services.verification import verify
from headgate.storage import models, tallies
from headgate.storage.invoice_lists import InvoiceFilter
from headgate.storage.reports import ReportFilter

pytestmark = [pytest.mark.usefixtures("database", "installation"), pytest.mark.slow]
LEADS = int(os.environ.get("HEADGATE_TEST_LEADS", "300"))
SEED = int(os.environ.get("HEADGATE_TEST_SEED", "0")) or random.SystemRandom().randrange(10**9)
WEBHOOK = (
    'delivery: {channel: webhook, url: "https://%s.example/", retry: none,'
    ' answer: {price: "$.price"}}'
)
BILLED_TO = "billing: {name: Buyer Ltd, country: %s}"
NORTH = Market(
    "north",
    "Europe/Berlin",
    "EUR",
    tax="19",
    partners={
        "alpha": f"{WEBHOOK % 'alpha'}, {BILLED_TO % 'DE'}",
        "beta": f"{WEBHOOK % 'beta'}, billing: {{name: Wien GmbH, country: AT,"
        " vat_id: ATU12345678, reverse_charge: true}",
        "gamma": f"delivery: {{channel: inbox}}, {BILLED_TO[:-1] % 'DE'}, tax: \"7\"}}",
        "delta": f"delivery: {{channel: inbox}}, prepaid: true, {BILLED_TO % 'DE'}",
    },
    rates={"alpha": 19, "beta": 0, "gamma": 7, "delta": 19},
    weekly=("alpha", "beta"),
    prices={"alpha": "12.50", "beta": "9.99", "delta": "7.77", "alpha-too": "5.05", "gamma": "3.3"},
    later_prices={
        "alpha": "13.75", "beta": "10.01", "delta": "7.07", "alpha-too": "5.15", "gamma": "3.21",
    },
    tiers={20: "2.99", 60: "2.49", 2000: "1.99"},
)  # fmt: skip
WEST = Market(
    "west",
    "America/New_York",
    "USD",
    tax=None,
    partners={
        "alpha": f"{WEBHOOK % 'alpha'}, {BILLED_TO % 'US'}",
        "beta": f"{WEBHOOK % 'beta'}, {BILLED_TO % 'US'}",
        "gamma": f"delivery: {{channel: inbox}}, {BILLED_TO % 'US'}",
        "delta": f"delivery: {{channel: inbox}}, prepaid: true, {BILLED_TO % 'US'}",
    },
    rates={"alpha": 0, "beta": 0, "gamma": 0, "delta": 0},
    weekly=("gamma",),
    prices={"alpha": "20.00", "beta": "19.00", "delta": "18.50", "alpha-too": "7", "gamma": "6.66"},
    later_prices={
        "alpha": "21.00", "beta": "19.50", "delta": "18.25", "alpha-too": "8", "gamma": "6.60",
    },
    tiers={10: "6.00", 1000: "5.01"},
)  # fmt: skip


def ledger_of(month: Month) -> Counter[str]:
    """Return what each partner's entries add to its balance, as the rows say."""
    found: Counter[str] = Counter()
    rows = models.LedgerEntry.objects.filter(account_id=month.account_id)
    for slug, kind, amount in rows.values_list("partner__slug", "kind", "amount_minor"):
        found[slug] += -amount if kind == "charge" else amount
    return found


def report_by(month: Month, by: By) -> Report:
    while True:
        report = reporting.report(
            account_id=month.account_id, by=by, wanted=ReportFilter(), now=month.now
        )
        if report.complete:
            return report


def grouped(sales: Iterable[Sale], key: Any) -> dict[str, list[Sale]]:
    found: dict[str, list[Sale]] = {}
    for sale in sales:
        found.setdefault(key(sale), []).append(sale)
    return found


def check_balances(month: Month) -> None:
    owed = ledger_of(month)
    for partner in month.market.partners:
        balance = balances.find_balance(account_id=month.account_id, partner=partner)
        expected = month.book.balance(partner)
        assert owed[partner] == expected
        assert balance.balance == format_amount(expected, month.market.currency)
        assert balance.reserved == "0.00"


def check_invoices(month: Month) -> None:
    for invoice, bill in month.issued:
        document = documents.decode(invoice.document)
        said = (invoice.net_minor, invoice.tax_minor, invoice.total_minor)
        assert said == (bill.net, bill.tax, bill.net + bill.tax), invoice.number
        assert sum(line.net_minor for line in document.lines) == bill.net
        assert sum(share.tax_minor for share in document.taxes) == bill.tax
        if invoice.corrects_id is None:
            lines = Counter(
                (line.kind, abs(line.quantity), line.net_minor // abs(line.quantity))
                for line in document.lines
            )
            assert lines == bill.lines(), invoice.number


def check_each_entry_is_billed_once(month: Month) -> None:
    billable = models.LedgerEntry.objects.filter(account_id=month.account_id).exclude(kind="top_up")
    assert billable.filter(invoicedentry=None).count() == sum(
        each.invoice is None for each in month.book.entries
    )
    assert all(invoice.left() >= 0 for _, invoice in month.issued if invoice.notes)


def check_what_is_open(month: Month) -> None:
    """Nobody paid anything, so that what is open is all that is billed, notes included."""
    page = invoice_showing.list_invoices(
        account_id=month.account_id, wanted=InvoiceFilter(), before=None, limit=10**4, now=month.now
    )
    opened: Counter[str] = Counter()
    for row in page.items:
        opened[row.partner] += parse_amount(row.open, row.currency)
    for partner in month.market.partners:
        bills = [bill for _, bill in month.issued if bill.partner == partner]
        assert opened[partner] == sum(bill.net + bill.tax for bill in bills)


def check_reports(month: Month) -> None:
    book, currency = month.book, month.market.currency
    sales = book.sales.values()
    keys = {
        By.PARTNER: lambda sale: sale.partner,
        By.PROFILE: lambda sale: sale.profile.lower(),
        By.SOURCE: lambda sale: sale.source,
        By.DAY: lambda sale: book.day_of(sale.came_at),
    }
    for by, key in keys.items():
        lines = {line.key: line.figures for line in report_by(month, by).lines}
        for name, some in grouped(sales, key).items():
            found = lines[name]
            states = Counter(sale.state for sale in some)
            assert found.revenue == format_amount(book.revenue(some), currency), (by, name)
            assert (found.deliveries, found.delivered, found.returned, found.refused) == (
                len(some), states["delivered"], states["returned"], states["rejected"]
            )  # fmt: skip
            if by in (By.SOURCE, By.DAY):
                place = 0 if by is By.SOURCE else 1
                cost = sum(paid for each, paid in book.cost.items() if each[place] == name)
                assert found.cost == format_amount(cost, currency), (by, name)
                assert found.margin == format_amount(book.revenue(some) - cost, currency)
    by_source = {line.key: line.figures for line in report_by(month, By.SOURCE).lines}
    for source in SOURCES:
        for what in ("received", "accepted", "sold"):
            assert getattr(by_source[source], what) == book.came[source, what], (source, what)


def check_every_line_leads_to_its_leads(month: Month) -> None:
    """Follow each line to its entries, and these to a lead with its decision, and to attempts."""
    for invoice, bill in month.issued:
        found, after = [], None
        while True:
            page = invoice_entries.list_entries(
                account_id=month.account_id,
                id=invoice.id,
                line=None,
                after=after,
                limit=5000,
                now=month.now,
            )
            found += [(each.delivery, each.lead) for each in page.items if each.delivery]
            if page.next is None:
                break
            after = UUID(page.next)
        assert len(found) == sum(each.sale is not None for each in bill.entries)
    behind = models.InvoicedEntry.objects.filter(invoice__account_id=month.account_id)
    of_leads = behind.exclude(entry__delivery=None)
    tried = models.Attempt.objects.filter(delivery_id=OuterRef("entry__delivery_id"))
    assert not of_leads.exclude(Exists(tried)).exists()
    assert not of_leads.filter(entry__delivery__lead__rounds__in=("", "[]")).exists()


def state_of_money() -> list[Any]:
    tables = (models.LedgerEntry, models.Invoice, models.InvoicedEntry, models.CreditedCharge)
    counted = (models.LeadTally, models.DeliveryTally)
    rows = [sorted(map(str, table.objects.values_list())) for table in tables]
    figures = [sorted(map(str, each.objects.values_list(*columns(each)))) for each in counted]
    return rows + figures


def columns(table: Any) -> list[str]:
    return [each.attname for each in table._meta.fields if each.attname != "id"]


class TestAMonth:
    def test_adds_up_to_the_cent(self) -> None:
        began = time.monotonic()
        print(f"{LEADS} leads with HEADGATE_TEST_SEED={SEED}")  # noqa: T201
        months = [
            Month(market, leads=count, seed=SEED)
            for market, count in ((NORTH, LEADS * 2 // 3), (WEST, LEADS - LEADS * 2 // 3))
        ]
        for month in months:
            month.run()
            print(f"{month.market.slug} ran after {time.monotonic() - began:.0f} s")  # noqa: T201

        for month in months:
            check_balances(month)
            check_invoices(month)
            check_each_entry_is_billed_once(month)
            check_what_is_open(month)
            check_reports(month)
            check_every_line_leads_to_its_leads(month)
        before = state_of_money()
        for month in months:
            for partner in month.market.partners:
                assert month.bill(partner, UNTIL, NEXT) is None
            tallies.mark_all(month.account_id)
            report_by(month, By.DAY)
        assert list(verify()) == []
        assert state_of_money() == before
        notes = sum(invoice.corrects_id is not None for m in months for invoice, _ in m.issued)
        print(  # noqa: T201
            f"{models.LedgerEntry.objects.count()} entries,"
            f" {models.Invoice.objects.count()} invoices, {notes} of them credit notes of others;"
            f" all checked after {time.monotonic() - began:.0f} s"
        )
