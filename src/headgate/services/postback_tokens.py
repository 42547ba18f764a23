"""The address of one delivery at which its partner says what became of the lead, signed."""

import hashlib
import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

import msgspec

from headgate.channels.payload import POSTBACK_URL
from headgate.domain.delivery_settings import DeliverySettings
from headgate.domain.ids import AccountId, DeliveryId
from headgate.services import setups
from headgate.services.sealing import Vault
from headgate.services.setups import Setup

_LAYOUT = struct.Struct(">Q16s")
_SIGNATURE = 16
_NAMED = POSTBACK_URL.encode()
_base_url: list[str] = []


class TokenVoid(LookupError):
    """No account of this installation signed the token."""


def open_at(base_url: str) -> None:
    """Say at which address partners reach this installation; with none, there are no addresses."""
    _base_url[:] = [base_url] if base_url else []


def names_address(settings: DeliverySettings) -> bool:
    """Tell whether these delivery settings want the address anywhere, whatever channel they are."""
    return _NAMED in msgspec.json.encode(settings)


def address_of(setup: Setup, delivery_id: DeliveryId) -> str | None:
    """Return the delivery's address, the same at any time."""
    if not _base_url:
        return None
    return f"{_base_url[0]}/postback/{write(setup.vault, setup.account.id, delivery_id)}"


def write(vault: Vault, account_id: AccountId, delivery_id: DeliveryId) -> str:
    said = _LAYOUT.pack(account_id, delivery_id.bytes)
    return urlsafe_b64encode(said + _signature(vault, said)).decode().rstrip("=")


def read(token: str) -> tuple[Setup, DeliveryId]:
    """Return the set-up in force of the account that signed it, and for which delivery.

    :raises TokenVoid:
    """
    try:
        signed = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except ValueError:
        signed = b""
    said, signature = signed[:-_SIGNATURE], signed[-_SIGNATURE:]
    if len(said) != _LAYOUT.size:
        raise TokenVoid
    account_id, delivery_id = _LAYOUT.unpack(said)
    if account_id >= 1 << 63:  # more than any database counts
        raise TokenVoid
    try:
        setup = setups.in_force(AccountId(account_id))
    except LookupError:
        raise TokenVoid from None
    if not hmac.compare_digest(signature, _signature(setup.vault, said)):
        raise TokenVoid
    return setup, DeliveryId(UUID(bytes=delivery_id))


def _signature(vault: Vault, said: bytes) -> bytes:
    return hashlib.blake2b(said, key=vault.postback_key, digest_size=_SIGNATURE).digest()
