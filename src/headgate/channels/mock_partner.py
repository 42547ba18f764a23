"""A partner that accepts, refuses, stalls or breaks, for trying an integration offline.

The path chooses the behaviour (`BEHAVIOURS` names them); `GET /received` tells what arrived and
`DELETE /received` forgets it.
"""

import asyncio
import json
from asyncio import StreamReader, StreamWriter
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from headgate.channels.mock_behaviours import BEHAVIOURS, EARLY, Call, answer

_LONGEST_BODY = 8 * 1024 * 1024


class Received(Struct, frozen=True):
    """A request as it arrived; the names of `headers` are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def for_json(self) -> dict[str, object]:
        return {
            "method": self.method,
            "path": self.path,
            "headers": self.headers,
            "body": self.body.decode(errors="replace"),
        }


class MockPartner:
    """A server on one address; use it as an asynchronous context."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None
        self._calls: set[asyncio.Task[None]] = set()
        self._seen: dict[str, int] = {}
        self.received: list[Received] = []
        self.connections = 0

    @property
    def port(self) -> int:
        return self._port

    def url(self, path: str) -> str:
        return f"http://{self._host}:{self._port}{path}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self._host, self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)
        await asyncio.sleep(0)  # lets the transports close

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        if task is not None:
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)
        try:
            while await self._take_one(reader, writer):
                await writer.drain()
        except asyncio.CancelledError:
            # Not raised again: until Python 3.12, asyncio logs a cancelled connection as a failure.
            writer.transport.abort()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass
        finally:
            writer.close()

    async def _take_one(self, reader: StreamReader, writer: StreamWriter) -> bool:
        """Take one request and answer it; return whether the connection stays open."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
        method, target, _ = line.split(" ", 2)
        pairs = (each.partition(":") for each in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        path = urlsplit(target).path
        name, _, argument = path.removeprefix("/").partition("/")
        size = min(int(headers.get("content-length", "0")), _LONGEST_BODY)
        body = b"" if name in EARLY else await reader.readexactly(size)
        if path == "/received":
            writer.write(self._report(method))
            return True
        self.received.append(Received(method, target, headers, body))
        message_id = headers.get("webhook-id", "")
        self._seen[message_id] = self._seen.get(message_id, 0) + 1
        behaviour = BEHAVIOURS.get(name)
        if behaviour is None:
            writer.write(answer(404, f"No such behaviour; known are {', '.join(BEHAVIOURS)}"))
            return True
        return await behaviour(Call(writer, unquote(argument), self._seen[message_id]))

    def _report(self, method: str) -> bytes:
        if method == "DELETE":
            self.received.clear()
        return answer(200, json.dumps([each.for_json() for each in self.received]))
