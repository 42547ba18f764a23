"""Accounts and the configuration version in force."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from msgspec import Struct

from headgate.domain.ids import AccountId
from headgate.storage import models


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
    return models.Account.objects.values_list("config_version", flat=True).get(id=account_id)


def hold_version(account_id: AccountId) -> int:
    """Return the configuration version, which stays in force until the transaction ends."""
    with connection.cursor() as cursor:
        table = models.Account._meta.db_table
        shared = " FOR SHARE" if connection.vendor == "postgresql" else ""
        cursor.execute(f"SELECT config_version FROM {table} WHERE id = %s{shared}", [account_id])
        row = cursor.fetchone()
    return int(row[0])


def hold_version_alone(slug: str) -> None:
    """Keep every other transaction from routing or configuring until this one ends."""
    list(models.Account.objects.select_for_update().filter(slug=slug).values_list("id"))


def _read(rows: Iterable[Any]) -> list[Account]:
    return [
        Account(id, slug, name, zone, currency, bytes(key), version)
        for id, slug, name, zone, currency, key, version in rows
    ]
