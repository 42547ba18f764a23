"""What a mock partner can do with a request, from accepting it to breaking in every way."""

import asyncio
import gzip
import itertools
import json
from asyncio import StreamWriter
from collections.abc import Awaitable, Callable

from msgspec import Struct

# Behaviours that do not wait for the request's body.
EARLY = frozenset(("early", "drop-before-body"))

_OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_DRIP_SECONDS = 0.02


class Call(Struct, frozen=True):
    """One request to answer: what follows the behaviour's name in the path is `argument`.

    `nth` counts the requests with the same `webhook-id`, from 1.
    """

    writer: StreamWriter
    argument: str
    nth: int


Behaviour = Callable[[Call], Awaitable[bool]]


def answer(status: int, body: str, *headers: str) -> bytes:
    """Write a whole answer."""
    text = body.encode()
    lines = (
        f"HTTP/1.1 {status} Mock",
        "Content-Type: application/json",
        f"Content-Length: {len(text)}",
        *headers,
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + text


def _says(code: int, /, **body: str) -> Behaviour:
    async def behave(call: Call) -> bool:
        call.writer.write(answer(code, json.dumps(body)))
        return True

    return behave


def _writes(raw: bytes, *, then_waits: bool = False) -> Behaviour:
    """Write exactly these bytes; then close, or keep the connection and say no more."""

    async def behave(call: Call) -> bool:
        call.writer.write(raw)
        await call.writer.drain()
        if then_waits:
            await asyncio.Event().wait()
        return False

    return behave


def _repeats(head: bytes, piece: bytes, *, pause_seconds: float = 0.0) -> Behaviour:
    """Write the same piece for ever, or until the other side has had enough."""

    async def behave(call: Call) -> bool:
        call.writer.write(head)
        for _ in itertools.count():
            call.writer.write(piece)
            await call.writer.drain()
            await asyncio.sleep(pause_seconds)
        return False

    return behave


async def _status(call: Call) -> bool:
    """`/status/503`, or `/status/429/60` with a `Retry-After`."""
    status, _, retry_after = call.argument.partition("/")
    headers = (f"Retry-After: {retry_after}",) if retry_after else ()
    call.writer.write(answer(int(status), json.dumps({"status": status}), *headers))
    return True


async def _answer(call: Call) -> bool:
    """`/answer/200/{"status": "ok"}`, percent-encoded."""
    status, _, body = call.argument.partition("/")
    call.writer.write(answer(int(status), body))
    return True


async def _slow(call: Call) -> bool:
    await asyncio.sleep(float(call.argument))
    return await _says(200, status="accepted")(call)


async def _price(call: Call) -> bool:
    return await _says(200, status="accepted", price=call.argument)(call)


async def _duplicate(call: Call) -> bool:
    """Keep the lead and answer 500 first; say that it is known from then on."""
    status, word = (500, "error") if call.nth == 1 else (409, "duplicate")
    return await _says(status, status=word)(call)


async def _redirect(call: Call) -> bool:
    call.writer.write(answer(302, "{}", "Location: /accept"))
    return True


async def _reset(call: Call) -> bool:
    call.writer.transport.abort()
    return False


async def _closes_later(call: Call) -> bool:
    """Accept, and close the kept connection unannounced a moment later."""
    await _says(200, status="accepted")(call)
    await call.writer.drain()
    await asyncio.sleep(_DRIP_SECONDS)
    return False


def _bomb() -> bytes:
    packed = gzip.compress(bytes(10_000_000))
    return b"%sContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (
        _OK_HEAD,
        len(packed),
        packed,
    )


def _sized(body: bytes) -> bytes:
    return b"%sContent-Length: %d\r\n\r\n%s" % (_OK_HEAD, len(body), body)


BEHAVIOURS: dict[str, Behaviour] = {
    "accept": _says(200, status="accepted"),
    "refuse": _says(422, status="refused"),
    "status": _status,
    "answer": _answer,
    "slow": _slow,
    "price": _price,
    "duplicate": _duplicate,
    "redirect": _redirect,
    "reset": _reset,
    "closes-later": _closes_later,
    "early": _writes(answer(200, '{"status": "accepted"}'), then_waits=True),
    "drop-before-body": _writes(b""),
    "drop-after-body": _writes(b""),
    "drop-before-answer": _writes(b"HTTP/1.1 20"),
    "drop-in-answer": _writes(_OK_HEAD + b'Content-Length: 100\r\n\r\n{"status": "acc'),
    "malformed": _writes(b"220 mail.example ESMTP ready\r\n"),
    "endless-headers": _repeats(_OK_HEAD, b"X-More: " + b"x" * 1_000 + b"\r\n"),
    "long-header": _writes(_OK_HEAD + b"X-Long: " + b"x" * 100_000 + b"\r\n\r\n{}"),
    "drip": _repeats(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x", pause_seconds=_DRIP_SECONDS),
    "drip-body": _repeats(_OK_HEAD + b"\r\n", b" ", pause_seconds=_DRIP_SECONDS),
    "endless-body": _repeats(_OK_HEAD + b"\r\n", b" " * 65_536),
    "huge": _repeats(_OK_HEAD + b"Content-Length: 1073741824\r\n\r\n", b" " * 65_536),
    "gzip": _writes(_bomb(), then_waits=True),
    "never-closes": _writes(_OK_HEAD + b'\r\n{"status": "accepted"}', then_waits=True),
    "bad-utf8": _writes(_sized(b'{"status": "accepted\xff\xfe"}')),
    "nul": _writes(_sized(b'{"status": "accepted", "note": "\x00"}')),
    "bad-chunks": _writes(
        _OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}   \r\nZZ\r\nbroken\r\n"
    ),
}
