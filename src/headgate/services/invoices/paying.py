"""What happens to an issued invoice: it is paid, found unpaid after all, or mailed."""

from datetime import date, datetime

from django.db import transaction

from headgate.domain.events import EventType
from headgate.domain.ids import AccountId, InvoiceId
from headgate.domain.invoices.state import EventKind
from headgate.services.events import noting
from headgate.services.handling import NotInThisState
from headgate.services.invoices import invoicing
from headgate.storage import invoices
from headgate.storage.invoices import Event, Invoice

_ABOUT_PAYING = (EventKind.PAID, EventKind.REOPENED)


def mark_paid(
    *,
    account_id: AccountId,
    id: InvoiceId,
    paid_on: date,
    note: str | None = None,
    by: str,
    now: datetime,
) -> None:
    """:raises InvoiceNotFound, NotInThisState:"""
    with transaction.atomic():
        invoice = invoicing.get_issued(account_id, id)
        if _is_paid(invoice):
            raise NotInThisState("wrong_state", "it is marked as paid already")
        _add(invoice, Event(EventKind.PAID, now, by, paid_on, note), {"paid_on": paid_on})
        noting.note_invoice(EventType.INVOICE_PAID, invoice, now=now, paid_on=paid_on.isoformat())


def reopen(*, account_id: AccountId, id: InvoiceId, by: str, now: datetime) -> None:
    """Take a payment back that was marked by mistake.

    :raises InvoiceNotFound, NotInThisState:
    """
    with transaction.atomic():
        invoice = invoicing.get_issued(account_id, id)
        if not _is_paid(invoice):
            raise NotInThisState("wrong_state", "it is not marked as paid")
        _add(invoice, Event(EventKind.REOPENED, now, by), {"state": "reopened"})


def note_mailed(*, account_id: AccountId, id: InvoiceId, to: str, by: str, now: datetime) -> None:
    """:raises InvoiceNotFound, NotInThisState:"""
    with transaction.atomic():
        invoice = invoicing.get_issued(account_id, id)
        _add(invoice, Event(EventKind.MAILED, now, by, note=to[:500]), {"mailed_to": to})


def _is_paid(invoice: Invoice) -> bool:
    about = [each.kind for each in invoices.events_of(invoice.id) if each.kind in _ABOUT_PAYING]
    return about[-1:] == [EventKind.PAID]


def _add(invoice: Invoice, event: Event, said: dict[str, object]) -> None:
    invoices.add_event(invoice.id, event)
    invoicing.note_change(invoice, said, by=event.made_by, now=event.at)
