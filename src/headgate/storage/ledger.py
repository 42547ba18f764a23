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
