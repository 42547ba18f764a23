"""What every channel promises: the facts of a lead in, a rendered request, an outcome out.

Rendering is pure and gives the same bytes on every retry. Sending adds what belongs to one
attempt (a timestamp, a signature, an access token) at the moment that is passed in.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypedDict, TypeVar, runtime_checkable

from msgspec import Struct
from msgspec.structs import replace

from headgate.channels.addresses import Reach
from headgate.domain.channel_options import ChannelOptions
from headgate.domain.cleaning.values import Value
from headgate.domain.deliveries import Attempted, Outcome
from headgate.domain.fields import Field
from headgate.domain.secrets import Secret

MASK = "•••"

SecretOf = Callable[[Secret], str]


class LeadFacts(Struct, frozen=True):
    """What a partner may learn of a lead; `values` are clean, the encrypted ones in clear.

    `fields` are the entity's, in its order. `received_at` is text as the contract writes it.
    `postback_url` lets whoever has it say what became of the lead, so it is masked like an
    encrypted value; it is there only where the delivery settings name it.
    """

    delivery_id: str
    lead_id: str
    entity: str
    entity_name: str
    profile: str
    received_at: str
    test: bool
    fields: tuple[Field, ...]
    values: dict[str, Value]
    status: str = ""
    source: str = ""
    postback_url: str | None = None

    def __repr__(self) -> str:
        return f"LeadFacts({self.delivery_id})"

    def masked(self) -> "LeadFacts":
        """Return the same facts with every encrypted value as `•••`."""
        closed = {field.key for field in self.fields if field.encrypted}
        return replace(
            self,
            values={key: MASK if key in closed else value for key, value in self.values.items()},
            postback_url=MASK if self.postback_url else None,
        )


class Unrenderable(ValueError):
    """These delivery settings make no request; the message says which part, and why."""


class ShownRequest(TypedDict):
    """An HTTP request as people may see it."""

    method: str
    url: str
    headers: dict[str, str]
    body: str


class ShownAttachment(TypedDict):
    name: str
    content: str


class ShownMail(TypedDict):
    """A mail as people may see it."""

    to: list[str]
    subject: str
    text: str
    html: str | None
    attachments: list[ShownAttachment]


Shown = ShownRequest | ShownMail


class Sent(Struct, frozen=True):
    """How one attempt ended.

    `answer` is the beginning of what the other side said, fit for storing. `price` is what the
    answer names, as text; `price_unreadable` when it should and does not. `gone`: the other
    side wants nothing more through these delivery settings. `is_final`: trying again changes
    nothing. `pauses_channel`: whatever this account sends by the channel would fail alike, and
    not for anything that the lead or its partner did.
    """

    outcome: Outcome
    ms: int
    written: bool
    by_own_rule: bool = False
    status: int | None = None
    error: str | None = None
    answer: str | None = None
    price: str | None = None
    price_unreadable: bool = False
    redirect_url: str | None = None
    retry_after_seconds: int | None = None
    gone: bool = False
    is_final: bool = False
    pauses_channel: bool = False

    @property
    def attempted(self) -> Attempted:
        return Attempted(
            self.outcome,
            self.by_own_rule,
            self.retry_after_seconds,
            is_final=self.is_final,
            gone=self.gone,
        )


Settings = TypeVar("Settings", contravariant=True)  # noqa: PLC0105
Request = TypeVar("Request")
Sendable = TypeVar("Sendable", contravariant=True)  # noqa: PLC0105
Probe = TypeVar("Probe", covariant=True)  # noqa: PLC0105


class Sender(Protocol[Sendable]):
    """What holds the connections of one channel, in one event loop."""

    async def send(self, request: Sendable, *, now: datetime) -> Sent:
        """Make one attempt; never raises for what the other side does."""

    async def close(self) -> None:
        """Let go of the connections."""


class Channel(Protocol[Settings, Request]):
    """A way to deliver. Rendering and showing are pure; only a sender touches the network.

    `request_type` is what its requests are decoded as, in the process that sends. A request is
    a struct with the attribute `body`: the bytes that `render` is given back on a retry.
    """

    request_type: type[Request]

    def render(
        self,
        settings: Settings,
        facts: LeadFacts,
        *,
        secret_of: SecretOf,
        body: bytes | None = None,
    ) -> Request:
        """Make the request for one delivery; `body` gives back the bytes of an earlier try.

        :raises Unrenderable: the settings make no request.
        """

    def shown(self, request: Request) -> Shown:
        """Return the request for people, with secrets and encrypted values as `•••`."""

    def open(self, reach: Reach) -> Sender[Request]:
        """Return a sender that connects only where `reach` permits."""


@runtime_checkable
class Probing(Protocol[Settings, Probe]):
    """What a channel may be besides: one that can see without a lead whether a partner is alive."""

    def probe(self, settings: Settings, *, id: str, secret_of: SecretOf) -> Probe:
        """Make a request that holds no lead; its outcome is *delivered* when there is an answer.

        :raises Unrenderable: the settings make no request.
        """


class OptionsChannel(Channel[Settings, Request], Protocol):
    """A channel that says itself what its options are: a preset, or one from a package.

    What it renders from is its own struct, filled in from the configuration file.
    """

    options_type: type[ChannelOptions]
