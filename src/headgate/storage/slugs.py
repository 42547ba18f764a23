"""Ids of what a filter names, asked first: a join keeps a list off the index that it walks by."""

from typing import Any

from headgate.domain.ids import AccountId
from headgate.storage import models


class Named:
    """Finds the account's things by their slugs."""

    def __init__(self, account_id: AccountId) -> None:
        self._account_id = account_id

    def of(self, model: Any, slug: str | None) -> list[int] | None:
        """Return the ids of that slug, of which sources may have several; None for all."""
        return None if slug is None else self._read(model, slug=slug)

    def of_entities(self, picked: str | None, seen: tuple[str, ...] | None) -> list[int] | None:
        if picked is None and seen is None:
            return None
        named = {"slug": picked, "slug__in": seen}
        given = {name: value for name, value in named.items() if value is not None}
        return self._read(models.Entity, **given)

    def _read(self, model: Any, **named: Any) -> list[int]:
        rows = model.objects.filter(account_id=self._account_id, **named)
        return list(rows.values_list("id", flat=True))


def users(email: str) -> list[int]:
    return list(models.User.objects.filter(email=email).values_list("id", flat=True))
