"""The erasure list: which leads were erased, so that a restored backup erases them again."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from headgate.domain.ids import AccountId, LeadId
from headgate.storage import bulk, models


class Erasure(Struct, frozen=True):
    """Named like the columns, for `bulk.insert_new`."""

    lead_id: LeadId
    account_id: AccountId
    erased_at: datetime


def add(account_id: AccountId, lead_ids: Iterable[LeadId], *, now: datetime) -> None:
    """Remember these; what is on the list already stays as it is."""
    bulk.insert_new(models.Erasure, [Erasure(id, account_id, now) for id in lead_ids])


def any_since(moment: datetime) -> bool:
    return models.Erasure.objects.filter(erased_at__gte=moment).exists()


def list_since(moment: datetime) -> list[tuple[AccountId, LeadId]]:
    """Return what was erased at that moment or later, the earliest first."""
    rows = models.Erasure.objects.filter(erased_at__gte=moment).order_by("erased_at", "lead_id")
    return [
        (AccountId(account), LeadId(lead))
        for account, lead in rows.values_list("account_id", "lead_id")
    ]
