"""One process that serves: the engine, and uvicorn in front of it."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import TypeVar

import uvicorn
from django.conf import settings

from headgate.channels.addresses import Reach
from headgate.domain.ids import LeadId
from headgate.services.errands import Errand
from headgate.services.routing import Leases
from headgate.services.submissions import Receipt, Submission
from headgate.web.front import Front
from headgate.worker.engine import Engine

READERS = 4
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
        return await asyncio.get_running_loop().run_in_executor(self._readers, function)

    def watching(self, lead_id: LeadId) -> AbstractContextManager[asyncio.Event]:
        return self._engine.watchers.watching(lead_id)

    def leases(self) -> Leases:
        return self._engine.dispatcher.leases()

    def send(self, errands: Sequence[Errand]) -> None:
        self._engine.dispatcher.take(errands)


class Server(uvicorn.Server):
    """uvicorn, with the engine started before it listens and drained after it stopped."""

    def __init__(self, host: str, port: int) -> None:
        self.sockets_bound = [_bound(host, port)]
        own = frozenset(
            (sock.getsockname()[0], sock.getsockname()[1]) for sock in self.sockets_bound
        )
        self.engine = Engine(Reach(settings.ALLOW_PRIVATE_NETWORKS, own))
        config = uvicorn.Config(
            Front(EngineDoors(self.engine)),
            loop="uvloop",
            http="httptools",
            lifespan="off",
            access_log=False,
            server_header=False,
            log_level="warning",
            timeout_graceful_shutdown=20,
            proxy_headers=False,
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await self.engine.start()
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        await self.engine.stop()

    def serve_until_told(self) -> None:
        self.run(sockets=self.sockets_bound)


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((host, port))
    return bound
