"""One process that serves: the engine, and uvicorn in front of it."""

import asyncio
import os
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from types import FrameType
from typing import TypeVar

import uvicorn
from django.db import InterfaceError, OperationalError, connection

from headgate import clock
from headgate.channels.addresses import Reach
from headgate.channels.contract import Sent
from headgate.domain.ids import LeadId
from headgate.services.errands import Errand
from headgate.services.routing import Leases
from headgate.services.submissions import Receipt, Submission, Unavailable
from headgate.web import outside
from headgate.web.doors import Pulse
from headgate.web.front import Front
from headgate.worker.engine import Engine

READERS = 4
DRAIN_SECONDS = 20.0
REQUESTS_DRAIN_SECONDS = 10
# Longer than proxies keep an idle connection: one that closes it first loses no request to a race.
IDLE_SECONDS = 130
_Result = TypeVar("_Result")


class EngineDoors:
    """The engine, as the web needs it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")

    async def receive(self, submission: Submission) -> Receipt:
        return await self._engine.writer.receive(submission)

    async def write(self, function: Callable[[], _Result]) -> _Result:
        return await self._engine.writer.call(function)

    async def read(self, function: Callable[[], _Result]) -> _Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, partial(_read, function))

    def watching(self, lead_id: LeadId) -> AbstractContextManager[asyncio.Event]:
        return self._engine.watchers.watching(lead_id)

    def leases(self) -> Leases:
        return self._engine.dispatcher.leases()

    def send(self, errands: Sequence[Errand]) -> None:
        self._engine.dispatcher.take(errands)

    async def ask(self, channel: str, request: object) -> Sent:
        return await self._engine.dispatcher.ask(channel, request)

    def look_now(self) -> None:
        self._engine.dispatcher.look_at(clock.now())

    def pulse(self) -> Pulse:
        writer, dispatcher = self._engine.writer, self._engine.dispatcher
        return Pulse(
            leads_waiting=writer.leads_waiting,
            outcomes_waiting=writer.outcomes_waiting,
            calls_waiting=writer.calls_waiting,
            sending=dispatcher.outstanding,
            dispatcher_looked_seconds_ago=dispatcher.looked_seconds_ago,
            lead_refused_seconds_ago=writer.lead_refused_seconds_ago,
        )


def _read(function: Callable[[], _Result]) -> _Result:
    """Run it on this thread's connection, which is given up when it broke.

    :raises Unavailable:
    """
    try:
        return function()
    except (OperationalError, InterfaceError) as error:
        connection.close()
        raise Unavailable("the database cannot be read now") from error


class Server(uvicorn.Server):
    """uvicorn, with the engine started before it listens and drained after it stopped.

    `ready` is called once it answers, and `beside` runs next to it, with the engine.
    """

    def __init__(
        self,
        bound: socket.socket,
        reach: Reach,
        *,
        ready: Callable[[], None] | None = None,
        beside: Callable[[Engine], Coroutine[None, None, None]] | None = None,
    ) -> None:
        self._bound = bound
        outside.open_to(reach)
        self._engine = Engine(reach)
        self._ready = ready
        self._beside = beside
        self._tasks: list[asyncio.Task[None]] = []
        self._leave_at = 0.0
        config = uvicorn.Config(
            Front(EngineDoors(self._engine)),
            loop="uvloop",
            http="httptools",
            lifespan="off",
            access_log=False,
            server_header=False,
            log_level="warning",
            timeout_keep_alive=IDLE_SECONDS,
            timeout_graceful_shutdown=REQUESTS_DRAIN_SECONDS,
            proxy_headers=False,
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await self._engine.start()
        await super().startup(sockets)
        if self._ready is not None:
            self._ready()
        if self._beside is not None:
            self._tasks.append(asyncio.create_task(self._beside(self._engine)))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for task in self._tasks:
            task.cancel()
        await super().shutdown(sockets)
        await self._engine.stop(within_seconds=self._leave_at - time.monotonic())

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Drain at the first signal, leave at the second; the leases cover what is left."""
        if self.should_exit:
            os._exit(1)
        self.should_exit = True
        self._leave_at = time.monotonic() + DRAIN_SECONDS - 1
        watch = threading.Timer(DRAIN_SECONDS, os._exit, [0])
        watch.daemon = True
        watch.start()

    def serve_until_told(self) -> None:
        self.run(sockets=[self._bound])
