"""What the demonstration makes once, and remembers beside its database to go on with."""

import secrets
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import msgspec
from msgspec import Struct

from headgate.domain.ids import AccountId
from headgate.services import configuration
from headgate.services.people import api_keys, membership, portal_access
from headgate.storage import accounts
from headgate.storage.keys import KeyScope
from headgate.storage.people import Role

EMAIL = "demo@example.com"
BUYER = "buyer@example.com"
BUYER_OF = "sunpeak"
_SLUG = "demo"


class Remembered(Struct):
    """What was printed once and is good for trying; `people` counts the leads posted so far."""

    password: str
    admin_key: str
    website_key: str
    mock_port: int
    people: int = 0
    first_lead: str | None = None
    portal_password: str | None = None  # one that was made before there was a portal has none


def remembered(path: Path) -> Remembered | None:
    if not path.exists():
        return None
    return msgspec.json.decode(path.read_bytes(), type=Remembered)


def remember(path: Path, what: Remembered) -> None:
    path.touch(mode=0o600, exist_ok=True)
    path.write_bytes(msgspec.json.encode(what))


def make(*, mock_port: int, now: datetime) -> Remembered:
    """Put the demonstration's set-up in force, with a user and keys to try it with."""
    applied = configuration.apply_configuration(
        source=_configuration(mock_port), account_slug=None, trusted=True, made_by=_SLUG, now=now
    )
    account_id = applied.account.id
    password = secrets.token_urlsafe(9)
    membership.create_user(
        account_id=account_id, email=EMAIL, password=password, role=Role.OWNER, now=now
    )
    return Remembered(
        password=password,
        admin_key=_key(account_id, KeyScope.ADMIN, None, now),
        website_key=_key(account_id, KeyScope.INTAKE, "website", now),
        mock_port=mock_port,
        portal_password=_let_into_portal(account_id, now),
    )


def is_made() -> bool:
    return accounts.find(_SLUG) is not None


def _let_into_portal(account_id: AccountId, now: datetime) -> str:
    """Have somebody of a partner join its portal; return the password."""
    password = secrets.token_urlsafe(9)
    _, token = portal_access.invite(
        account_id=account_id, partner=BUYER_OF, email=BUYER, by=EMAIL, now=now
    )
    portal_access.set_password(token=token, password=password, now=now)
    return password


def _key(account_id: AccountId, scope: KeyScope, source: str | None, now: datetime) -> str:
    return api_keys.create_key(
        account_id=account_id, scope=scope, source=source, entity=None, name="Demo", now=now
    )


def _configuration(mock_port: int) -> bytes:
    text = files("headgate.cli.demo").joinpath("configuration.yaml").read_text(encoding="utf-8")
    return text.replace("{mock}", f"http://127.0.0.1:{mock_port}").encode()
