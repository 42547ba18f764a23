"""Users, the accounts they are members of, and the links by which the first owner is made."""

import json
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from headgate.domain.ids import AccountId, UserId
from headgate.storage import models, sign_in


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


class Membership(Struct, frozen=True):
    """One account of a user; `entities` are the slugs that they are kept to, None for all."""

    account_id: AccountId
    slug: str
    name: str
    role: Role
    entities: tuple[str, ...] | None = None


class Member(Struct, frozen=True):
    """Somebody of an account, as its owners see them."""

    user_id: UserId
    email: str
    role: Role
    entities: tuple[str, ...] | None
    joined_at: datetime
    has_second_step: bool


def find_user(email: str) -> UserId | None:
    id = models.User.objects.filter(email=email).values_list("id", flat=True).first()
    return None if id is None else UserId(id)


def add_user(email: str, *, password_hash: str, now: datetime) -> UserId:
    row = models.User.objects.create(email=email, password=password_hash, created_at=now)
    return UserId(row.pk)


def add_member(
    account_id: AccountId,
    user_id: UserId,
    role: Role,
    *,
    entities: tuple[str, ...] | None = None,
    now: datetime,
) -> None:
    models.Membership.objects.create(
        account_id=account_id,
        user_id=user_id,
        role=role,
        entities=written_entities(entities),
        created_at=now,
    )


def memberships_of(user_id: UserId) -> list[Membership]:
    rows = models.Membership.objects.filter(user_id=user_id).order_by("account__name", "id")
    return [
        Membership(AccountId(account), slug, name, Role(role), read_entities(entities))
        for account, slug, name, role, entities in rows.values_list(
            "account_id", "account__slug", "account__name", "role", "entities"
        )
    ]


def list_members(account_id: AccountId) -> list[Member]:
    """Return everybody of the account, by address."""
    rows = models.Membership.objects.filter(account_id=account_id).order_by("user__email")
    found = list(rows.values_list("user_id", "user__email", "role", "entities", "created_at"))
    secured = sign_in.with_second_step(UserId(row[0]) for row in found)
    return [
        Member(
            UserId(user_id),
            email,
            Role(role),
            read_entities(entities),
            joined_at,
            UserId(user_id) in secured,
        )
        for user_id, email, role, entities, joined_at in found
    ]


def find_member(account_id: AccountId, user_id: UserId) -> Member | None:
    return next((each for each in list_members(account_id) if each.user_id == user_id), None)


def change_member(
    account_id: AccountId, user_id: UserId, *, role: Role, entities: tuple[str, ...] | None
) -> None:
    models.Membership.objects.filter(account_id=account_id, user_id=user_id).update(
        role=role, entities=written_entities(entities)
    )


def remove_member(account_id: AccountId, user_id: UserId) -> None:
    models.Membership.objects.filter(account_id=account_id, user_id=user_id).delete()


def hold_owners(account_id: AccountId) -> set[UserId]:
    """Return the account's owners, of whom nobody leaves until the transaction ends."""
    rows = models.Membership.objects.select_for_update().filter(
        account_id=account_id, role=Role.OWNER
    )
    return {UserId(id) for id in rows.order_by("id").values_list("user_id", flat=True)}


def written_entities(entities: tuple[str, ...] | None) -> str | None:
    return None if entities is None else json.dumps(entities)


def read_entities(written: str | None) -> tuple[str, ...] | None:
    return None if written is None else tuple(json.loads(written))


def owners_of(account_id: AccountId) -> list[str]:
    """Return the mail addresses of the account's owners."""
    rows = models.Membership.objects.filter(account_id=account_id, role=Role.OWNER)
    return list(
        rows.filter(user__is_active=True).order_by("id").values_list("user__email", flat=True)
    )


def has_owner() -> bool:
    """Tell whether any account of the installation has an owner."""
    return models.Membership.objects.filter(role=Role.OWNER).exists()


def add_set_up_link(digest: str, *, expires_at: datetime) -> None:
    models.SetUpLink.objects.create(digest=digest, expires_at=expires_at)


def stands_set_up_link(digest: str, *, now: datetime) -> bool:
    return models.SetUpLink.objects.filter(digest=digest, expires_at__gt=now).exists()


def use_set_up_link(digest: str, *, now: datetime) -> bool:
    """Void every link; False, and nothing voided, when this one does not stand.

    All are locked first, so that of two links used at the same instant one comes too late.
    """
    links = models.SetUpLink.objects.select_for_update().order_by("id")
    standing = [link.digest for link in links if link.expires_at > now]
    if digest not in standing:
        return False
    models.SetUpLink.objects.all().delete()
    return True
