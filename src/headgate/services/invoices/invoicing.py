"""Invoices are made: a partner and a period become a draft, and the draft is issued."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from headgate.domain.audit import Action
from headgate.domain.events import EventType
from headgate.domain.flaws import Flawed
from headgate.domain.ids import AccountId, InvoiceId, PartnerId
from headgate.domain.invoices import document as documents
from headgate.domain.invoices.document import Document
from headgate.domain.invoices.numbers import USUAL_FORMAT, number_of, series_of
from headgate.domain.money import format_amount
from headgate.services import audit, setups
from headgate.services.events import noting
from headgate.services.handling import NotInThisState
from headgate.services.identity import fresh_id
from headgate.services.invoices import drawing_up
from headgate.services.invoices.drawing_up import Drawn, Period
from headgate.services.setups import Setup
from headgate.storage import invoices
from headgate.storage.invoices import Draft, Invoice, Numbered


def preview(*, account_id: AccountId, partner: str, period: Period, now: datetime) -> Drawn:
    """Return what an invoice would say, without any effect.

    :raises Flawed: an unknown partner, or a period without a day.
    """
    drawing_up.want_period(period)
    setup = setups.in_force(account_id)
    partner_id = drawing_up.partner_id_of(setup, partner)
    return drawing_up.draw_up(setup, partner_id, period, now=now)


def make_draft(
    *, account_id: AccountId, partner: str, period: Period, by: str, now: datetime
) -> InvoiceId:
    """Keep a partner and a period as a draft; of the same ones there is never a second.

    :raises Flawed: an unknown partner, or a period without a day.
    """
    drawing_up.want_period(period)
    partner_id = drawing_up.partner_id_of(setups.in_force(account_id), partner)
    with transaction.atomic():
        draft = new_draft(account_id, partner_id, period, by=by, now=now)
        made = invoices.add_draft(draft)
        if made == draft.id:
            said = {"state": "draft", "from": period.from_on, "to": period.until_on}
            _note(account_id, f"invoice of {partner}", said, by=by, now=now)
    return made


def new_draft(
    account_id: AccountId, partner_id: PartnerId, period: Period, *, by: str, now: datetime
) -> Draft:
    id = InvoiceId(fresh_id(now))
    return Draft(id, account_id, partner_id, period.from_on, period.until_on, now, by)


def discard_draft(*, account_id: AccountId, id: InvoiceId, by: str, now: datetime) -> None:
    """:raises InvoiceNotFound, NotInThisState:"""
    with transaction.atomic():
        draft = _held_draft(account_id, id)
        invoices.remove_draft(account_id, id)
        partner = setups.in_force(account_id).partner_slugs[draft.partner_id]
        _note(account_id, f"invoice of {partner}", {"state": "discarded"}, by=by, now=now)


def issue_invoice(*, account_id: AccountId, id: InvoiceId, by: str, now: datetime) -> Invoice:
    """Give a draft the next number, and fix all that it says.

    Nothing is billed twice: the number is taken before the entries are read, so that whoever
    issues beside this waits, and then sees which entries are gone.

    :raises InvoiceNotFound:
    :raises NotInThisState: it was issued before, or there is nothing to bill.
    :raises Flawed: what the set-up lacks.
    """
    with transaction.atomic():
        draft = _held_draft(account_id, id)
        setup = setups.in_force(account_id)
        numbered = take_number(setup, now=now)
        period = Period(draft.from_on, draft.until_on)
        drawn = drawing_up.draw_up(setup, draft.partner_id, period, number=numbered.number, now=now)
        if drawn.obstacles:
            raise Flawed(drawn.obstacles)
        if not drawn.line_of:
            raise NotInThisState("nothing_to_bill", "nothing of that period is left to bill")
        invoices.remove_draft(account_id, id)
        invoice = invoice_of(drawn.document, draft, numbered, by=by, now=now)
        add_issued(invoice, drawn.line_of)
    return invoice


def take_number(setup: Setup, *, now: datetime) -> Numbered:
    """Take the next number of the account; a transaction that fails gives it back."""
    seller = setup.configuration.account.billing
    written = seller.number_format if seller else USUAL_FORMAT
    today = now.astimezone(setup.zone).date()
    series = series_of(written, today)
    sequence = invoices.next_sequence(setup.account.id, series)
    return Numbered(series, sequence, number_of(written, today, sequence))


def invoice_of(
    document: Document, draft: Draft, numbered: Numbered, *, by: str, now: datetime
) -> Invoice:
    """Return what is stored of a document that a draft became."""
    totals = document.totals
    return Invoice(
        id=draft.id,
        account_id=draft.account_id,
        partner_id=draft.partner_id,
        kind=str(document.kind),
        series=numbered.series,
        sequence=numbered.sequence,
        number=numbered.number,
        from_on=document.from_on,
        until_on=document.until_on,
        issued_at=now,
        issued_by=by,
        due_on=document.due_on,
        currency=document.currency,
        net_minor=totals.net_minor,
        tax_minor=totals.tax_minor,
        total_minor=totals.total_minor,
        corrects_id=None,
        document=documents.encode(document),
    )


def add_issued(invoice: Invoice, line_of: Mapping[UUID, int]) -> None:
    invoices.add(invoice, line_of)
    total = format_amount(invoice.total_minor, invoice.currency)
    said = {"state": "issued", "kind": invoice.kind, "total": f"{total} {invoice.currency}"}
    _note(
        invoice.account_id,
        f"invoice {invoice.number}",
        said,
        by=invoice.issued_by,
        now=invoice.issued_at,
    )
    noting.note_invoice(EventType.INVOICE_ISSUED, invoice, now=invoice.issued_at)


def note_change(invoice: Invoice, said: Mapping[str, object], *, by: str, now: datetime) -> None:
    """Write into the audit log what happened to an issued invoice."""
    _note(invoice.account_id, f"invoice {invoice.number}", said, by=by, now=now)


def get_issued(account_id: AccountId, id: InvoiceId) -> Invoice:
    """Hold an issued invoice until the transaction ends.

    :raises InvoiceNotFound:
    :raises NotInThisState: it is a draft.
    """
    if invoices.find_draft(account_id, id):
        raise NotInThisState("wrong_state", "it is a draft; issue it first")
    return invoices.hold(account_id, id)


def _held_draft(account_id: AccountId, id: InvoiceId) -> Draft:
    draft = invoices.find_draft(account_id, id, hold=True)
    if draft is None:
        number = invoices.get(account_id, id).number
        raise NotInThisState("wrong_state", f"it was issued before, as {number}")
    return draft


def _note(
    account_id: AccountId, subject: str, said: Mapping[str, object], *, by: str, now: datetime
) -> None:
    audit.note(
        account_id=account_id,
        actor=by,
        action=Action.INVOICE_CHANGED,
        subject=subject,
        after=said,
        now=now,
    )
