"""What a form that was shown sends round: a signed token, and work for the browser to do."""

import hashlib
import hmac
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import altcha
from msgspec import Struct

from headgate.domain.ids import uuid7
from headgate.domain.instants import from_milliseconds, to_milliseconds
from headgate.services.setups import Setup

VALID_FOR = timedelta(hours=24)

_LAYOUT = struct.Struct(">16sQI?")
_SIGNATURE = 16
# About a second's work for a phone, begun when the page is shown.
_ALGORITHM = "PBKDF2/SHA-256"
_COST = 4_000
_LEAST_TRIES, _MORE_TRIES = 150, 150


class Token(Struct, frozen=True):
    """Proof that a form was shown, at which version of the set-up; it makes one lead."""

    id: UUID
    issued_at: datetime
    version: int
    test: bool = False

    @property
    def void_at(self) -> datetime:
        return self.issued_at + VALID_FOR

    def seconds_shown(self, now: datetime) -> float:
        return (now - self.issued_at).total_seconds()


def issue(setup: Setup, *, test: bool = False, now: datetime) -> Token:
    return Token(uuid7(to_milliseconds(now), secrets.randbits(74)), now, setup.version, test)


def write_token(setup: Setup, slug: str, token: Token) -> str:
    issued = to_milliseconds(token.issued_at)
    said = _LAYOUT.pack(token.id.bytes, issued, token.version, token.test)
    return urlsafe_b64encode(said + _signature(setup, slug, said)).decode().rstrip("=")


def read_token(setup: Setup, slug: str, text: str) -> Token | None:
    """Return None for what this account did not issue for this form."""
    try:
        signed = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        return None
    said, signature = signed[:-_SIGNATURE], signed[-_SIGNATURE:]
    if len(said) != _LAYOUT.size:
        return None
    if not hmac.compare_digest(signature, _signature(setup, slug, said)):
        return None
    id, issued, version, test = _LAYOUT.unpack(said)
    return Token(UUID(bytes=id), from_milliseconds(issued), version, test)


def challenge(setup: Setup, token: Token) -> dict[str, Any]:
    """Return work in the form of an ALTCHA challenge, good for this token alone."""
    made = altcha.create_challenge(
        _ALGORITHM,
        _COST,
        counter=_LEAST_TRIES + secrets.randbelow(_MORE_TRIES),
        data={"token": token.id.hex},
        hmac_secret=setup.vault.form_key,
        hmac_key_secret=setup.vault.form_key,
    )
    written: dict[str, Any] = made.to_dict()
    return written


def is_proven(setup: Setup, token: Token, proof: str) -> bool:
    """Tell whether this is the solution of a challenge that was made for the token."""
    key = setup.vault.form_key
    try:
        payload = altcha.Payload.from_base64(proof)
        said = payload.challenge.parameters.data
        if not isinstance(said, dict) or said.get("token") != token.id.hex:
            return False
        return altcha.verify_solution(payload, key, hmac_key_secret=key).verified is True
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # What anybody may post can be of any shape.
        return False


def _signature(setup: Setup, slug: str, said: bytes) -> bytes:
    text = slug.encode() + b"\0" + said
    return hashlib.blake2b(text, key=setup.vault.form_key, digest_size=_SIGNATURE).digest()
