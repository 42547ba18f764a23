"""The entries behind an invoice's lines, each on the way to its delivery and its lead."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from headgate.domain.ids import AccountId, InvoiceId
from headgate.domain.instants import rfc3339
from headgate.domain.invoices.lines import Billed
from headgate.domain.money import format_amount
from headgate.services import setups
from headgate.services.invoices import drawing_up
from headgate.services.invoices.drawing_up import Period
from headgate.storage import invoice_lists, invoices
from headgate.storage.invoice_lists import InvoicedEntry


class EntryShown(Struct, frozen=True):
    """`amount` is what the partner owes by it: below zero it is in the partner's favour."""

    id: str
    line: int
    at: str
    kind: str
    delivery: str | None
    lead: str | None
    amount: str
    currency: str
    reason: str | None


class EntryPage(Struct, frozen=True):
    items: list[EntryShown]
    next: str | None


def list_entries(
    *,
    account_id: AccountId,
    id: InvoiceId,
    line: int | None,
    after: UUID | None,
    limit: int,
    now: datetime,
) -> EntryPage:
    """Return entries, the oldest first; of a draft those that it would bill now.

    :raises InvoiceNotFound:
    """
    draft = invoices.find_draft(account_id, id)
    if draft is None:
        currency = invoices.get(account_id, id).currency
        rows = invoice_lists.entries_of(id, line=line, after=after, limit=limit + 1)
    else:
        setup = setups.in_force(account_id)
        period = Period(draft.from_on, draft.until_on)
        drawn = drawing_up.draw_up(setup, draft.partner_id, period, now=now)
        wanted = sorted(
            entry
            for entry, number in drawn.line_of.items()
            if line in (None, number) and (after is None or entry > after)
        )[: limit + 1]
        currency = setup.currency
        rows = invoice_lists.entries_to_bill({entry: drawn.line_of[entry] for entry in wanted})
    following = str(rows[limit - 1].id) if len(rows) > limit else None
    return EntryPage([_shown(row, currency) for row in rows[:limit]], following)


def _shown(row: InvoicedEntry, currency: str) -> EntryShown:
    owed_minor = Billed(row.id, row.kind, row.amount_minor, "").owed_minor
    return EntryShown(
        id=str(row.id),
        line=row.line,
        at=rfc3339(row.at),
        kind=row.kind,
        delivery=str(row.delivery_id) if row.delivery_id else None,
        lead=str(row.lead_id) if row.lead_id else None,
        amount=format_amount(owed_minor, currency),
        currency=currency,
        reason=row.reason,
    )
