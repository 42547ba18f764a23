"""The one guarded HTTP client: overall deadline, bounded answers, no forbidden addresses."""

import asyncio
import socket
import ssl
from collections.abc import Iterable
from functools import lru_cache
from math import inf
from types import TracebackType
from typing import Self

from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
)
from aiohttp.abc import AbstractResolver
from aiohttp.connector import AddrInfoType
from msgspec import Struct
from yarl import URL

from headgate.channels import failures, wire
from headgate.channels.addresses import BlockedAddress, Reach

ANSWER_LIMIT = 16 * 1024
# Most servers keep an idle connection for 5 s or longer; leaving first avoids writing into a close.
_KEEP_ALIVE_SECONDS = 4.0
# How long a body is waited for that decides nothing and is only shown to people.
_CURIOSITY_SECONDS = 1.0
# As many as there are deliveries under way at most, and events beside them.
_CONNECTIONS = 512 + 256
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
            connector=wire.Connector(
                limit=_CONNECTIONS,
                limit_per_host=_CONNECTIONS_PER_HOST,
                keepalive_timeout=_KEEP_ALIVE_SECONDS,
                socket_factory=self._open_socket,
                resolver=resolver,
                ssl=ssl.create_default_context(),
            ),
            cookie_jar=DummyCookieJar(),
            request_class=wire.WatchedRequest,
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
        watch = wire.Watch()
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
        except (ClientError, OSError, ValueError, RuntimeError) as error:
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
    # aiohttp takes zero for "no deadline".
    return ClientTimeout(total=max(seconds, 0.001), ceil_threshold=inf)


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
