"""The one guarded HTTP client: overall deadline, bounded answers, no forbidden addresses.

Whether a byte of the request was written is judged on the safe side: from the moment when
aiohttp is told to write, everything that goes wrong counts as written. Before that moment stand
the name, the address, the connection and TLS. A kept connection that the partner has closed in
the meantime is recognised just before writing and replaced; what remains is a close that crosses
our first byte on the wire, and that is truly unclear.
"""

import asyncio
import select
import socket
import ssl
from collections.abc import Iterable
from functools import lru_cache
from math import inf
from types import TracebackType
from typing import Self
from weakref import WeakSet

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientOSError,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    ServerDisconnectedError,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver
from aiohttp.connector import AddrInfoType, Connection
from msgspec import Struct
from yarl import URL

from headgate.channels import failures
from headgate.channels.addresses import BlockedAddress, Reach
from headgate.channels.failures import BrokenConnection

ANSWER_LIMIT = 16 * 1024
# Most servers keep an idle connection for 5 s or longer; leaving first avoids writing into a close.
_KEEP_ALIVE_SECONDS = 4.0
# How long a body is waited for that decides nothing and is only shown to people.
_CURIOSITY_SECONDS = 1.0
_CONNECTIONS = 512
_CONNECTIONS_PER_HOST = 64


class Exchange(Struct, frozen=True):
    """What came of one request. `status` is None when no whole status and headers arrived."""

    written: bool
    ms: int
    status: int | None = None
    error: str | None = None
    body: bytes = b""
    is_complete: bool = False
    content_type: str = ""
    content_encoding: str = ""
    retry_after: str | None = None


class OutboundHttp:
    """A pool of connections to partners, for one event loop; close it when done."""

    def __init__(self, reach: Reach, *, resolver: AbstractResolver | None = None) -> None:
        self._reach = reach
        self._session = ClientSession(
            connector=TCPConnector(
                limit=_CONNECTIONS,
                limit_per_host=_CONNECTIONS_PER_HOST,
                keepalive_timeout=_KEEP_ALIVE_SECONDS,
                socket_factory=self._open_socket,
                resolver=resolver,
                ssl=ssl.create_default_context(),
            ),
            cookie_jar=DummyCookieJar(),
            request_class=_WatchedRequest,
            auto_decompress=False,
            read_bufsize=ANSWER_LIMIT,
            skip_auto_headers=("User-Agent", "Content-Type", "Accept", "Accept-Encoding"),
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._session.close()

    async def exchange(
        self,
        method: str,
        url: str,
        headers: Iterable[tuple[str, str]],
        body: bytes,
        *,
        deadline_seconds: float,
        needs_body: bool = False,
    ) -> Exchange:
        """Send one request and read its answer; never raises for what the other side does.

        Without `needs_body` the answer's body is read as far as it comes at once.
        """
        loop = asyncio.get_running_loop()
        started = loop.time()
        watch = _Watch()
        try:
            response = await self._session.request(
                method,
                URL(url, encoded=True),
                headers=headers,
                data=body or None,
                allow_redirects=False,
                timeout=_deadline(deadline_seconds),
                middlewares=(watch,),
            )
        except (ClientError, OSError, ValueError) as error:
            return Exchange(
                written=watch.has_written,
                ms=_milliseconds(loop.time() - started),
                error=failures.in_words(error, deadline_seconds, watch.has_written),
            )
        try:
            text, is_complete = await _read(response, needs_body=needs_body)
        finally:
            # A connection in the middle of an answer or of our own body is of no further use.
            response.close()
        get = response.headers.get
        return Exchange(
            written=True,
            ms=_milliseconds(loop.time() - started),
            status=response.status,
            body=text,
            is_complete=is_complete,
            content_type=get("Content-Type", ""),
            content_encoding=get("Content-Encoding", ""),
            retry_after=get("Retry-After"),
        )

    def _open_socket(self, info: AddrInfoType) -> socket.socket:
        """Open a socket for the address that is about to be connected to, literal or resolved."""
        family, kind, protocol, _, address = info
        if not self._reach.permits(str(address[0]), int(address[1])):
            raise BlockedAddress
        return socket.socket(family, kind, protocol)


class _StaleConnection(Exception):
    """The other side has closed this connection, and nothing was written to it."""


_used_before: WeakSet[asyncio.BaseProtocol] = WeakSet()


class _WatchedRequest(ClientRequest):
    """A request that knows whether its writing began."""

    has_written = False

    async def send(self, conn: Connection) -> ClientResponse:
        protocol = conn.protocol
        if protocol is not None:
            if protocol in _used_before and _is_readable(conn):
                raise _StaleConnection
            _used_before.add(protocol)
        self.has_written = True
        return await super().send(conn)


class _Watch:
    """Replaces stale connections, and keeps aiohttp from sending anything twice by itself."""

    __slots__ = ("_request",)

    def __init__(self) -> None:
        self._request: ClientRequest | None = None

    @property
    def has_written(self) -> bool:
        return isinstance(self._request, _WatchedRequest) and self._request.has_written

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        self._request = request
        while True:
            try:
                return await handler(request)
            except _StaleConnection:
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


async def _read(response: ClientResponse, *, needs_body: bool) -> tuple[bytes, bool]:
    """Return at most ANSWER_LIMIT bytes of the body, and whether they are all of it."""
    chunks: list[bytes] = []
    try:
        if response.content.is_eof() or needs_body:
            is_complete = await _collect(response, chunks)
        else:
            async with asyncio.timeout(_CURIOSITY_SECONDS):
                is_complete = await _collect(response, chunks)
    except (ClientError, OSError, ValueError):
        is_complete = False
    return b"".join(chunks)[:ANSWER_LIMIT], is_complete


async def _collect(response: ClientResponse, chunks: list[bytes]) -> bool:
    size = 0
    content = response.content
    while not content.at_eof():
        chunk = await content.readany()
        chunks.append(chunk)
        size += len(chunk)
        if size > ANSWER_LIMIT:
            return False
    return True


@lru_cache(maxsize=64)
def _deadline(seconds: float) -> ClientTimeout:
    return ClientTimeout(total=seconds, ceil_threshold=inf)


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
