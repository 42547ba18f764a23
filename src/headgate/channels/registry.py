"""The channels by name: the built-in ones, and those of installed packages.

A package names its channel in the entry point group `headgate.channels`. One that cannot be
loaded is left out, and its name says why.
"""

import re
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import structlog
from msgspec import Struct

from headgate.channels.contract import Channel
from headgate.channels.email.channel import EmailChannel
from headgate.channels.webhook import presets
from headgate.channels.webhook.channel import WebhookChannel
from headgate.domain.channel_options import ChannelOptions, OptionTypes, check_declaration, typed
from headgate.domain.delivery_settings import Other

GROUP = "headgate.channels"
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,29}", re.ASCII)
_PROMISED = ("render", "shown", "open", "request_type")
_PAGES_ONLY = ("portal", "inbox")
_log = structlog.get_logger()

BUILT_IN: dict[str, Channel[Any, Any]] = {
    "webhook": WebhookChannel(),
    "email": EmailChannel(),
    **presets.PRESETS,
}


class NoSuchChannel(LookupError):
    """Nothing is sent through a channel of that name."""


class BadChannel(TypeError):
    """What a package names as its channel is none."""


class Installed(Struct, frozen=True):
    """`broken` says of each channel that could not be loaded why."""

    channels: dict[str, Channel[Any, Any]]
    broken: dict[str, str]


def channel(name: str) -> Channel[Any, Any]:
    """Return the channel that delivery settings or a request name as their tag.

    :raises NoSuchChannel: there is none, or its deliveries are only read by pages.
    """
    known = installed()
    if name in known.broken:
        raise NoSuchChannel(f"the channel {name!r} could not be loaded: {known.broken[name]}")
    try:
        return known.channels[name]
    except KeyError:
        names = ", ".join(known.channels)
        raise NoSuchChannel(f"{name!r} sends nothing; installed are {names}") from None


def option_types() -> OptionTypes:
    """Return what each channel that has a struct of options declares."""
    return {
        name: channel.options_type
        for name, channel in installed().channels.items()
        if hasattr(channel, "options_type")
    }


def options_of(settings: Other) -> ChannelOptions:
    """Return the settings as the channel's own struct.

    :raises NoSuchChannel, BadOptions: the channel is no longer what it was when they were read.
    """
    channel(settings.name)
    return typed(settings, option_types()[settings.name])


@cache
def installed() -> Installed:
    """Load every channel, once for each process."""
    known = Installed(dict(BUILT_IN), {})
    for entry in entry_points(group=GROUP):
        try:
            known.channels[entry.name] = _load(entry, known)
        except Exception as error:
            # The code of another package; whatever it raises must not stop the others.
            known.broken.setdefault(entry.name, f"{type(error).__name__}: {error}")
            _log.error("channel.not_loaded", channel=entry.name, why=repr(error))
    for name in known.channels:
        known.broken.pop(name, None)
    return known


def _load(entry: EntryPoint, known: Installed) -> Channel[Any, Any]:
    if not _NAME.fullmatch(entry.name):
        raise BadChannel("a channel's name is 1 to 30 of a-z, 0-9, _ and -, a letter first")
    if entry.name in known.channels or entry.name in _PAGES_ONLY:
        raise BadChannel(f"another channel has the name {entry.name!r} already")
    named = entry.load()
    found = named() if isinstance(named, type) else named
    missing = [each for each in _PROMISED if not hasattr(found, each)]
    if missing:
        raise BadChannel(f"{entry.value} has no {', '.join(missing)}")
    kind = getattr(found, "options_type", None)
    if not (isinstance(kind, type) and issubclass(kind, ChannelOptions)):
        raise BadChannel(f"the options_type of {entry.value} is no kind of ChannelOptions")
    check_declaration(kind)
    loaded: Channel[Any, Any] = found
    return loaded
