"""Accounts and the configuration version in force."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from msgspec import Struct

from headgate.domain.ids import AccountId
from headgate.storage import bulk, models


class Account(Struct, frozen=True):
    id: AccountId
    slug: str
    name: str
    timezone: str
    currency: str
    wrapped_key: bytes
    config_version: int


class AccountNotFound(LookupError):
    """There is no such account; the message is for people."""


# The first of an advisory lock's two numbers; the second is the account.
_VERSION_LOCK = 71
_COLUMNS = ("id", "slug", "name", "timezone", "currency", "wrapped_key", "config_version")


def add(
    slug: str, name: str, *, timezone: str, currency: str, wrapped_key: bytes, now: datetime
) -> Account:
    row = models.Account.objects.create(
        slug=slug,
        name=name,
        timezone=timezone,
        currency=currency,
        wrapped_key=wrapped_key,
        created_at=now,
    )
    return get(AccountId(row.pk))


def get(account_id: AccountId) -> Account:
    """:raises AccountNotFound:"""
    found = _read(models.Account.objects.filter(id=account_id).values_list(*_COLUMNS))
    if not found:
        raise AccountNotFound(f"there is no account number {account_id}")
    return found[0]


def find(slug: str) -> Account | None:
    found = _read(models.Account.objects.filter(slug=slug).values_list(*_COLUMNS))
    return found[0] if found else None


def list_all() -> list[Account]:
    return _read(models.Account.objects.order_by("id").values_list(*_COLUMNS))


def set_up(account_id: AccountId, *, name: str, timezone: str, currency: str, version: int) -> None:
    """Put a configuration version in force, with what it says about the account itself."""
    models.Account.objects.filter(id=account_id).update(
        name=name, timezone=timezone, currency=currency, config_version=version
    )


def version_in_force(account_id: AccountId) -> int:
    """Return the configuration version, without keeping it from changing."""
    rows = bulk.select(models.Account, ("config_version",), "id = %s", (account_id,))
    return int(rows[0][0])


def hold_version(account_id: AccountId) -> int:
    """Return the configuration version, which stays in force until the transaction ends."""
    _hold("pg_advisory_xact_lock_shared", account_id)
    return version_in_force(account_id)


def hold_version_alone(account_id: AccountId) -> None:
    """Keep every other transaction from routing or configuring until this one ends."""
    _hold("pg_advisory_xact_lock", account_id)


def _hold(lock: str, account_id: AccountId) -> None:
    """Take PostgreSQL's advisory lock, whose queue is fair; SQLite's writers are alone anyway.

    Row locks are not: shared holders that overlap would keep an `apply` waiting for ever.
    """
    if bulk.on_postgresql():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {lock}(%s, %s)", [_VERSION_LOCK, account_id])


def _read(rows: Iterable[Any]) -> list[Account]:
    return [
        Account(id, slug, name, zone, currency, bytes(key), version)
        for id, slug, name, zone, currency, key, version in rows
    ]
