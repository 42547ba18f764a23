"""What a user signs in with beside the password, and where they are signed in."""

from collections.abc import Iterable
from datetime import datetime

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session as StoredSession
from msgspec import Struct

from headgate.domain.ids import UserId
from headgate.storage import models

_TOTP, _PASSKEY, _CODES = (
    Authenticator.Type.TOTP,
    Authenticator.Type.WEBAUTHN,
    Authenticator.Type.RECOVERY_CODES,
)


class Passkey(Struct, frozen=True):
    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


class SecondSteps(Struct, frozen=True):
    """`app_since` and `codes_since` are None where there is no such thing."""

    app_since: datetime | None
    passkeys: list[Passkey]
    codes_since: datetime | None


class Session(Struct, frozen=True):
    """A browser in which the user is signed in; `agent` is what it calls itself."""

    key: str
    address: str
    agent: str
    began_at: datetime


def second_steps(user_id: UserId) -> SecondSteps:
    rows = Authenticator.objects.filter(user_id=user_id).order_by("id")
    found = list(rows.values_list("id", "type", "data", "created_at", "last_used_at"))
    since = {kind: created_at for _, kind, _, created_at, _ in found}
    passkeys = [
        Passkey(id, data.get("name", ""), created_at, last_used_at)
        for id, kind, data, created_at, last_used_at in found
        if kind == _PASSKEY
    ]
    return SecondSteps(since.get(_TOTP), passkeys, since.get(_CODES))


def with_second_step(user_ids: Iterable[UserId]) -> set[UserId]:
    """Return those who show more than a password."""
    rows = Authenticator.objects.filter(user_id__in=list(user_ids), type__in=(_TOTP, _PASSKEY))
    return {UserId(id) for id in rows.values_list("user_id", flat=True)}


def password_token(user_id: UserId) -> tuple[str, str]:
    """Return what the address of a link to a new password says: the user, and a token.

    The token works once, and no more once the password or the last sign-in is another.
    """
    user = models.User.objects.get(id=user_id)
    return user_pk_to_url_str(user), default_token_generator.make_token(user)


def remove_second_steps(user_id: UserId) -> int:
    """Leave the user with the password alone; returns how many things are gone."""
    gone, _ = Authenticator.objects.filter(user_id=user_id).delete()
    return int(gone)


def sessions(user_id: UserId, *, now: datetime) -> list[Session]:
    """Return where the user is signed in, the latest first."""
    rows = UserSession.objects.filter(user_id=user_id).order_by("-created_at")
    columns = rows.values_list("session_key", "ip", "user_agent", "created_at")
    known = [Session(key, str(address), agent, at) for key, address, agent, at in columns]
    alive = StoredSession.objects.filter(
        session_key__in=[session.key for session in known], expire_date__gt=now
    )
    keys = set(alive.values_list("session_key", flat=True))
    return [session for session in known if session.key in keys]


def end_sessions(user_id: UserId, *, but: str | None) -> int:
    """Sign the user out everywhere, except in the session with the key `but`."""
    rows = UserSession.objects.filter(user_id=user_id).exclude(session_key=but)
    keys = list(rows.values_list("session_key", flat=True))
    StoredSession.objects.filter(session_key__in=keys).delete()
    rows.delete()
    return len(keys)


def forget_ended(*, now: datetime) -> None:
    """Remove sessions that nobody can use any more."""
    StoredSession.objects.filter(expire_date__lte=now).delete()
    alive = StoredSession.objects.values("session_key")
    UserSession.objects.exclude(session_key__in=alive).delete()
