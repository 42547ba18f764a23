"""The channels that a person may choose, and the controls that each of them has."""

from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec import Struct
from msgspec.structs import FieldInfo
from msgspec.structs import fields as attributes

from headgate.channels import registry
from headgate.domain.channel_options import ChannelOptions, Nature, nature
from headgate.domain.configuration.reading.section import readable
from headgate.web.delivery_shapes import ALL, CHOSEN, DAILY, HOURLY, NONE, OWN, STANDARD
from headgate.web.wording import CHANNELS

Word = Promise | str

_OWN_KEYS = {
    "webhook": (
        *("url", "method", "format", "headers", "auth", "secret", "fields", "template"),
        *("timeout_seconds", "retry", "answer"),
    ),
    "email": (
        *("to", "subject", "text", "html", "fields", "attach", "digest"),
        *("timeout_seconds", "retry"),
    ),
    "portal": ("accept",),
    "inbox": (),
}
# Every channel has these two, and the editor has its own place for them.
_SHARED = ("timeout_seconds", "fields")


class Option(Struct, frozen=True):
    """One declared option of a channel, with the control in which it is typed."""

    key: str
    label: Word
    hint: Word
    kind: str  # how it is read: see `headgate.web.drafts`
    type: str  # the control's
    choices: list[tuple[str, str]]
    default: object


# What the selects of the built-in channels offer, by the key that they stand for.
CHOICES: dict[str, list[tuple[str, Word]]] = {
    "method": [("POST", "POST"), ("PUT", "PUT"), ("GET", _("GET, in the address"))],
    "format": [("json", "JSON"), ("form", _("Form fields")), ("xml", "XML")],
    "auth": [
        ("bearer", _("Bearer token")),
        ("basic", _("User name and password (Basic)")),
        ("hmac", _("Signature of the body (HMAC)")),
        ("oauth2", _("Access token (OAuth 2)")),
    ],
    "body": [
        ("fields", _("Headgate’s standard body, with the fields below")),
        (OWN, _("A body of your own")),
    ],
    "fields": [
        (ALL, _("All fields of the lead")),
        (CHOSEN, _("Only these, in this order and under these names")),
    ],
    "retry": [
        (STANDARD, _("Standard: ten tries over three days")),
        (OWN, _("After pauses of your own")),
        (NONE, _("Never: one try only")),
    ],
    "digest": [
        (HOURLY, _("Collected, once an hour")),
        (DAILY, _("Collected, once a day")),
    ],
    "accept": [
        ("none", _("When the lead appears in the portal")),
        ("required", _("When the partner accepts it there")),
    ],
    "attach": [
        ("csv", _("CSV, for a spreadsheet")),
        ("json", _("JSON, for a program")),
        ("adf", _("ADF XML, for a car dealer’s system")),
    ],
}


def choices() -> list[tuple[str, Word]]:
    """Return every channel that is installed, with its name for people."""
    names = [*_OWN_KEYS, *registry.option_types()]
    return [(name, CHANNELS.get(name, readable(name))) for name in names]


def keys_of(channel: str) -> tuple[str, ...]:
    """Return what delivery settings of a channel may say; nothing for one that is not there."""
    if channel in _OWN_KEYS:
        return _OWN_KEYS[channel]
    kind = registry.option_types().get(channel)
    if kind is None:
        return ()
    return (*(each.encode_name for each in attributes(kind)), "retry")


def has_fields(channel: str) -> bool:
    return "fields" in keys_of(channel)


def default_timeout(channel: str) -> int:
    kind = registry.option_types().get(channel)
    if kind is None:
        return 30 if channel == "email" else 15
    seconds: int = next(e.default for e in attributes(kind) if e.name == "timeout_seconds")
    return seconds


def options_of(channel: str) -> list[Option]:
    """Return the options that a channel declares, first those that must be given."""
    kind = registry.option_types().get(channel)
    return declared_options(channel, kind) if kind else []


def declared_options(channel: str, kind: type[ChannelOptions]) -> list[Option]:
    declared = sorted(attributes(kind), key=lambda each: not each.required)
    return [_option(channel, each) for each in declared if each.name not in _SHARED]


def _option(channel: str, declared: FieldInfo) -> Option:
    key = declared.encode_name
    label, hint = _WORDS.get((channel, key)) or _WORDS.get(("", key)) or (readable(key), "")
    kind, control, listed = _control(declared.type)
    default = declared.default
    is_plain = isinstance(default, str | int | float)
    return Option(key, label, hint, kind, control, listed, default if is_plain else "")


_Control = tuple[str, str, list[tuple[str, str]]]
_BY_NATURE: dict[Nature, _Control] = {
    Nature.SECRET: ("secret", "password", []),
    Nature.TEMPLATE: ("verbatim", "textarea", []),
    Nature.TEXT: ("", "text", []),
}
_BY_TYPE: dict[Any, _Control] = {
    str: ("", "text", []),
    bool: ("flag", "tick", []),
    int: ("number", "text", []),
    dict[str, str]: ("pairs", "textarea", []),
}


def _control(declared: Any) -> _Control:
    """Return how an option is read, its control, and what it offers; `carried` has none."""
    if nature(declared) in _BY_NATURE:
        return _BY_NATURE[nature(declared)]
    plain = _plain(declared)
    if plain in _BY_TYPE:
        return _BY_TYPE[plain]
    if get_origin(plain) is Literal:
        return "", "select", [(str(each), str(each)) for each in get_args(plain)]
    if isinstance(plain, type) and issubclass(plain, Enum):
        return "", "select", [(str(each.value), str(each.value)) for each in plain]
    if get_origin(plain) in (list, tuple, set, frozenset) and str in get_args(plain):
        return "lines", "textarea", []
    return "json", "carried", []


def _plain(declared: Any) -> Any:
    """Return a type without its marks, and without None where that is all that may stand beside."""
    if get_origin(declared) is Annotated:
        return _plain(get_args(declared)[0])
    if get_origin(declared) in (Union, UnionType):
        inner = [each for each in get_args(declared) if each is not NoneType]
        return _plain(inner[0]) if len(inner) == 1 else declared
    return declared


_SERVER: tuple[Word, Word] = (
    _("Server"),
    _("Change it only for a server of your own or another region."),
)
_WORDS: dict[tuple[str, str], tuple[Word, Word]] = {
    ("", "text"): (
        _("Message"),
        _("Left blank: “New lead” and a line for each field. {{ lead.first_name }} is filled in."),
    ),
    ("slack", "url"): (_("Webhook address"), _("Of an incoming webhook of your Slack app.")),
    ("teams", "url"): (
        _("Workflow address"),
        _("Of a workflow that starts “When a Teams webhook request is received”."),
    ),
    ("discord", "url"): (_("Webhook address"), _("From the channel’s settings, Integrations.")),
    ("telegram", "token"): (_("Bot token"), _("BotFather gives it to you.")),
    ("telegram", "chat_id"): (_("Chat"), _("Its number, such as -1001234567890, or @channel.")),
    ("telegram", "api_url"): _SERVER,
    ("twilio", "account_sid"): (_("Account SID"), _("It begins with AC.")),
    ("twilio", "auth_token"): (_("Auth token"), ""),
    ("twilio", "from"): (_("From"), _("A number or sender of your Twilio account.")),
    ("twilio", "to"): (_("To"), _("The partner’s number, such as +12125550101.")),
    ("twilio", "api_url"): _SERVER,
}
