"""When a request begins to be written, and when an answer has begun: the wire below aiohttp.

Whether a byte of the request was written is judged on the safe side: from the moment when
aiohttp is told to write, everything that goes wrong counts as written. Before that moment stand
the name, the address, the connection and TLS. A kept connection that the partner has closed in
the meantime is recognised just before writing and replaced; what remains is a close that crosses
our first byte on the way, and that is truly unclear.
"""

import select
from functools import partial
from typing import Any

from aiohttp import (
    ClientConnectorError,
    ClientHandlerType,
    ClientOSError,
    ClientPayloadError,
    ClientRequest,
    ClientResponse,
    ServerDisconnectedError,
    TCPConnector,
)
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection

from headgate.channels.failures import BrokenConnection

_HEAD_END = b"\r\n\r\n"


class StaleConnection(Exception):
    """The other side has closed this connection, and nothing was written to it."""


class Connector(TCPConnector):
    """Makes connections whose answers keep their status when their body is broken."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # aiohttp has no public way to name the protocol.
        self._factory = partial(_AnswerProtocol, loop=self._loop)  # type: ignore[assignment]


class _AnswerProtocol(ResponseHandler):
    """Hands the head of an answer to the parser by itself.

    The parser forgets all that came in one piece when a part of it is broken, the status too.
    """

    was_used = False
    _awaits_head = False
    _seam = b""

    def expect_answer(self) -> None:
        self.was_used = self._awaits_head = True
        self._seam = b""

    def data_received(self, data: bytes) -> None:
        if self._awaits_head:
            before, found, _ = (self._seam + data).partition(_HEAD_END)
            if found:
                self._awaits_head = False
                end = len(before) + len(found) - len(self._seam)
                self._parse(data[:end])
                data = data[end:]
            else:
                self._seam = before[1 - len(_HEAD_END) :]
        if data:
            self._parse(data)

    def _parse(self, data: bytes) -> None:
        super().data_received(data)
        body = self._payload
        if body is not None and self.exception() is not None and not body.is_eof():
            # A parser that gives up leaves whoever reads the body waiting for the rest.
            body.set_exception(ClientPayloadError("the body is broken"))


class WatchedRequest(ClientRequest):
    """A request that knows whether its writing began."""

    has_written = False

    async def send(self, conn: Connection) -> ClientResponse:
        protocol = conn.protocol
        if isinstance(protocol, _AnswerProtocol):
            if protocol.was_used and _is_readable(conn):
                raise StaleConnection
            protocol.expect_answer()
        self.has_written = True
        return await super().send(conn)


class Watch:
    """Replaces stale connections, and keeps aiohttp from sending anything twice by itself."""

    __slots__ = ("_request",)

    def __init__(self) -> None:
        self._request: ClientRequest | None = None

    @property
    def has_written(self) -> bool:
        return isinstance(self._request, WatchedRequest) and self._request.has_written

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        self._request = request
        while True:
            try:
                return await handler(request)
            except StaleConnection:
                continue
            except ClientConnectorError:
                raise
            except (ClientOSError, ServerDisconnectedError) as error:
                # aiohttp repeats GET and PUT after these two; the schedule is not its to make.
                raise BrokenConnection from error


def _is_readable(connection: Connection) -> bool:
    """Tell whether an idle connection has something to read: its end, or what nobody asked for."""
    transport = connection.transport
    if transport is None or transport.is_closing():
        return True
    poll = select.poll()
    poll.register(transport.get_extra_info("socket").fileno(), select.POLLIN)
    return bool(poll.poll(0))
