"""The tokens of forms that have made their lead."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from headgate.domain.ids import AccountId
from headgate.storage import bulk, models


class Token(Protocol):
    @property
    def id(self) -> UUID: ...
    @property
    def void_at(self) -> datetime: ...


def find_spent(tokens: Collection[UUID]) -> set[UUID]:
    if not tokens:
        return set()
    rows = bulk.select(models.SpentToken, ("token",), "token {among}", among=tokens, order="token")
    return {token for (token,) in rows}


def spend(account_id: AccountId, tokens: Iterable[Token]) -> None:
    """Remember each until it is void; one that is spent already fails the transaction."""
    models.SpentToken.objects.bulk_create(
        models.SpentToken(token=each.id, account_id=account_id, void_at=each.void_at)
        for each in tokens
    )


def forget_void(*, now: datetime) -> None:
    models.SpentToken.objects.filter(void_at__lte=now).delete()
