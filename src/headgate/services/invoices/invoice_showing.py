"""Invoices and drafts for people and programs to read."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, field

from headgate.domain.configuration.billing_writing import percent
from headgate.domain.ids import AccountId, InvoiceId
from headgate.domain.instants import rfc3339
from headgate.domain.invoices import document as documents
from headgate.domain.invoices.document import Document
from headgate.domain.invoices.lines import Line
from headgate.domain.invoices.parties import Party
from headgate.domain.invoices.state import InvoiceState
from headgate.domain.invoices.tax import TaxShare
from headgate.domain.money import format_amount
from headgate.services import setups
from headgate.services.invoices import drawing_up, mail_showing
from headgate.services.invoices.drawing_up import Drawn, Period
from headgate.services.invoices.mail_showing import MailShown
from headgate.services.setups import Setup
from headgate.storage import invoice_lists, invoices
from headgate.storage.invoice_lists import InvoiceFilter, ListedInvoice
from headgate.storage.invoices import Draft, Event, InvoiceNotFound


class InvoiceRow(Struct, frozen=True, kw_only=True):
    """One of a list; `to` is the first day that is not in the period.

    A draft has no number, and its amounts are those of this moment; a preview has no id either.
    `open` is what is to be paid: nothing once it is paid, and less where credit notes took a
    part of it back. Of a credit note it is what is to be paid back, which is nothing where it
    stands against an invoice that was not paid.
    """

    id: str | None
    state: str
    kind: str
    number: str | None
    partner: str
    from_on: str = field(name="from")
    until_on: str = field(name="to")
    issued_at: str | None
    due_on: str | None
    paid_on: str | None
    currency: str
    net: str
    tax: str
    total: str
    open: str


class InvoicePage(Struct, frozen=True):
    items: list[InvoiceRow]
    next: str | None


class LineShown(Struct, frozen=True):
    number: int
    kind: str
    title: str
    quantity: int
    unit: str
    net: str
    tax_category: str
    tax_rate: str


class TaxShown(Struct, frozen=True):
    category: str
    rate: str
    base: str
    tax: str


class EventShown(Struct, frozen=True):
    kind: str
    at: str
    by: str
    paid_on: str | None
    note: str | None


class Related(Struct, frozen=True):
    """Another invoice that this one is about, or that is about this one."""

    id: str
    number: str


class InvoiceShown(InvoiceRow, frozen=True, kw_only=True):
    """A draft says how many older entries no invoice has, and why it cannot be issued."""

    seller: Party
    buyer: Party
    lines: list[LineShown]
    taxes: list[TaxShown]
    iban: str | None
    payment: str | None
    note: str | None
    corrects: Related | None = None
    credit_notes: list[Related] = []
    events: list[EventShown] = []
    mail: MailShown | None = None
    unbilled_before: int = 0
    obstacles: list[str] = []


class Found(Struct, frozen=True):
    """An invoice or a draft with what its pages and its paper need."""

    shown: InvoiceShown
    document: Document

    @property
    def is_draft(self) -> bool:
        return self.shown.state == InvoiceState.DRAFT


def list_invoices(
    *,
    account_id: AccountId,
    wanted: InvoiceFilter,
    before: UUID | None,
    limit: int,
    now: datetime,
) -> InvoicePage:
    setup = setups.in_force(account_id)
    today = now.astimezone(setup.zone).date()
    issued = invoice_lists.list_invoices(
        account_id, wanted, today=today, before=before, limit=limit + 1
    )
    drafts = invoice_lists.list_drafts(account_id, wanted, before=before, limit=limit + 1)
    both: list[ListedInvoice | Draft] = [*issued, *drafts]
    newest = sorted(both, key=lambda each: each.id, reverse=True)
    # A row more than shown says that there is another page.
    following = str(newest[limit - 1].id) if len(newest) > limit else None
    return InvoicePage([_row(each, setup, now) for each in newest[:limit]], following)


def count_invoices(*, account_id: AccountId, wanted: InvoiceFilter, now: datetime) -> int:
    today = now.astimezone(setups.in_force(account_id).zone).date()
    return invoice_lists.count(account_id, wanted, today=today)


def find_invoice(*, account_id: AccountId, id: InvoiceId, now: datetime) -> Found:
    """:raises InvoiceNotFound:"""
    setup = setups.in_force(account_id)
    if draft := invoices.find_draft(account_id, id):
        return show_drawn(_drawn(draft, setup, now), id=str(id))
    today = now.astimezone(setup.zone).date()
    listed = invoice_lists.find(account_id, id, today=today)
    if listed is None:
        raise InvoiceNotFound(f"there is no invoice {id}")
    document = documents.decode(invoices.get(account_id, id).document)
    corrected = document.corrects
    corrects = Related(str(listed.corrects_id), corrected.number) if corrected else None
    notes = [Related(str(id), number) for id, number in invoices.credit_notes_of(id)]
    shown = InvoiceShown(
        **_row_of_issued(listed, setup),
        **_parts(document),
        corrects=corrects,
        credit_notes=notes,
        events=[_event(each) for each in invoices.events_of(id)],
        mail=mail_showing.find_of(id),
    )
    return Found(shown, document)


def show_drawn(drawn: Drawn, *, id: str | None = None) -> Found:
    """Show a draft, or what one would be."""
    shown = InvoiceShown(
        **_row_of_drawn(drawn, id),
        **_parts(drawn.document),
        unbilled_before=drawn.unbilled_before,
        obstacles=[flaw.message for flaw in drawn.obstacles],
    )
    return Found(shown, drawn.document)


def _drawn(draft: Draft, setup: Setup, now: datetime) -> Drawn:
    period = Period(draft.from_on, draft.until_on)
    return drawing_up.draw_up(setup, draft.partner_id, period, now=now)


def _row(each: ListedInvoice | Draft, setup: Setup, now: datetime) -> InvoiceRow:
    if isinstance(each, Draft):
        return InvoiceRow(**_row_of_drawn(_drawn(each, setup, now), str(each.id)))
    return InvoiceRow(**_row_of_issued(each, setup))


def _row_of_issued(listed: ListedInvoice, setup: Setup) -> dict[str, Any]:
    is_settled = listed.state == InvoiceState.PAID or listed.is_offset
    open_minor = 0 if is_settled else listed.total_minor + listed.credited_total_minor
    return {
        "id": str(listed.id),
        "state": listed.state,
        "kind": listed.kind,
        "number": listed.number,
        "partner": setup.partner_slugs[listed.partner_id],
        "from_on": listed.from_on.isoformat(),
        "until_on": listed.until_on.isoformat(),
        "issued_at": rfc3339(listed.issued_at),
        "due_on": listed.due_on.isoformat() if listed.due_on else None,
        "paid_on": listed.paid_on.isoformat() if listed.paid_on else None,
        "currency": listed.currency,
        "net": format_amount(listed.net_minor, listed.currency),
        "tax": format_amount(listed.tax_minor, listed.currency),
        "total": format_amount(listed.total_minor, listed.currency),
        "open": format_amount(open_minor, listed.currency),
    }


def _row_of_drawn(drawn: Drawn, id: str | None) -> dict[str, Any]:
    document, totals = drawn.document, drawn.document.totals
    total = format_amount(totals.total_minor, document.currency)
    return {
        "id": id,
        "state": str(InvoiceState.DRAFT),
        "kind": str(document.kind),
        "number": None,
        "partner": document.buyer_reference,
        "from_on": document.from_on.isoformat(),
        "until_on": document.until_on.isoformat(),
        "issued_at": None,
        "due_on": document.due_on.isoformat() if document.due_on else None,
        "paid_on": None,
        "currency": document.currency,
        "net": format_amount(totals.net_minor, document.currency),
        "tax": format_amount(totals.tax_minor, document.currency),
        "total": total,
        "open": total,
    }


def _parts(document: Document) -> dict[str, Any]:
    return {
        "seller": document.seller,
        "buyer": document.buyer,
        "lines": [_line(line, document.currency) for line in document.lines],
        "taxes": [_share(share, document.currency) for share in document.taxes],
        "iban": document.iban,
        "payment": document.payment,
        "note": document.note,
    }


def _line(line: Line, currency: str) -> LineShown:
    return LineShown(
        number=line.number,
        kind=line.kind,
        title=line.title,
        quantity=line.quantity,
        unit=format_amount(line.unit_minor, currency),
        net=format_amount(line.net_minor, currency),
        tax_category=line.tax.category,
        tax_rate=percent(line.tax.rate_bp) or "0",
    )


def _share(share: TaxShare, currency: str) -> TaxShown:
    return TaxShown(
        category=share.tax.category,
        rate=percent(share.tax.rate_bp) or "0",
        base=format_amount(share.base_minor, currency),
        tax=format_amount(share.tax_minor, currency),
    )


def _event(event: Event) -> EventShown:
    paid_on = event.paid_on.isoformat() if event.paid_on else None
    return EventShown(event.kind, rfc3339(event.at), event.made_by, paid_on, event.note)
