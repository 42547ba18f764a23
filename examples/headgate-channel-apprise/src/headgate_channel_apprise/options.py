"""What a configuration file says of a message by Apprise, and which services it may use."""

from headgate.domain.channel_options import ChannelOptions, Template
from headgate.domain.delivery_settings import FieldChoice
from headgate.domain.secrets import PlainSecret, Secret

# Apprise connects by itself, past Headgate's guard of addresses. So only services stand here
# whose hosts are their vendor's and cannot be named in the address.
SERVICES = frozenset(
    (
        *("discord", "ifttt", "pagerduty", "pbul", "pover", "prowl", "pushed"),
        *("slack", "spush", "tgram", "twilio", "vonage"),
    )
)


class NotAllowed(ValueError):
    """Apprise would connect to a host that the address chooses; the message quotes no address."""


class Message(ChannelOptions, frozen=True, kw_only=True):
    """`url` is an address as Apprise has them; it holds the service's secrets."""

    url: Secret
    title: Template | None = None
    text: Template | None = None
    fields: FieldChoice = FieldChoice()

    def __post_init__(self) -> None:
        if isinstance(self.url, PlainSecret):
            check(self.url.value)


def service(url: str) -> str:
    return url.partition("://")[0].lower()


def check(url: str) -> None:
    """:raises NotAllowed: the service is none of those with a fixed host."""
    if service(url) not in SERVICES:
        services = ", ".join(sorted(SERVICES))
        raise NotAllowed(f"url: it must begin with one of {services}, then ://")
