"""Users, the accounts they are members of, and the links by which the first owner is made."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from headgate.domain.ids import AccountId, UserId
from headgate.storage import models


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


class Membership(Struct, frozen=True):
    """One account of a user, as the switcher shows it."""

    account_id: AccountId
    slug: str
    name: str
    role: Role


def find_user(email: str) -> UserId | None:
    id = models.User.objects.filter(email=email).values_list("id", flat=True).first()
    return None if id is None else UserId(id)


def add_user(email: str, *, password_hash: str, now: datetime) -> UserId:
    row = models.User.objects.create(email=email, password=password_hash, created_at=now)
    return UserId(row.pk)


def add_member(account_id: AccountId, user_id: UserId, role: Role, *, now: datetime) -> None:
    models.Membership.objects.create(
        account_id=account_id, user_id=user_id, role=role, created_at=now
    )


def memberships_of(user_id: UserId) -> list[Membership]:
    rows = models.Membership.objects.filter(user_id=user_id).order_by("account__name", "id")
    return [
        Membership(AccountId(account), slug, name, Role(role))
        for account, slug, name, role in rows.values_list(
            "account_id", "account__slug", "account__name", "role"
        )
    ]


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
