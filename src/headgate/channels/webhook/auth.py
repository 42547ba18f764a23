"""How a webhook proves who sends it: what each kind of `auth` adds to the request."""

import base64
from collections.abc import Callable

from msgspec import Struct

from headgate.channels.contract import MASK
from headgate.channels.webhook import signing
from headgate.channels.webhook.request import TokenGrant
from headgate.domain.delivery_settings import Auth, BasicAuth, BearerAuth, HmacAuth
from headgate.domain.secrets import Secret


class Credentials(Struct, frozen=True):
    """A header and how people see it, or the grant that fetches one for each attempt."""

    header: tuple[str, str] | None = None
    shown_as: str = MASK
    token: TokenGrant | None = None


def credentials(auth: Auth, body: bytes, secret_of: Callable[[Secret], str]) -> Credentials:
    if isinstance(auth, BearerAuth):
        return Credentials(("Authorization", f"Bearer {secret_of(auth.token)}"), f"Bearer {MASK}")
    if isinstance(auth, BasicAuth):
        value = basic(secret_of(auth.username), secret_of(auth.password))
        return Credentials(("Authorization", value), f"Basic {MASK}")
    if isinstance(auth, HmacAuth):
        return Credentials((auth.header, signing.hex_digest(secret_of(auth.secret), body)))
    grant = TokenGrant(
        auth.token_url, secret_of(auth.client_id), secret_of(auth.client_secret), auth.scope
    )
    return Credentials(token=grant)


def basic(username: str, password: str) -> str:
    """Return an `Authorization` value for HTTP Basic."""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
