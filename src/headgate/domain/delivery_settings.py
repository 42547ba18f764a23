"""Delivery settings: how a partner or an assignment is delivered to."""

from enum import StrEnum
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import Struct

from headgate.domain.secrets import Secret


class Method(StrEnum):
    POST = "POST"
    PUT = "PUT"
    GET = "GET"


class Format(StrEnum):
    JSON = "json"
    FORM = "form"
    XML = "xml"


class BearerAuth(Struct, frozen=True, tag="bearer", tag_field="type"):
    token: Secret


class BasicAuth(Struct, frozen=True, tag="basic", tag_field="type"):
    username: Secret
    password: Secret


class HmacAuth(Struct, frozen=True, tag="hmac", tag_field="type"):
    """Hex SHA-256 of the body, keyed with `secret`, in the named header."""

    secret: Secret
    header: str = "X-Signature"


class OAuth2Auth(Struct, frozen=True, tag="oauth2", tag_field="type"):
    """OAuth 2 client credentials."""

    token_url: str
    client_id: Secret
    client_secret: Secret
    scope: str | None = None


Auth = BearerAuth | BasicAuth | HmacAuth | OAuth2Auth


class AnswerRule(Struct, frozen=True, omit_defaults=True):
    """Every part that is given must hold. `status` items are `"404"` or `"2xx"`.

    `equals` compares the value at `path` as text; `regex` is searched in the body (RE2).
    """

    status: tuple[str, ...] = ()
    path: str | None = None
    equals: str | None = None
    regex: str | None = None


class AnswerRules(Struct, frozen=True, omit_defaults=True):
    accept: AnswerRule | None = None
    refuse: AnswerRule | None = None
    price: str | None = None
    price_min_minor: int | None = None
    redirect: str | None = None


class FieldChoice(Struct, frozen=True, omit_defaults=True):
    """Which fields go out, and under which names: `(their name, our key)`; None means all."""

    pairs: tuple[tuple[str, str], ...] | None = None


STANDARD_RETRY = "standard"


class Webhook(Struct, frozen=True, tag="webhook", tag_field="channel", omit_defaults=True):
    """`retry_seconds` are the pauses before the 2nd, 3rd … try; None is the standard schedule.

    While `secret` replaces the `old_secret`, requests are signed with both.
    """

    url: str
    method: Method = Method.POST
    format: Format = Format.JSON
    headers: tuple[tuple[str, str | Secret], ...] = ()
    auth: Auth | None = None
    secret: Secret | None = None
    fields: FieldChoice = FieldChoice()
    template: str | None = None
    timeout_seconds: int = 15
    retry_seconds: tuple[int, ...] | None = None
    answer: AnswerRules = AnswerRules()
    old_secret: Secret | None = None


class Attachment(StrEnum):
    CSV = "csv"
    JSON = "json"
    ADF = "adf"


class Email(Struct, frozen=True, tag="email", tag_field="channel", omit_defaults=True):
    """`digest` is None, `"hourly"` or `"daily 07:00"`."""

    to: tuple[str, ...]
    subject: str | None = None
    text: str | None = None
    html: str | None = None
    fields: FieldChoice = FieldChoice()
    attach: tuple[Attachment, ...] = ()
    digest: str | None = None
    timeout_seconds: int = 30
    retry_seconds: tuple[int, ...] | None = None


class Portal(Struct, frozen=True, tag="portal", tag_field="channel", omit_defaults=True):
    """Delivered when it appears in the partner's portal, or once the partner accepts it."""

    accept_required: bool = False


class Inbox(Struct, frozen=True, tag="inbox", tag_field="channel"):
    """The built-in test inbox, shown in the console."""


class Other(Struct, frozen=True, tag="other", tag_field="channel", omit_defaults=True):
    """Settings of a channel that is described by a struct of options: a preset, or a package's.

    `options` are plain values by their key, `secrets` stand beside them; `hosts` are the keys of
    the options that say where the secrets go.
    """

    name: str
    options: dict[str, Any] = {}
    secrets: tuple[tuple[str, Secret], ...] = ()
    hosts: tuple[str, ...] = ()
    fields: FieldChoice = FieldChoice()
    timeout_seconds: int = 30
    retry_seconds: tuple[int, ...] | None = None


DeliverySettings = Webhook | Email | Portal | Inbox | Other


class Way(Struct, frozen=True):
    """Delivery settings in force, with what tells them from changed ones."""

    settings: DeliverySettings
    digest: str


MOST_WAYS = 4


def in_order(
    first: DeliverySettings | None, fallbacks: tuple[DeliverySettings, ...]
) -> tuple[DeliverySettings, ...]:
    """Return delivery settings in the order in which they are used; none without a first."""
    return () if first is None else (first, *fallbacks)


def never_fails(settings: DeliverySettings) -> bool:
    """Tell whether what comes after them is never used: nothing is sent that could be lost."""
    return isinstance(settings, Portal | Inbox)


def settings_digest(settings: DeliverySettings) -> str:
    """Return what tells these settings from changed ones."""
    return blake2b(msgspec.json.encode(settings), digest_size=16).hexdigest()


def channel_name(settings: DeliverySettings) -> str:
    """Return the name of the channel as the configuration file writes it."""
    return settings.name if isinstance(settings, Other) else str(settings.__struct_config__.tag)
