"""Make the request of one delivery: pure, and the same bytes on every retry."""

import re
from collections.abc import Callable
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace
from yarl import URL

from headgate import __version__
from headgate.channels.confidential import encrypted_texts
from headgate.channels.contract import MASK, LeadFacts, SecretOf, Unrenderable
from headgate.channels.webhook import answers, auth, bodies, signing
from headgate.channels.webhook.request import Look, TokenGrant, WebhookRequest
from headgate.domain.delivery_settings import Method, Webhook
from headgate.domain.secrets import Secret

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_SECRET_NAME = re.compile("authorization|key|token|secret|password|cookie", re.IGNORECASE)
# What the delivery itself says, or the connection; settings cannot say it otherwise.
_OURS = frozenset(
    (
        *("webhook-id", "webhook-timestamp", "webhook-signature", "idempotency-key"),
        *("user-agent", "host", "connection", "content-length", "transfer-encoding"),
        *("accept-encoding", "expect", "upgrade", "te", "trailer"),
    )
)


def render(
    settings: Webhook, facts: LeadFacts, *, secret_of: SecretOf, body: bytes | None = None
) -> WebhookRequest:
    """Make the request; `body` gives back the bytes of an earlier attempt.

    For a preview, which is never sent, `secret_of` may return `•••` for every secret.

    :raises Unrenderable: the settings make no request.
    """
    flaw = answers.flaw(settings.answer)
    if flaw is not None:
        raise Unrenderable(f"answer: {flaw}")
    url, content = _address_and_body(settings, facts)
    if body is not None and settings.method is not Method.GET:
        content = body
    has_hidden = any(encrypted_texts(facts))
    return compose(
        replace(settings, url=url),
        facts,
        content,
        look=Look(*_address_and_body(settings, facts.masked())) if has_hidden else None,
        secret_of=secret_of,
    )


def compose(
    settings: Webhook,
    facts: LeadFacts,
    content: bytes,
    *,
    look: Look | None,
    secret_of: SecretOf,
) -> WebhookRequest:
    """Make the request whose address and body are written already.

    :raises Unrenderable: a header or a secret cannot be sent.
    """
    spoken: list[str] = []

    def remembered(secret: Secret) -> str:
        spoken.append(secret_of(secret))
        return spoken[-1]

    headers = _headers(settings, facts, content, remembered)
    return WebhookRequest(
        delivery_id=facts.delivery_id,
        method=settings.method.value,
        url=settings.url,
        headers=tuple(headers.all.values()),
        body=content,
        timeout_seconds=settings.timeout_seconds,
        answer=settings.answer,
        signing_secret=_signing_secret(settings, remembered),
        token=headers.token,
        secret_headers=tuple(headers.shown_as.items()),
        look=look,
        confidential=tuple(dict.fromkeys(filter(None, (*spoken, *encrypted_texts(facts))))),
    )


class _Headers(Struct):
    """Headers by their name in lower case, and how people see the secret ones."""

    all: dict[str, tuple[str, str]]
    shown_as: dict[str, str]
    token: TokenGrant | None = None

    def put(self, name: str, value: str, *, shown_as: str | None = None) -> None:
        if not _HEADER_NAME.fullmatch(name):
            raise Unrenderable(f"headers: {name!r} cannot be the name of a header")
        if _CONTROL.search(value):
            raise Unrenderable(f"headers: {name} holds a line break or control character")
        self.all[name.lower()] = (name, value)
        if shown_as is not None:
            self.shown_as[name] = shown_as


def _headers(
    settings: Webhook, facts: LeadFacts, content: bytes, secret_of: Callable[[Secret], str]
) -> _Headers:
    headers = _Headers({}, {})
    if settings.method is not Method.GET:
        headers.put("Content-Type", bodies.CONTENT_TYPES[settings.format])
    headers.put("Accept", "*/*")
    for name, value in settings.headers:
        if name.lower() in _OURS:
            continue
        is_secret = not isinstance(value, str) or _SECRET_NAME.search(name) is not None
        plain = value if isinstance(value, str) else secret_of(value)
        headers.put(name, plain, shown_as=MASK if is_secret else None)
    if settings.auth is not None:
        found = auth.credentials(settings.auth, content, secret_of)
        headers.token = found.token
        if found.header is not None:
            headers.put(*found.header, shown_as=found.shown_as)
    headers.put("Accept-Encoding", "identity")
    headers.put("User-Agent", f"Headgate/{__version__}")
    headers.put("webhook-id", facts.delivery_id)
    headers.put("Idempotency-Key", facts.delivery_id)
    return headers


def _signing_secret(settings: Webhook, secret_of: Callable[[Secret], str]) -> str | None:
    if settings.secret is None:
        return None
    given = (settings.secret, settings.old_secret)
    secrets = [secret_of(each) for each in given if each is not None]
    if MASK in secrets:
        return MASK
    try:
        for each in secrets:
            signing.keys(each)
    except signing.BadSigningSecret as error:
        raise Unrenderable(f"secret: {error}") from None
    return " ".join(secrets)


def _address_and_body(settings: Webhook, facts: LeadFacts) -> tuple[str, bytes]:
    url = address(settings.url)
    if settings.method is not Method.GET:
        return url, bodies.body(settings.format, settings.fields, settings.template, facts)
    pairs = bodies.query(settings.fields, settings.template, facts)
    return url + ("&" if "?" in url else "?") + pairs, b""


@lru_cache(maxsize=1024)
def address(url: str) -> str:
    """Write an address as it goes over the wire: the host in ASCII, without a fragment.

    :raises Unrenderable: it is none.
    """
    try:
        address = URL(url)
    except ValueError as error:
        raise Unrenderable(f"url: {url!r} is not an address ({error})") from None
    if address.scheme not in ("http", "https") or not address.host:
        raise Unrenderable("url: it must begin with http:// or https:// and name a host")
    if address.user is not None or address.password is not None:
        raise Unrenderable("url: a user name and password belong under auth, as type basic")
    return str(address.with_fragment(None))
