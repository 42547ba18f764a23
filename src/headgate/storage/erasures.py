"""The erasure list: which leads were erased, so that a restored backup erases them again."""

from datetime import datetime

from headgate.domain.ids import AccountId, LeadId
from headgate.storage import models


def add(account_id: AccountId, lead_id: LeadId, *, now: datetime) -> None:
    models.Erasure.objects.get_or_create(
        lead_id=lead_id, defaults={"account_id": account_id, "erased_at": now}
    )


def any_since(moment: datetime) -> bool:
    return models.Erasure.objects.filter(erased_at__gte=moment).exists()


def list_since(moment: datetime) -> list[tuple[AccountId, LeadId]]:
    """Return what was erased at that moment or later, the earliest first."""
    rows = models.Erasure.objects.filter(erased_at__gte=moment).order_by("erased_at", "lead_id")
    return [
        (AccountId(account), LeadId(lead))
        for account, lead in rows.values_list("account_id", "lead_id")
    ]
