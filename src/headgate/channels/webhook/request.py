"""A rendered webhook: plain values that may travel to the process that sends."""

from msgspec import Struct

from headgate.channels.contract import MASK, ShownRequest
from headgate.domain.delivery_settings import AnswerRules

_SHOWN_LIMIT = 64 * 1024


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


def shown(request: WebhookRequest) -> ShownRequest:
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
