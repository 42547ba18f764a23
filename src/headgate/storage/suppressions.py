"""Suppression lists in the database: what stands on them, and on which of them a digest stands."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, F
from msgspec import Struct

from headgate.domain.ids import AccountId, PartnerId, SuppressionListId
from headgate.storage import bulk, models


class SuppressionList(Struct, frozen=True):
    """A list without a partner is the whole account's."""

    id: SuppressionListId
    account_id: AccountId
    partner_id: PartnerId | None
    slug: str
    name: str
    created_at: datetime


class Suppression(Struct, frozen=True):
    """Named like the columns, for `bulk.insert_new`."""

    of_id: SuppressionListId
    digest: bytes
    sealed: bytes
    run: int
    added_at: datetime


class ListNotFound(LookupError):
    """The account has no such suppression list; the message is for people."""


class ListExists(ValueError):
    """The account has a list of that slug already; the message is for people."""


_COLUMNS = SuppressionList.__struct_fields__


def create_list(
    account_id: AccountId, slug: str, name: str, partner_id: PartnerId | None, *, now: datetime
) -> SuppressionList:
    """:raises ListExists:"""
    try:
        with transaction.atomic():
            models.SuppressionList.objects.create(
                account_id=account_id, partner_id=partner_id, slug=slug, name=name, created_at=now
            )
    except IntegrityError:
        raise ListExists(f"there is a suppression list {slug!r} already") from None
    return get_list(account_id, slug)


def get_list(account_id: AccountId, slug: str) -> SuppressionList:
    """:raises ListNotFound:"""
    found = _read(models.SuppressionList.objects.filter(account_id=account_id, slug=slug))
    if not found:
        raise ListNotFound(f"there is no suppression list {slug!r}")
    return found[0]


def list_all(account_id: AccountId) -> list[SuppressionList]:
    """Return the account's lists, the newest first."""
    return _read(models.SuppressionList.objects.filter(account_id=account_id).order_by("-id"))


def lists_in_force(account_id: AccountId) -> list[SuppressionList]:
    """Return the account's lists, the oldest first; quick, for every batch of leads asks."""
    rows = bulk.select(models.SuppressionList, _COLUMNS, "account_id = %s", (account_id,))
    return [SuppressionList(*row) for row in rows]


def delete_list(list_id: SuppressionListId) -> None:
    """Delete a list with what is left on it."""
    models.SuppressionList.objects.filter(id=list_id).delete()


def count(list_ids: Collection[SuppressionListId]) -> dict[SuppressionListId, int]:
    """Return how many values stand on each list."""
    rows = models.Suppression.objects.filter(of_id__in=list_ids).values_list("of_id")
    return dict.fromkeys(list_ids, 0) | dict(rows.annotate(count=Count("id")).order_by())


def begin_run(list_id: SuppressionListId) -> int:
    """Number what is about to write the whole list; what comes meanwhile belongs to it."""
    rows = models.SuppressionList.objects.filter(id=list_id)
    rows.update(run=F("run") + 1)
    return current_run(list_id)


def current_run(list_id: SuppressionListId) -> int:
    return int(models.SuppressionList.objects.values_list("run", flat=True).get(id=list_id))


def add(suppressions: Sequence[Suppression]) -> int:
    """Put on their list those that do not stand there yet; return how many they were."""
    return bulk.insert_new(models.Suppression, suppressions)


def mark(list_id: SuppressionListId, digests: Iterable[bytes], *, run: int) -> None:
    """Say that this run has these values, so that its end does not remove them."""
    rows = models.Suppression.objects.filter(of_id=list_id, digest__in=list(digests), run__lt=run)
    rows.update(run=run)


def weigh() -> None:
    """Have PostgreSQL know how many values there are, or it reads all of them to find a few."""
    if bulk.on_postgresql():
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {models.Suppression._meta.db_table}")


def remove(list_id: SuppressionListId, digests: Iterable[bytes]) -> int:
    rows = models.Suppression.objects.filter(of_id=list_id, digest__in=list(digests))
    return rows.delete()[0]


def remove_some(list_id: SuppressionListId, *, before_run: int | None = None, limit: int) -> int:
    """Remove up to `limit` values, of earlier runs if one is given; return how many went."""
    rows = models.Suppression.objects.filter(of_id=list_id).order_by("id")
    if before_run is not None:
        rows = rows.filter(run__lt=before_run)
    ids = list(rows.values_list("id", flat=True)[:limit])
    models.Suppression.objects.filter(id__in=ids).delete()
    return len(ids)


def read_some(
    list_id: SuppressionListId, *, after: int, limit: int
) -> list[tuple[int, bytes, datetime]]:
    """Return number, sealed hash and moment of up to `limit` values, in the order they came."""
    rows = models.Suppression.objects.filter(of_id=list_id, id__gt=after).order_by("id")
    return [
        (id, bytes(sealed), at)
        for id, sealed, at in rows.values_list("id", "sealed", "added_at")[:limit]
    ]


def find(digests: Collection[bytes]) -> dict[bytes, set[SuppressionListId]]:
    """Return the lists on which each of the digests stands, if any: one look into one index.

    A digest is made under its account's own key, so it stands on no other account's list.
    """
    found: dict[bytes, set[SuppressionListId]] = {}
    columns = ("digest", "of_id")
    rows = bulk.select(models.Suppression, columns, "digest {among}", among=digests, order="of_id")
    for digest, list_id in rows:
        found.setdefault(bytes(digest), set()).add(list_id)
    return found


def _read(rows: Any) -> list[SuppressionList]:
    return [SuppressionList(*row) for row in rows.values_list(*_COLUMNS)]
