"""Append entries to the ledger, and read them. Nothing here is ever updated."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from msgspec import Struct

from headgate.domain.ids import AccountId, DeliveryId, PartnerId
from headgate.domain.ledger import Kind
from headgate.storage import bulk, models, slugs


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
    reason: str | None = None
    reference: str | None = None
    made_by: str | None = None


def append(entries: Sequence[Entry]) -> None:
    bulk.insert(models.LedgerEntry, entries)


def has_entries(account_id: AccountId) -> bool:
    return models.LedgerEntry.objects.filter(account_id=account_id).exists()


def has_reference(account_id: AccountId, reference: str) -> bool:
    rows = models.LedgerEntry.objects.filter(account_id=account_id, reference=reference)
    return rows.exists()


class ListedEntry(Struct, frozen=True):
    """An entry with its partner's slug."""

    id: UUID
    at: datetime
    kind: Kind
    delivery_id: DeliveryId | None
    partner: str
    amount_minor: int
    currency: str
    reason: str | None
    reference: str | None
    made_by: str | None


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
    rows = _narrowed(account_id, wanted).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    columns = ("id", "at", "kind", "delivery_id", "partner__slug", "amount_minor", "currency")
    written = ("reason", "reference", "made_by")
    return [
        ListedEntry(id, at, Kind(kind), *rest)
        for id, at, kind, *rest in rows.values_list(*columns, *written)[:limit]
    ]


class Standing(Struct, frozen=True):
    """What a partner's entries come to, below zero while it owes.

    `reserved_minor` are the prices of its places that are not charged yet: those of deliveries
    that are open or unknown.
    """

    balance_minor: int
    reserved_minor: int


def standing_of(partner_id: PartnerId) -> Standing:
    """Read both at one moment: a delivery may become a charge meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [partner_id, partner_id])
        balance, reserved = cursor.fetchone()
    return Standing(int(balance), int(reserved))


_STANDING = """
SELECT COALESCE((SELECT SUM(CASE kind WHEN 'charge' THEN -amount_minor ELSE amount_minor END)
    FROM storage_ledgerentry WHERE partner_id = %s), 0),
  COALESCE((SELECT SUM(price_minor) FROM storage_delivery
    WHERE partner_id = %s AND holds_place AND state IN ('pending', 'sending', 'unknown')), 0)
"""


def _narrowed(account_id: AccountId, wanted: LedgerFilter) -> QuerySet[models.LedgerEntry]:
    partners = slugs.Named(account_id).of(models.Partner, wanted.partner)
    named = {
        # A partner is the account's own, and its entries have an index.
        "account_id": account_id if partners is None else None,
        "partner_id__in": partners,
        "kind": wanted.kind,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
    }
    given = {name: value for name, value in named.items() if value is not None}
    return models.LedgerEntry.objects.filter(**given)
