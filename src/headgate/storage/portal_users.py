"""Those who sign in to the partner portal, and the one-time links by which they set a password."""

from datetime import datetime

from django.db.models import QuerySet
from msgspec import Struct

from headgate.domain.ids import AccountId, PartnerId, PortalUserId
from headgate.storage import models


class PortalUser(Struct, frozen=True):
    """The attributes are named like the columns; `password` is a hash, None until they joined."""

    id: PortalUserId
    account_id: AccountId
    partner_id: PartnerId
    email: str
    password: str | None
    link_expires_at: datetime | None
    invited_by: str
    invited_at: datetime
    joined_at: datetime | None
    seen_at: datetime | None

    def __repr__(self) -> str:
        return f"PortalUser({self.id})"


_COLUMNS = PortalUser.__struct_fields__


def invite(
    account_id: AccountId,
    partner_id: PartnerId,
    email: str,
    *,
    digest: str,
    made_by: str,
    expires_at: datetime,
    now: datetime,
) -> None:
    """Add somebody with a link, or give somebody who is there another one instead."""
    link = {"digest": digest, "link_expires_at": expires_at}
    models.PortalUser.objects.update_or_create(
        account_id=account_id,
        partner_id=partner_id,
        email=email,
        defaults=link,
        create_defaults={**link, "invited_by": made_by, "invited_at": now},
    )


def put_link(user_id: PortalUserId, *, digest: str, expires_at: datetime) -> None:
    rows = models.PortalUser.objects.filter(id=user_id)
    rows.update(digest=digest, link_expires_at=expires_at)


def find(user_id: PortalUserId) -> PortalUser | None:
    return _first(models.PortalUser.objects.filter(id=user_id))


def find_by_link(digest: str, *, now: datetime) -> PortalUser | None:
    """Return whose link it is, if it stands."""
    rows = models.PortalUser.objects.filter(digest=digest, link_expires_at__gt=now)
    return _first(rows)


def use_link(digest: str, *, password: str, now: datetime) -> bool:
    """Set the password and use the link up; of two who use it at once, one comes too late."""
    rows = models.PortalUser.objects.filter(digest=digest, link_expires_at__gt=now)
    models.PortalUser.objects.filter(digest=digest, joined_at=None).update(joined_at=now)
    return bool(rows.update(password=password, digest=None, link_expires_at=None, seen_at=now))


def with_email(email: str) -> list[PortalUser]:
    """Return everybody who goes by this address, of whatever partner and account."""
    return _read(models.PortalUser.objects.filter(email=email).order_by("id"))


def of_partner(account_id: AccountId, partner_id: PartnerId) -> list[PortalUser]:
    rows = models.PortalUser.objects.filter(account_id=account_id, partner_id=partner_id)
    return _read(rows.order_by("email"))


def note_seen(user_id: PortalUserId, *, now: datetime) -> None:
    models.PortalUser.objects.filter(id=user_id).update(seen_at=now)


def remove(account_id: AccountId, partner_id: PartnerId, user_id: PortalUserId) -> str | None:
    """Take the access away; returns whose it was, None if there is no such."""
    rows = models.PortalUser.objects.filter(
        account_id=account_id, partner_id=partner_id, id=user_id
    )
    email = rows.values_list("email", flat=True).first()
    rows.delete()
    return email


def _read(rows: QuerySet[models.PortalUser]) -> list[PortalUser]:
    return [PortalUser(*row) for row in rows.values_list(*_COLUMNS)]


def _first(rows: QuerySet[models.PortalUser]) -> PortalUser | None:
    return next(iter(_read(rows)), None)
