"""Credit notes: an issued invoice is taken back, whole or an amount of it."""

from datetime import date, datetime

from django.db import transaction
from msgspec.structs import replace

from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import AccountId, InvoiceId
from headgate.domain.invoices import document as documents
from headgate.domain.invoices.document import Corrected, Document, InvoiceKind, taxed
from headgate.domain.invoices.lines import Line, mirrored
from headgate.domain.ledger import Kind
from headgate.domain.money import format_amount
from headgate.services import balances, setups
from headgate.services.board import Board
from headgate.services.handling import NotInThisState
from headgate.services.identity import fresh_id
from headgate.services.invoices import drawing_up, invoicing
from headgate.storage import accounts, invoices
from headgate.storage.invoices import Invoice
from headgate.storage.ledger import Entry


def credit_invoice(
    *,
    account_id: AccountId,
    id: InvoiceId,
    amount_minor: int | None = None,
    reason: str | None = None,
    by: str,
    now: datetime,
) -> Invoice:
    """Take back what is left of an invoice, or an amount of it before tax.

    The credit note has a number of its own. The ledger gets an adjustment for each of its
    lines, which stands in it.

    :raises InvoiceNotFound:
    :raises NotInThisState: it is a draft or a credit note, or all of it was taken back.
    :raises Flawed: the amount is more than what is left.
    """
    with transaction.atomic():
        # A prepaid balance moves with the ledger, and counters are locked before anything else.
        setup = setups.at_version(account_id, accounts.hold_version(account_id))
        board = Board(setup, now=now)
        corrected = invoicing.get_issued(account_id, id)
        before = documents.decode(corrected.document)
        lines = _lines(corrected, before, amount_minor, reason)
        numbered = invoicing.take_number(setup, now=now)
        today = now.astimezone(setup.zone).date()
        said = _note_on(before, lines, number=numbered.number, reason=reason, today=today)
        period = drawing_up.Period(before.from_on, before.until_on)
        draft = invoicing.new_draft(account_id, corrected.partner_id, period, by=by, now=now)
        invoice = invoicing.invoice_of(said, draft, numbered, by=by, now=now)
        invoice = replace(invoice, corrects_id=corrected.id)
        entries = {
            line.number: _adjustment(invoice, before.number, line)
            for line in lines
            if line.net_minor
        }
        balances.write_entries(board, list(entries.values()))
        invoicing.add_issued(invoice, {entry.id: line for line, entry in entries.items()})
    return invoice


def _note_on(
    before: Document, lines: tuple[Line, ...], *, number: str, reason: str | None, today: date
) -> Document:
    taxes, totals = taxed(lines)
    return replace(
        before,
        kind=InvoiceKind.CREDIT_NOTE,
        number=number,
        issued_on=today,
        due_on=None,
        lines=lines,
        taxes=taxes,
        totals=totals,
        note=reason or before.note,
        corrects=Corrected(before.number, before.issued_on),
    )


def _lines(
    corrected: Invoice, before: Document, amount_minor: int | None, reason: str | None
) -> tuple[Line, ...]:
    if before.is_credit_note:
        raise NotInThisState("wrong_state", "it is a credit note itself")
    credited_minor = invoices.credited_net(corrected.id)
    left_minor = corrected.net_minor + credited_minor
    if left_minor <= 0:
        raise NotInThisState("nothing_left", "all of it was taken back by credit notes")
    if amount_minor is None and not credited_minor:
        return mirrored(before.lines)
    taken_minor = left_minor if amount_minor is None else amount_minor
    if not 0 < taken_minor <= left_minor:
        most = format_amount(left_minor, corrected.currency)
        message = f"an amount above zero and at most {most}, what is left of it before tax"
        raise Flawed([Flaw("amount", "out_of_range", message)])
    about = reason or f"Credit on invoice {corrected.number}"
    # A partner has one tax, so that every line of its invoice has the same.
    return (Line(1, Kind.ADJUSTMENT, about, -1, taken_minor, before.lines[0].tax),)


def _adjustment(invoice: Invoice, corrected: str, line: Line) -> Entry:
    return Entry(
        id=fresh_id(invoice.issued_at),
        account_id=invoice.account_id,
        partner_id=invoice.partner_id,
        delivery_id=None,
        kind=Kind.ADJUSTMENT,
        amount_minor=-line.net_minor,
        currency=invoice.currency,
        at=invoice.issued_at,
        reason=f"Credit note {invoice.number} for invoice {corrected}: {line.title}"[:500],
        made_by=invoice.issued_by,
    )
