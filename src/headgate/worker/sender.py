"""The process that talks to strangers: it holds no database and no key, only what it must send.

It gets attempts over its standard input, a socket to the engine that started it, and gives
their outcomes back. When that socket closes the engine is gone, and so is the sender.
"""

import asyncio
import os
import signal
import socket
from typing import Any

import msgspec
import uvloop

from headgate.channels import registry
from headgate.channels.addresses import Reach
from headgate.channels.contract import Sender, Sent
from headgate.domain.deliveries import Outcome
from headgate.worker.frames import Done, Job, Unframer, Welcome, encode

_jobs = msgspec.msgpack.Decoder(Job)


class Attempts(asyncio.Protocol):
    """Makes the attempts that come in, all at once, and answers each when it has ended."""

    def __init__(self) -> None:
        self._unframer = Unframer()
        self._reach: Reach | None = None
        self._senders: dict[str, Sender[Any]] = {}
        self._requests: dict[str, msgspec.msgpack.Decoder[Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._done: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        for payload in self._unframer.feed(data):
            if self._reach is None:
                self._reach = msgspec.msgpack.decode(payload, type=Welcome).reach
                # What nearly everybody uses, so that no first attempt waits for it.
                self._opened("webhook")
                continue
            job = _jobs.decode(payload)
            task = self._loop.create_task(self._attempt(job))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002
        # What is under way is not waited for: nobody could record it.
        os._exit(0)

    def _opened(self, name: str) -> Sender[Any]:
        """Return the channel's sender; the first request to it opens it."""
        if name not in self._senders:
            channel = registry.channel(name)
            self._requests[name] = msgspec.msgpack.Decoder(channel.request_type)
            self._senders[name] = channel.open(self._reach or Reach())
        return self._senders[name]

    async def _attempt(self, job: Job) -> None:
        has_begun = False
        try:
            sender = self._opened(job.channel)
            request = self._requests[job.channel].decode(job.request)
            has_begun = True
            sent = await sender.send(request, now=job.at)
        except Exception as error:
            # A channel never raises by its contract; whether it wrote a byte is not known.
            why = f"Headgate failed while it was sending: {type(error).__name__}"
            outcome = Outcome.AMBIGUOUS if has_begun else Outcome.NOT_SENT
            sent = Sent(outcome=outcome, ms=0, written=has_begun, error=why)
        if not self._done:
            self._loop.call_soon(self._flush)
        self._done.append(encode(Done(job.number, sent)))

    def _flush(self) -> None:
        done, self._done = self._done, []
        self._transport.write(b"".join(done))


async def serve(socket_fd: int) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # The engine drains; a sender that left first would make its work ambiguous.
        loop.add_signal_handler(number, lambda: None)
    await loop.create_unix_connection(Attempts, sock=socket.socket(fileno=socket_fd))
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(0))
