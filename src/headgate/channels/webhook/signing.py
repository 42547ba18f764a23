"""Signatures by which a partner knows that a request is ours: Standard Webhooks and plain HMAC."""

import base64
import binascii
import hmac

PREFIX = "whsec_"


class BadSigningSecret(ValueError):
    """The secret is not what Standard Webhooks prescribes; the message never quotes it."""


def keys(secret: str) -> tuple[bytes, ...]:
    """Read one secret, or several separated by spaces while they are being rotated.

    :raises BadSigningSecret: one of them is not base64.
    """
    parts = secret.split()
    if not parts:
        raise BadSigningSecret("The signing secret is empty; it is whsec_ followed by base64")
    try:
        found = tuple(base64.b64decode(part.removeprefix(PREFIX), validate=True) for part in parts)
    except binascii.Error:
        found = ()
    if not all(found) or not found:
        raise BadSigningSecret("The signing secret is not whsec_ followed by base64")
    return found


def signature(signing_keys: tuple[bytes, ...], message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of `webhook-signature`: one `v1,…` for each key."""
    signed = b"%s.%d.%s" % (message_id.encode(), timestamp, body)
    digests = (hmac.digest(key, signed, "sha256") for key in signing_keys)
    return " ".join("v1," + base64.b64encode(digest).decode() for digest in digests)


def hex_digest(secret: str, body: bytes) -> str:
    """Return the hex SHA-256 HMAC of the body."""
    return hmac.digest(secret.encode(), body, "sha256").hex()
