"""Credit notes: an issued invoice is taken back, whole or an amount of it."""

from collections import Counter
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from msgspec import Struct
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
from headgate.storage import accounts, credit_notes, invoices
from headgate.storage.invoices import Invoice
from headgate.storage.ledger import Entry


class _Taken(Struct, frozen=True):
    """The lines of a credit note, and which charges they take back; an amount names none."""

    lines: tuple[Line, ...]
    charge_ids: list[UUID]


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
    lines, which stands in it. Leads that came back before are left out: their returns have
    credited them. What a whole note takes back, no later return credits again.

    :raises InvoiceNotFound:
    :raises NotInThisState: it is a draft or a credit note, or all of it was taken back.
    :raises Flawed: the amount is more than what is left.
    """
    with transaction.atomic():
        # Alone, so that no lead comes back between what is read here and what is written.
        accounts.hold_version_alone(account_id)
        setup = setups.at_version(account_id, accounts.version_in_force(account_id))
        # A prepaid balance moves with the ledger, and counters are locked before anything else.
        board = Board(setup, now=now)
        corrected = invoicing.get_issued(account_id, id)
        before = documents.decode(corrected.document)
        taken = _taken(corrected, before, amount_minor, reason)
        numbered = invoicing.take_number(setup, now=now)
        today = now.astimezone(setup.zone).date()
        said = _note_on(before, taken.lines, number=numbered.number, reason=reason, today=today)
        period = drawing_up.Period(before.from_on, before.until_on)
        draft = invoicing.new_draft(account_id, corrected.partner_id, period, by=by, now=now)
        invoice = invoicing.invoice_of(said, draft, numbered, by=by, now=now)
        invoice = replace(invoice, corrects_id=corrected.id)
        entries = {
            line.number: _adjustment(invoice, before.number, line)
            for line in taken.lines
            if line.net_minor
        }
        balances.write_entries(board, list(entries.values()))
        invoicing.add_issued(invoice, {entry.id: line for line, entry in entries.items()})
        credit_notes.add_taken_back(invoice.id, taken.charge_ids)
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


def _taken(
    corrected: Invoice, before: Document, amount_minor: int | None, reason: str | None
) -> _Taken:
    if before.is_credit_note:
        raise NotInThisState("wrong_state", "it is a credit note itself")
    left_minor = credit_notes.left_of(corrected.id)
    if left_minor <= 0:
        message = "all of it was taken back, by credit notes or the returns of its leads"
        raise NotInThisState("nothing_left", message)
    if amount_minor is None and not invoices.credit_notes_of(corrected.id):
        standing = credit_notes.list_standing(corrected.id)
        charges = (each for each in standing if each.kind is Kind.CHARGE and not each.has_credit)
        counts = Counter(each.line for each in standing)
        return _Taken(mirrored(before.lines, counts), [each.entry_id for each in charges])
    taken_minor = left_minor if amount_minor is None else amount_minor
    if not 0 < taken_minor <= left_minor:
        most = format_amount(left_minor, corrected.currency)
        message = f"an amount above zero and at most {most}, what is left of it before tax"
        raise Flawed([Flaw("amount", "out_of_range", message)])
    about = reason or f"Credit on invoice {corrected.number}"
    # A partner has one tax, so that every line of its invoice has the same.
    line = Line(1, Kind.ADJUSTMENT, about, -1, taken_minor, before.lines[0].tax)
    return _Taken((line,), [])


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
