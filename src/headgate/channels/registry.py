"""The channels by name."""

from typing import Any

from headgate.channels.contract import Channel
from headgate.channels.email.channel import EmailChannel
from headgate.channels.webhook.channel import WebhookChannel

CHANNELS: dict[str, Channel[Any, Any]] = {
    "webhook": WebhookChannel(),
    "email": EmailChannel(),
}


class NoSuchChannel(LookupError):
    """Nothing is sent through a channel of that name."""


def channel(name: str) -> Channel[Any, Any]:
    """Return the channel that delivery settings or a request name as their tag.

    :raises NoSuchChannel: there is none, or its deliveries are only read by pages.
    """
    try:
        return CHANNELS[name]
    except KeyError:
        raise NoSuchChannel(f"{name!r} sends nothing; known are {', '.join(CHANNELS)}") from None
