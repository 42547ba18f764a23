"""Seals and opens secrets and encrypted fields, under keys that are never stored in clear.

Each account has a data key, itself sealed under the installation key (AES-256-GCM both). A
sealed value begins with the number of the layout, then the nonce.
"""

import hashlib
import hmac
import secrets
from base64 import b32decode, b32encode, b64decode, b64encode
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from headgate.domain.secrets import PlainSecret, SealedSecret

_LAYOUT = b"\x01"
_NONCE = 12


class Unopenable(Exception):
    """The value was sealed under another key, or is damaged."""


class Locked(RuntimeError):
    """The installation key has not been given yet."""


class Vault:
    """One account's data key, and what it seals."""

    def __init__(self, data_key: bytes) -> None:
        self._cipher = AESGCM(data_key)
        self._return_key = hashlib.blake2b(data_key, person=b"return path").digest()
        self._match_key = hashlib.blake2b(data_key, person=b"match key").digest()
        # Signs what forms send round by way of browsers.
        self.form_key = hashlib.blake2b(data_key, person=b"form").digest()
        # Signs the addresses at which partners say what became of a lead.
        self.postback_key = hashlib.blake2b(data_key, person=b"postback").digest()
        self._list_key = hashlib.blake2b(data_key, person=b"suppression key").digest()
        self._chain_key = hashlib.blake2b(data_key, person=b"audit chain").digest()

    def seal(self, plain: bytes) -> bytes:
        return _seal(self._cipher, plain)

    def open(self, sealed: bytes) -> bytes:
        """:raises Unopenable:"""
        return _open(self._cipher, sealed)

    def seal_secret(self, secret: PlainSecret) -> SealedSecret:
        return SealedSecret(b64encode(self.seal(secret.value.encode())).decode())

    def open_secret(self, secret: SealedSecret) -> str:
        return self.open(b64decode(secret.ciphertext)).decode()

    def match_digest(self, text: str) -> bytes:
        """Return what stands for a match value at rest: equal for equal texts, telling nothing."""
        return hashlib.blake2b(text.encode(), key=self._match_key, digest_size=16).digest()

    def chain_digest(self, previous: str, content: bytes) -> str:
        """Return what ties a line of a log to the line before; nobody without the key can."""
        said = previous.encode() + content
        return hashlib.blake2b(said, key=self._chain_key, digest_size=32).hexdigest()

    def list_digest(self, value_hash: bytes) -> bytes:
        """Return what finds a value on a suppression list, and nothing without this key."""
        return hashlib.blake2b(value_hash, key=self._list_key, digest_size=16).digest()

    def return_token(self, mail_id: UUID) -> str:
        """Return what an address says of the mail that may come back to it, signed."""
        return b32encode(mail_id.bytes + self._signature(mail_id)).decode().rstrip("=").lower()

    def read_return_token(self, token: str) -> UUID | None:
        """Return which mail a token is about; None if this account did not sign it."""
        try:
            signed = b32decode(token.upper() + "=" * (-len(token) % 8))
            mail_id = UUID(bytes=signed[:16])
        except ValueError:
            return None
        return mail_id if hmac.compare_digest(signed[16:], self._signature(mail_id)) else None

    def _signature(self, mail_id: UUID) -> bytes:
        return hashlib.blake2b(mail_id.bytes, key=self._return_key, digest_size=10).digest()


_installation: AESGCM | None = None


def unlock(installation_key: str) -> None:
    """Give this process the installation key, under which the data keys are sealed."""
    global _installation  # noqa: PLW0603
    _installation = AESGCM(
        hashlib.sha256(b"headgate data keys:" + installation_key.encode()).digest()
    )


def fingerprint(installation_key: str) -> str:
    """Return what tells two installation keys apart without telling either."""
    return hmac.digest(installation_key.encode(), b"headgate fingerprint", "sha256").hex()


def new_wrapped_key() -> bytes:
    """Make a data key for a new account and return it sealed."""
    return _seal(_unlocked(), secrets.token_bytes(32))


def seal_text(plain: str) -> str:
    """Seal what belongs to no account, under the installation key itself."""
    return b64encode(_seal(_unlocked(), plain.encode())).decode()


def open_text(sealed: str) -> str:
    """:raises Unopenable:"""
    return _open(_unlocked(), b64decode(sealed)).decode()


def open_vault(wrapped_key: bytes) -> Vault:
    """:raises Unopenable: the installation key is not the one it was sealed under."""
    return Vault(_open(_unlocked(), wrapped_key))


def _unlocked() -> AESGCM:
    if _installation is None:
        raise Locked("the installation key has not been given")
    return _installation


def _seal(cipher: AESGCM, plain: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return _LAYOUT + nonce + cipher.encrypt(nonce, plain, _LAYOUT)


def _open(cipher: AESGCM, sealed: bytes) -> bytes:
    nonce, ciphertext = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        return cipher.decrypt(nonce, ciphertext, sealed[:1])
    except (InvalidTag, ValueError) as error:
        raise Unopenable("sealed under another key, or damaged") from error
