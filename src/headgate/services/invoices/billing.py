"""The ledger, for people and programs to read."""

from uuid import UUID

from msgspec import Struct

from headgate.domain.ids import AccountId
from headgate.domain.instants import rfc3339
from headgate.domain.money import format_amount
from headgate.storage import ledger
from headgate.storage.ledger import LedgerFilter


class EntryShown(Struct, frozen=True):
    id: str
    at: str
    kind: str
    delivery: str | None
    partner: str
    amount: str
    currency: str
    reason: str | None
    reference: str | None
    made_by: str | None


class LedgerPage(Struct, frozen=True):
    items: list[EntryShown]
    next: str | None


def list_ledger(
    *, account_id: AccountId, wanted: LedgerFilter, before: UUID | None, limit: int
) -> LedgerPage:
    rows = ledger.list_page(account_id, wanted, before=before, limit=limit + 1)
    # A row more than shown says that there is another page.
    following = str(rows[limit - 1].id) if len(rows) > limit else None
    return LedgerPage([_shown(row) for row in rows[:limit]], following)


def _shown(entry: ledger.ListedEntry) -> EntryShown:
    return EntryShown(
        id=str(entry.id),
        at=rfc3339(entry.at),
        kind=entry.kind,
        delivery=str(entry.delivery_id) if entry.delivery_id else None,
        partner=entry.partner,
        amount=format_amount(entry.amount_minor, entry.currency),
        currency=entry.currency,
        reason=entry.reason,
        reference=entry.reference,
        made_by=entry.made_by,
    )
