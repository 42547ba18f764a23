"""The laws that every channel keeps, as test classes: subclass one and give it your channel."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from headgate.channels.addresses import Reach
from headgate.channels.contract import Channel, LeadFacts, Sent
from headgate.domain.deliveries import Outcome
from headgate.domain.fields import Field, FieldType
from headgate.domain.secrets import EnvSecret, PlainSecret, Secret

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
LOOPBACK = Reach((ip_network("127.0.0.0/8"),))
ENCRYPTED = "078-05-1120"
# How much later than its deadline an attempt may end on a busy machine.
GRACE_SECONDS = 2.0
_DOUBTFUL = (Outcome.NOT_SENT, Outcome.AMBIGUOUS)

FACTS = LeadFacts(
    delivery_id="0199b1a0-0000-7000-8000-000000000001",
    lead_id="0199b1a0-0000-7000-8000-000000000002",
    entity="solar",
    entity_name="Solar leads",
    profile="residential",
    received_at="2026-11-23T10:00:00.123Z",
    test=False,
    fields=(
        Field("first_name", FieldType.TEXT, "First name"),
        Field("zip", FieldType.POSTCODE, "ZIP code"),
        Field("phone", FieldType.PHONE, "Phone"),
        Field("ssn", FieldType.TEXT, "SSN", encrypted=True),
    ),
    values={"first_name": "Ann \"<&>'; Ñ", "zip": "90210", "ssn": ENCRYPTED},
)


class Case(Struct, frozen=True):
    """One behaviour of the other side, and what it means.

    `partner` starts a fake that behaves so, and gives the settings that lead to it.
    """

    name: str
    partner: Callable[[], AbstractAsyncContextManager[Any]]
    outcome: Outcome


class ChannelLaws(ABC):
    """What can be judged without a network.

    `settings` returns what the channel renders from, with every secret that it can have and
    without a name of the encrypted field `ssn`. `all_means_encrypted_too` is for webhooks alone.
    """

    channel: Channel[Any, Any]
    all_means_encrypted_too = False

    @abstractmethod
    def settings(self) -> Any: ...

    def cases(self) -> Sequence[Case]:
        return ()

    def test_renders_the_same_bytes_again(self) -> None:
        first, second = (encoded(self.rendered(self.settings())) for _ in range(2))

        assert first == second

    def test_takes_up_the_bytes_of_an_earlier_try(self) -> None:
        first = self.rendered(self.settings())
        changed = replace(FACTS, values={**FACTS.values, "first_name": "Bob"})

        again = self.rendered(self.settings(), changed, body=first.body)

        assert again.body == first.body

    def test_its_requests_travel_to_the_process_that_sends(self) -> None:
        request = self.rendered(self.settings())

        arrived = msgspec.msgpack.decode(encoded(request), type=self.channel.request_type)

        assert arrived == request

    def test_shows_no_secret_and_no_encrypted_value(self) -> None:
        spoken = Spoken()

        request = self.rendered(self.settings(), spoken=spoken)

        shown = msgspec.json.encode(self.channel.shown(request)).decode() + repr(request)
        told = [text for text in (*spoken.texts, ENCRYPTED) if text in shown]
        assert not told, f"shown or repr tells {told}"

    def test_sends_encrypted_values_only_when_named(self) -> None:
        request = self.rendered(self.settings())

        assert self.all_means_encrypted_too or ENCRYPTED.encode() not in request.body

    def test_says_what_became_of_each_try(self) -> None:
        told = {case.name: asyncio.run(self._outcome(case)) for case in self.cases()}

        assert told == {case.name: case.outcome for case in self.cases()}

    async def _outcome(self, case: Case) -> Outcome:
        async with case.partner() as settings:
            return (await self.sent(settings)).outcome

    def rendered(
        self,
        settings: Any,
        facts: LeadFacts = FACTS,
        *,
        body: bytes | None = None,
        spoken: "Spoken | None" = None,
    ) -> Any:
        return self.channel.render(settings, facts, secret_of=spoken or Spoken(), body=body)

    async def sent(self, settings: Any, reach: Reach = LOOPBACK) -> Sent:
        """Make one attempt, and hold what it says to what may be kept."""
        spoken = Spoken()
        request = self.rendered(settings, spoken=spoken)
        sender = self.channel.open(reach)
        try:
            sent = await sender.send(request, now=NOW)
        finally:
            await sender.close()
        kept = msgspec.json.encode(sent).decode()
        told = [text for text in (*spoken.texts, ENCRYPTED) if text in kept]
        assert not told, f"what is kept of the attempt tells {told}"
        return sent


class NetworkLaws(ChannelLaws):
    """Besides, what holds for a channel that connects to where its settings say.

    `settings_at` returns settings that lead to a port on loopback, with that deadline.
    """

    @abstractmethod
    def settings_at(self, host: str, port: int, *, timeout_seconds: int) -> Any: ...

    def settings(self) -> Any:
        return self.settings_at("127.0.0.1", 9, timeout_seconds=1)

    def test_sends_nothing_where_nobody_listens(self) -> None:
        sent = asyncio.run(self._sent_to_nobody())

        assert (sent.outcome, sent.written) == (Outcome.NOT_SENT, False), sent

    def test_connects_to_no_address_out_of_reach(self) -> None:
        sent, connections = asyncio.run(self._sent_to(_hangs_up, reach=Reach()))

        assert (sent.outcome, sent.written, connections) == (Outcome.NOT_SENT, False, 0), sent

    def test_keeps_its_deadline(self) -> None:
        started, ended = asyncio.run(self._timed(_says_nothing))

        assert ended - started < 1 + GRACE_SECONDS

    def test_does_not_take_silence_for_an_answer(self) -> None:
        sent, _ = asyncio.run(self._sent_to(_says_nothing))

        assert sent.outcome in _DOUBTFUL, sent

    def test_does_not_take_garbage_for_an_answer(self) -> None:
        sent, _ = asyncio.run(self._sent_to(_talks_nonsense))

        assert sent.outcome in _DOUBTFUL, sent

    def test_does_not_take_a_hang_up_for_an_answer(self) -> None:
        sent, _ = asyncio.run(self._sent_to(_hangs_up))

        assert sent.outcome in _DOUBTFUL, sent

    async def _timed(self, behaviour: "Behaviour") -> tuple[float, float]:
        loop = asyncio.get_running_loop()
        started = loop.time()
        await self._sent_to(behaviour)
        return started, loop.time()

    async def _sent_to_nobody(self) -> Sent:
        async with _listening(_hangs_up) as server:
            port = server.port
        return await self.sent(self.settings_at("127.0.0.1", port, timeout_seconds=1))

    async def _sent_to(self, behaviour: "Behaviour", reach: Reach = LOOPBACK) -> tuple[Sent, int]:
        async with _listening(behaviour) as server:
            settings = self.settings_at("127.0.0.1", server.port, timeout_seconds=1)
            return await self.sent(settings, reach), server.connections


Behaviour = Callable[[StreamReader, StreamWriter], Awaitable[None]]


class Spoken:
    """Tells secrets as the engine does, and remembers them."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, secret: Secret) -> str:
        match secret:
            case PlainSecret(value):
                text = value
            case EnvSecret(name):
                text = f"the secret {name}"
            case _:
                raise AssertionError("in tests a secret is given in clear or as a variable")
        self.texts.append(text)
        return text


def encoded(request: object) -> bytes:
    return msgspec.msgpack.encode(request)


class _Server:
    port = 0
    connections = 0


@contextlib.asynccontextmanager
async def _listening(behaviour: Behaviour) -> AsyncIterator[_Server]:
    state, tasks = _Server(), set()

    async def serve(reader: StreamReader, writer: StreamWriter) -> None:
        state.connections += 1
        tasks.add(asyncio.current_task())
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await behaviour(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
        for task in filter(None, tasks):
            task.cancel()
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)
        await server.wait_closed()


async def _says_nothing(reader: StreamReader, writer: StreamWriter) -> None:  # noqa: ARG001
    while await reader.read(65_536):
        pass


async def _talks_nonsense(reader: StreamReader, writer: StreamWriter) -> None:
    writer.write(b"\x00\xff nonsense \r\n\r\n" * 3)
    await writer.drain()
    await reader.read(65_536)


async def _hangs_up(reader: StreamReader, writer: StreamWriter) -> None:
    pass
