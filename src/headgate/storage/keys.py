"""API keys, of which only the digest is stored."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from django.db.models import Count, QuerySet
from msgspec import Struct

from headgate.domain.ids import AccountId, KeyId, SourceId
from headgate.storage import bulk, models


class KeyScope(StrEnum):
    INTAKE = "intake"  # posts leads of one source and reads them back in the source's view
    READ = "read"
    ADMIN = "admin"


class Caller(Struct, frozen=True):
    """Who hands leads in: an API key, or a door of the account's own."""

    account_id: AccountId
    scope: KeyScope
    source: str | None = None
    entity: str | None = None


class Key(Caller, frozen=True, kw_only=True):
    id: KeyId
    source_id: SourceId | None


class KeyShown(Struct, frozen=True):
    """A key as a list of keys shows it."""

    id: KeyId
    prefix: str
    name: str
    scope: KeyScope
    source: str | None
    entity: str | None
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


def add(
    account_id: AccountId,
    *,
    digest: str,
    prefix: str,
    name: str,
    scope: KeyScope,
    source_id: SourceId | None,
    now: datetime,
) -> None:
    models.ApiKey.objects.create(
        account_id=account_id,
        digest=digest,
        prefix=prefix,
        name=name,
        scope=scope,
        source_id=source_id,
        created_at=now,
    )


def find(digests: Collection[str]) -> dict[str, Key]:
    """Return the keys in force by digest; a revoked or unknown one is not among them."""
    if not digests:
        return {}
    rows = bulk.select(
        models.ApiKey, ("digest",), "revoked_at IS NULL AND digest {among}", among=digests
    )
    return {digest: _facts(digest) for (digest,) in rows}


@lru_cache(maxsize=1024)
def _facts(digest: str) -> Key:
    """Return what never changes of a key; whether it is in force is asked every time."""
    columns = ("id", "account_id", "scope", "source_id", "source__slug", "source__entity__slug")
    row = models.ApiKey.objects.values_list(*columns).get(digest=digest)
    id, account_id, scope, source_id, source, entity = row
    return Key(
        AccountId(account_id),
        KeyScope(scope),
        source,
        entity,
        id=KeyId(id),
        source_id=source_id,
    )


def list_all(account_id: AccountId) -> list[KeyShown]:
    """Return every key that the account ever had, newest first."""
    return _shown(models.ApiKey.objects.filter(account_id=account_id))


def note_use(key_ids: Collection[KeyId], *, now: datetime) -> None:
    models.ApiKey.objects.filter(id__in=key_ids).update(last_used_at=now)


def list_of(account_id: AccountId, source_id: SourceId) -> list[KeyShown]:
    """Return the keys in force of a source, newest first."""
    return _shown(
        models.ApiKey.objects.filter(account_id=account_id, source_id=source_id, revoked_at=None)
    )


def count_in_force(source_ids: Collection[SourceId]) -> dict[SourceId, int]:
    """Return how many keys in force each source has; those without are left out."""
    rows = models.ApiKey.objects.filter(source_id__in=source_ids, revoked_at=None)
    counted = rows.values_list("source_id").annotate(count=Count("id"))
    return {SourceId(source): count for source, count in counted}


def revoke(account_id: AccountId, key_id: KeyId, *, now: datetime) -> str | None:
    """Put the key out of force, and return its prefix; None if there is no such key in force."""
    rows = models.ApiKey.objects.filter(account_id=account_id, id=key_id, revoked_at=None)
    prefix = rows.values_list("prefix", flat=True).first()
    return prefix if rows.update(revoked_at=now) else None


def _shown(rows: QuerySet[models.ApiKey]) -> list[KeyShown]:
    columns = ("id", "prefix", "name", "scope", "source__slug", "source__entity__slug")
    moments = ("created_at", "revoked_at", "last_used_at")
    return [
        KeyShown(KeyId(id), prefix, name, KeyScope(scope), source, entity, *at)
        for id, prefix, name, scope, source, entity, *at in rows.order_by("-id").values_list(
            *columns, *moments
        )
    ]
