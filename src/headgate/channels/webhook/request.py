"""A rendered webhook: plain values that may travel to the process that sends."""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

from msgspec import Struct

from headgate.channels.contract import MASK, Shown
from headgate.domain.delivery_settings import AnswerRules

_SHOWN_LIMIT = 64 * 1024
_ONE_SPELLING = re.compile(r"[\w.-]*", re.ASCII)


class TokenGrant(Struct, frozen=True):
    """What fetches an access token by OAuth 2 client credentials."""

    url: str
    client_id: str
    client_secret: str
    scope: str | None = None

    def __repr__(self) -> str:
        return f"TokenGrant({self.url})"


class Look(Struct, frozen=True):
    """What people see in place of an address and a body that hold encrypted values."""

    url: str
    body: bytes


class WebhookRequest(Struct, frozen=True, tag="webhook"):
    """One delivery, ready to send; holds secrets in clear, so it is never stored or logged.

    `secret_headers` are the headers that people see masked, each with what they see instead.
    `confidential` are the texts that nothing kept may contain: secrets and encrypted values.
    """

    delivery_id: str
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    timeout_seconds: float
    answer: AnswerRules
    signing_secret: str | None = None
    token: TokenGrant | None = None
    secret_headers: tuple[tuple[str, str], ...] = ()
    look: Look | None = None
    confidential: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"WebhookRequest({self.delivery_id})"


def shown(request: WebhookRequest) -> Shown:
    """Return the request for people: what each attempt adds is left out or masked."""
    masks = dict(request.secret_headers)
    headers = {name: masks.get(name, value) for name, value in request.headers}
    if request.token is not None:
        headers["Authorization"] = f"Bearer {MASK}"
    if request.signing_secret is not None:
        headers["webhook-signature"] = MASK
    look = request.look or Look(request.url, request.body)
    return {
        "method": request.method,
        "url": look.url,
        "headers": headers,
        "body": look.body[:_SHOWN_LIMIT].decode(errors="replace"),
    }


def without_secrets(text: str, confidential: Iterable[str]) -> str:
    """Mask every confidential text in what the other side said, however it spelled it."""
    for secret in sorted(confidential, key=len, reverse=True):
        for spelling in _spellings(secret):
            text = text.replace(spelling, MASK)
    return text


def _spellings(secret: str) -> tuple[str, ...]:
    if _ONE_SPELLING.fullmatch(secret):
        return (secret,)
    return (
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret, safe=""),
        quote_plus(secret),
        escape(secret),
    )
