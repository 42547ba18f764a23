"""Append charges and credits. Nothing here is ever updated."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from headgate.domain.ids import AccountId, DeliveryId, PartnerId
from headgate.storage import bulk, models


class Kind(StrEnum):
    CHARGE = "charge"
    CREDIT = "credit"
    ADJUSTMENT = "adjustment"


class Entry(Struct, frozen=True):
    """The attributes are named like the columns."""

    id: UUID
    account_id: AccountId
    partner_id: PartnerId
    delivery_id: DeliveryId | None
    kind: Kind
    amount_minor: int
    currency: str
    at: datetime


def append(entries: Sequence[Entry]) -> None:
    bulk.insert(models.LedgerEntry, entries)


def has_entries(account_id: AccountId) -> bool:
    return models.LedgerEntry.objects.filter(account_id=account_id).exists()


class ListedEntry(Struct, frozen=True):
    """An entry with its partner's slug."""

    id: UUID
    at: datetime
    kind: Kind
    delivery_id: DeliveryId | None
    partner: str
    amount_minor: int
    currency: str


class LedgerFilter(Struct, frozen=True, kw_only=True):
    """None leaves a part out; `since` is included, `until` is not."""

    partner: str | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def list_page(
    account_id: AccountId, wanted: LedgerFilter, *, before: UUID | None, limit: int
) -> list[ListedEntry]:
    """Return up to `limit` entries, newest first, older than `before`."""
    named = {
        "partner__slug": wanted.partner,
        "kind": wanted.kind,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
        "id__lt": before,
    }
    rows = models.LedgerEntry.objects.filter(
        account_id=account_id, **{name: value for name, value in named.items() if value is not None}
    ).order_by("-id")
    columns = ("id", "at", "kind", "delivery_id", "partner__slug", "amount_minor", "currency")
    return [
        ListedEntry(id, at, Kind(kind), delivery, partner, amount, currency)
        for id, at, kind, delivery, partner, amount, currency in rows.values_list(*columns)[:limit]
    ]
