"""Options of a channel that the domain does not know, as the channel's own struct declares them."""

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import fields as attributes

from headgate.domain.delivery_settings import FieldChoice, Other
from headgate.domain.secrets import Secret

Template = Annotated[str, Meta(extra={"option": "template"})]
"""A text with `{{ lead.key }}` in it."""

HOST = Meta(extra={"option": "host"})
"""Marks where the channel's secrets go: when it changes, kept secrets have to be given again."""

Host = Annotated[str, HOST]


class ChannelOptions(Struct, frozen=True, kw_only=True):
    """What a channel's own struct of options begins with.

    Its attributes are the keys in the file. One of type `Secret` or `Secret | None` is sealed,
    masked and exported as every secret is; `fields: FieldChoice` is the choice of fields.
    """

    timeout_seconds: int = 30


OptionTypes = Mapping[str, type[ChannelOptions]]
NO_OTHERS: OptionTypes = MappingProxyType({})

Options = TypeVar("Options", bound=ChannelOptions)

_SECRET_TYPES = frozenset(get_args(Secret))


class Nature(Enum):
    """How an option is read from a file."""

    SECRET = auto()
    TEMPLATE = auto()
    TEXT = auto()
    CHOICE = auto()
    VALUE = auto()


class BadDeclaration(TypeError):
    """A struct of options that cannot be kept as the contract of all delivery settings wants it."""


class BadOptions(ValueError):
    """These options are not what the channel's struct declares; the message says which."""


def nature(declared: Any) -> Nature:
    inner = {declared}
    if get_origin(declared) in (Union, UnionType, Annotated):
        inner = set(get_args(declared)) - {type(None)}
    if inner == _SECRET_TYPES:
        return Nature.SECRET
    if declared is FieldChoice:
        return Nature.CHOICE
    if _mark(declared) == "template":
        return Nature.TEMPLATE
    is_text = all(getattr(each, "__origin__", each) is str for each in inner)
    return Nature.TEXT if is_text else Nature.VALUE


def is_host(declared: Any) -> bool:
    return _mark(declared) == "host"


def typed(settings: Other, kind: type[Options]) -> Options:
    """Return the options as the channel's own struct.

    :raises BadOptions: they were stored for another release of the channel, or contradict.
    """
    told: dict[str, object] = {**settings.options, **dict(settings.secrets)}
    told["timeout_seconds"] = settings.timeout_seconds
    if settings.fields != FieldChoice():
        told["fields"] = settings.fields
    try:
        return msgspec.convert(told, kind)
    except msgspec.ValidationError as error:
        raise BadOptions(f"channel {settings.name}: {error}") from None


def check_declaration(kind: type[ChannelOptions]) -> None:
    """:raises BadDeclaration: a key is taken, or a secret would be stored in clear."""
    for each in attributes(kind):
        if each.encode_name in ("channel", "retry"):
            raise BadDeclaration(f"the key {each.encode_name!r} is every channel's; name another")
        if nature(each.type) is not Nature.SECRET and _holds_a_secret(each.type, frozenset()):
            raise BadDeclaration(
                f"{each.name}: a secret stands at the top, as an option of its own"
            )


def _holds_a_secret(declared: Any, seen: frozenset[Any]) -> bool:
    if declared in _SECRET_TYPES:
        return True
    inner = get_args(declared)
    if isinstance(declared, type) and issubclass(declared, Struct) and declared not in seen:
        inner = tuple(each.type for each in attributes(declared))
    return any(_holds_a_secret(each, seen | {declared}) for each in inner)


def _mark(declared: Any) -> str | None:
    for each in (declared, *get_args(declared)):
        for meta in getattr(each, "__metadata__", ()):
            if isinstance(meta, Meta) and meta.extra:
                mark: str | None = meta.extra.get("option")
                return mark
    return None
