"""Requests and answers of the API, straight on ASGI."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from typing import Any, BinaryIO
from urllib.parse import parse_qs, parse_qsl

from headgate.domain.flaws import Flaw, Flawed
from headgate.services.people.api_keys import digest_of, looks_right
from headgate.services.writing import write_json
from headgate.storage.keys import Key
from headgate.web.errors import Problem

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LEAD_LIMIT = 64 * 1024
BULK_LIMIT = 4 * 1024 * 1024
CONFIGURATION_LIMIT = 1024 * 1024
MOST_DISCARDED = 16 * 1024 * 1024
BODY_SECONDS = 20
FILE_SECONDS = 600


class Request:
    """One request; `parts` are what the route's pattern caught of the path.

    `key` is there on routes whose key is looked up before their handler runs.
    """

    key: Key

    def __init__(self, scope: Scope, receive: Receive, parts: tuple[str, ...]) -> None:
        self._receive = receive
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.client: str = (scope.get("client") or ("",))[0]
        self.parts = parts
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self._query: bytes = scope["query_string"]

    def header(self, name: bytes) -> str | None:
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    @property
    def content_type(self) -> str:
        return (self.header(b"content-type") or "").partition(";")[0].strip().lower()

    def query(self, *allowed: str) -> dict[str, str]:
        """Return the query's parameters; only the allowed ones may be there, each once.

        :raises Flawed: another name, one that stands twice, or what is not text.
        """
        try:
            text = self._query.decode()
            pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=100)
        except ValueError:
            raise Flawed([Flaw("", "malformed_query", "the query is not UTF-8")]) from None
        flaws = [_unknown(name, allowed) for name, _ in pairs if name not in allowed]
        counts = Counter(name for name, _ in pairs)
        flaws += [
            Flaw(name, "repeated_parameter", "it stands twice; send it once")
            for name, count in counts.items()
            if count > 1
        ]
        flaws += [
            Flaw(name, "not_text", "NUL is not allowed") for name, value in pairs if "\0" in value
        ]
        if flaws:
            raise Flawed(flaws)
        return dict(pairs)

    def parameters(self) -> dict[str, str]:
        """Return the first value of every parameter of a page; what nobody can read is none."""
        try:
            query = self._query.decode("ascii", "replace")
            found = parse_qs(query, keep_blank_values=True, max_num_fields=100)
        except ValueError:
            return {}
        return {name: values[0] for name, values in found.items()}

    def key_digest(self) -> str:
        """Return the digest of the bearer's key.

        :raises Problem: there is none, or it cannot be one.
        """
        scheme, _, key = (self.header(b"authorization") or "").partition(" ")
        if scheme.lower() != "bearer" or not looks_right(key.strip()):
            raise Problem(401, "unauthorized", "send a key: Authorization: Bearer hg_…")
        return digest_of(key.strip())

    async def body(self, limit: int) -> bytes:
        """Return the whole body.

        :raises Problem: it is longer than `limit`, or takes too long to come.
        """
        try:
            async with asyncio.timeout(BODY_SECONDS):
                return await self._read(limit)
        except TimeoutError:
            raise Problem(408, "request_timeout", "the body did not come in time") from None

    async def pour(self, file: BinaryIO, limit: int) -> None:
        """Write the body, as long as it is, into a file.

        :raises Problem: it is longer than `limit`, or takes too long to come.
        """
        try:
            async with asyncio.timeout(FILE_SECONDS):
                async for piece in self._pieces(limit):
                    file.write(piece)
        except TimeoutError:
            raise Problem(408, "request_timeout", "the file did not come in time") from None

    async def _read(self, limit: int) -> bytes:
        return b"".join([piece async for piece in self._pieces(limit)])

    async def _pieces(self, limit: int) -> AsyncIterator[bytes]:
        """Read the body to its end, also past the limit: whoever still sends hears no answer."""
        length = 0
        while length <= limit + MOST_DISCARDED:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise Problem(400, "incomplete", "the body was cut off")
            piece = bytes(message.get("body", b""))
            length += len(piece)
            if length <= limit:
                yield piece
            if not message.get("more_body"):
                break
        if length > limit:
            raise too_large(limit)


class Response:
    def __init__(
        self,
        status: int,
        body: bytes,
        *,
        content_type: bytes = b"application/json",
        headers: tuple[tuple[bytes, bytes], ...] = (),
    ) -> None:
        self.status = status
        self.body = body
        self.headers = [
            (b"content-type", content_type),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            *headers,
        ]

    async def send(self, send: Send, *, with_body: bool = True) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body if with_body else b""})


class StreamedResponse(Response):
    """An answer of any length: what `next_piece` gives, until it gives nothing."""

    def __init__(self, next_piece: Callable[[], Awaitable[bytes]], *, content_type: bytes) -> None:
        self.status = 200
        self.headers = [(b"content-type", content_type), (b"cache-control", b"no-store")]
        self._next_piece = next_piece

    async def send(self, send: Send, *, with_body: bool = True) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        while with_body and (piece := await self._next_piece()):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def json_response(value: object, status: int = 200) -> Response:
    return Response(status, write_json(value).encode())


def problem_response(problem: Problem) -> Response:
    headers: tuple[tuple[bytes, bytes], ...] = ()
    if problem.retry_after is not None:
        headers += ((b"retry-after", str(problem.retry_after).encode()),)
    if problem.allow:
        headers += ((b"allow", ", ".join(problem.allow).encode()),)
    if problem.status == 401:
        headers += ((b"www-authenticate", b"Bearer"),)
    return Response(
        problem.status,
        problem.body(),
        content_type=b"application/problem+json",
        headers=headers,
    )


def too_large(limit: int) -> Problem:
    return Problem(413, "too_large", f"the body has more than {limit:,} bytes")


def _unknown(name: str, allowed: Sequence[str]) -> Flaw:
    there_are = f"there are: {', '.join(allowed)}" if allowed else "there are none here"
    return Flaw(name, "unknown_parameter", f"there is no such query parameter; {there_are}")
