"""The engine's side of its sender: starts it, gives it attempts, replaces it when it dies."""

import asyncio
import os
import socket
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
import structlog

from headgate.channels.addresses import Reach
from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.services.poison import SENDER_LOST
from headgate.worker.frames import Done, Job, Unframer, Welcome, encode, encode_request

_log = structlog.get_logger()
_done = msgspec.msgpack.Decoder(Done)
RESTART_SECONDS = 0.2
_HARMLESS = frozenset(("HOME", "LANG", "PATH", "TMPDIR", "TZ", "VIRTUAL_ENV"))


def _is_harmless(name: str) -> bool:
    """Tell whether the sender may have a variable: none of ours, and no partner's secret."""
    return name in _HARMLESS or name.startswith(("LC_", "PYTHON", "SSL_CERT_"))


class SenderProcess(asyncio.Protocol):
    """Give it requests with `send`; each answer comes to the callback given with it."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._number = 0
        self._waiting: dict[int, Callable[[Sent], None]] = {}
        self._out: list[tuple[int, bytes]] = []
        self._transport: Any = None
        self._restarting: asyncio.Task[None] | None = None
        self._stopping = False
        self.losses = 0

    async def start(self) -> None:
        """Start a sender; call it in the event loop."""
        self._loop = asyncio.get_running_loop()
        self._unframer = Unframer()
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "headgate.worker.sender"),
                stdin=theirs.fileno(),
                env={name: value for name, value in os.environ.items() if _is_harmless(name)},
            )
        self._transport, _ = await self._loop.create_unix_connection(lambda: self, sock=ours)
        self._transport.write(encode(Welcome.of(self._reach)))
        self._flush()

    async def stop(self) -> None:
        self._stopping = True
        if self._restarting is not None:
            await self._restarting
        if self._transport is not None:
            self._transport.close()
        await self._process.wait()

    def send(
        self, channel: str, request: object, *, at: datetime, answered: Callable[[Sent], None]
    ) -> None:
        """Have one attempt made; while a new sender starts, it waits for that one."""
        self._number += 1
        self._waiting[self._number] = answered
        if not self._out:
            self._loop.call_soon(self._flush)
        frame = encode(Job(self._number, channel, at, encode_request(request)))
        self._out.append((self._number, frame))

    def data_received(self, data: bytes) -> None:
        for payload in self._unframer.feed(data):
            done = _done.decode(payload)
            self._waiting.pop(done.number)(done.sent)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002
        self._transport = None
        if self._stopping:
            return
        # What was not handed over yet waits for the next sender; nothing of it was sent.
        kept = {number for number, _ in self._out}
        lost = {number: each for number, each in self._waiting.items() if number not in kept}
        self._waiting = {number: self._waiting[number] for number in kept}
        self.losses += 1
        _log.error("sender.lost", attempts=len(lost))
        for answered in lost.values():
            answered(Sent(outcome=Outcome.AMBIGUOUS, ms=0, written=True, error=SENDER_LOST))
        self._restarting = self._loop.create_task(self._restart())

    async def _restart(self) -> None:
        """Start another sender, however often that fails; what is to be sent waits for it."""
        await self._process.wait()
        while not self._stopping:
            await asyncio.sleep(RESTART_SECONDS)
            try:
                await self.start()
                return
            except OSError as error:
                _log.error("sender.not_started", error=repr(error))

    def _flush(self) -> None:
        if self._transport is not None and self._out:
            out, self._out = self._out, []
            self._transport.write(b"".join([frame for _, frame in out]))
