"""How a bound idempotency key and its body are recognised, also once their lead is erased."""

from headgate.services.sealing import Vault

_HIDDEN = "erased:"


def hidden_key(vault: Vault, key: str) -> str:
    """Return what is kept of a key when its lead is erased: the same for the same key."""
    return _HIDDEN + vault.match_digest(f"idempotency key {key}").hex()


def hidden_digest(vault: Vault, body_digest: bytes) -> bytes:
    """Return what is kept of a body's digest, by which nobody without the key can try bodies."""
    return vault.match_digest(f"idempotency body {body_digest.hex()}")


def is_same_body(vault: Vault, kept: bytes, body_digest: bytes) -> bool:
    return kept in (body_digest, hidden_digest(vault, body_digest))
