"""Rows that may name a person somewhere: leads, and what was sent and brought no lead."""

from collections.abc import Collection, Iterator, Sequence
from enum import Enum
from typing import Any

from django.db.models import Q

from headgate.domain.ids import AccountId, LeadId
from headgate.storage import leads, models


class Leftover(Enum):
    """What is kept for a time, sealed, of what brought no lead."""

    FAILED_ROW = "of__account_id"
    REFUSED_REQUEST = "account_id"


def may_name(
    account_id: AccountId, texts: Sequence[str], *, after: LeadId | None, limit: int
) -> list[leads.Lead]:
    """Return up to `limit` leads, the oldest first, that have one of the texts in a field.

    Sealed values, extras and histories are not looked into: who has any is returned as well.
    """
    wanted = Q(sealed__isnull=False) | Q(extra__isnull=False) | Q(history__isnull=False)
    for text in texts:
        wanted |= Q(fields__icontains=text)
    rows = models.Lead.objects.filter(wanted, account_id=account_id, erased_at=None)
    if after is not None:
        rows = rows.filter(id__gt=after)
    found = rows.order_by("id").values_list("id", flat=True)[:limit]
    by_id = leads.find_many(LeadId(id) for id in found)
    return [by_id[lead_id] for lead_id in sorted(by_id)]


def leftovers(account_id: AccountId, kind: Leftover) -> Iterator[tuple[int, bytes]]:
    """Yield number and sealed text of everything of that kind."""
    rows = _model(kind).objects.filter(**{kind.value: account_id}).values_list("id", "sealed")
    return ((id, bytes(sealed)) for id, sealed in rows.iterator())


def delete_leftovers(kind: Leftover, ids: Collection[int]) -> None:
    _model(kind).objects.filter(id__in=ids).delete()


def _model(kind: Leftover) -> Any:
    return models.ImportFailure if kind is Leftover.FAILED_ROW else models.RefusedRequest
