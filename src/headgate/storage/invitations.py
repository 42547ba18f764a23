"""One-time links that make somebody a member of an account; only digests of them are kept."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from headgate.domain.ids import AccountId
from headgate.storage import models
from headgate.storage.people import Role, read_entities, written_entities


class Invitation(Struct, frozen=True):
    id: int
    account_id: AccountId
    email: str
    role: Role
    entities: tuple[str, ...] | None
    made_by: str
    created_at: datetime
    expires_at: datetime


_COLUMNS = Invitation.__struct_fields__


def put(
    account_id: AccountId,
    email: str,
    role: Role,
    *,
    entities: tuple[str, ...] | None,
    digest: str,
    made_by: str,
    expires_at: datetime,
    now: datetime,
) -> None:
    """Add an invitation in the place of an earlier one of the same address."""
    models.Invitation.objects.update_or_create(
        account_id=account_id,
        email=email,
        defaults={
            "role": role,
            "entities": written_entities(entities),
            "digest": digest,
            "made_by": made_by,
            "created_at": now,
            "expires_at": expires_at,
        },
    )


def list_all(account_id: AccountId) -> list[Invitation]:
    rows = models.Invitation.objects.filter(account_id=account_id).order_by("email")
    return [_read(row) for row in rows.values_list(*_COLUMNS)]


def find(digest: str, *, now: datetime) -> Invitation | None:
    """Return the invitation of a link that stands."""
    rows = models.Invitation.objects.filter(digest=digest, expires_at__gt=now)
    row = rows.values_list(*_COLUMNS).first()
    return None if row is None else _read(row)


def take(digest: str, *, now: datetime) -> Invitation | None:
    """Use the link up; of two who use it at once, one comes too late."""
    rows = models.Invitation.objects.select_for_update().filter(digest=digest, expires_at__gt=now)
    row = rows.values_list(*_COLUMNS).first()
    if row is None or not models.Invitation.objects.filter(digest=digest).delete()[0]:
        return None
    return _read(row)


def remove(account_id: AccountId, invitation_id: int) -> str | None:
    """Withdraw it; returns whose it was, None if there is no such."""
    rows = models.Invitation.objects.filter(account_id=account_id, id=invitation_id)
    email = rows.values_list("email", flat=True).first()
    rows.delete()
    return email


def _read(row: tuple[Any, ...]) -> Invitation:
    id, account_id, email, role, entities, *rest = row
    return Invitation(id, account_id, email, Role(role), read_entities(entities), *rest)
