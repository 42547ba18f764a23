"""Receivers that drip, flood, stall and break: how long they are borne, and what is left."""

import asyncio
import socket
import time

import pytest
from exchanges import DEADLINE, HEADERS, LOOPBACK, ask, exchange

from headgate.channels.outbound_http import ANSWER_LIMIT, Exchange, OutboundHttp


class TestHostileReceivers:
    """Each is given a moment, and must let go within a second more."""

    NO_ANSWER = ("drip", "endless-headers", "long-header", "drop-before-body", "drop-after-body")
    BODIES = ("drip-body", "endless-body", "huge", "never-closes", "bad-chunks", "drop-in-answer")

    @pytest.mark.parametrize(
        "path", [*NO_ANSWER, "drop-before-answer", "malformed", "reset", "slow/9"]
    )
    def test_without_a_whole_head_leave_only_that_something_was_written(self, path: str) -> None:
        found, seconds = exchange(f"/{path}")

        assert (found.status, found.written) == (None, True)
        assert found.error
        assert seconds < DEADLINE + 1

    @pytest.mark.parametrize("path", BODIES)
    def test_with_a_body_that_does_not_end_well_still_have_a_status(self, path: str) -> None:
        found, seconds = exchange(f"/{path}", needs_body=True)

        assert (found.status, found.is_complete) == (200, False)
        assert len(found.body) <= ANSWER_LIMIT
        assert seconds < DEADLINE + 1

    @pytest.mark.parametrize("path", ["gzip", "bad-utf8", "nul", "early"])
    def test_with_a_strange_body_are_read_as_they_are(self, path: str) -> None:
        found, seconds = exchange(f"/{path}", needs_body=True)

        assert found.status == 200
        assert len(found.body) <= ANSWER_LIMIT
        assert seconds < DEADLINE + 1

    def test_that_never_finish_tls_are_left_with_nothing_written(self) -> None:
        started = time.monotonic()
        with socket.create_server(("127.0.0.1", 0)) as silent:
            found = ask(f"https://127.0.0.1:{silent.getsockname()[1]}/")

        assert (found.status, found.written) == (None, False)
        assert time.monotonic() - started < DEADLINE + 1

    def test_are_not_waited_for_when_the_body_decides_nothing(self) -> None:
        found, seconds = exchange("/never-closes", deadline_seconds=30)

        assert found.body == b'{"status": "accepted"}'
        assert seconds < 5


def answering(*packets: bytes) -> Exchange:
    """Ask a server that writes these packets, one after the other, and closes."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for packet in packets:
            writer.write(packet)
            await writer.drain()
            await asyncio.sleep(0.01)
        writer.close()

    async def run() -> Exchange:
        server = await asyncio.start_server(speak, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with server, OutboundHttp(LOOPBACK) as http:
            found = await http.exchange(
                "POST", url, HEADERS, b"", deadline_seconds=DEADLINE, needs_body=True
            )
            await asyncio.sleep(0.05)
            return found

    return asyncio.run(run())


class TestAnOddAnswer:
    CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"

    @pytest.mark.parametrize(
        ("packets", "status", "body", "is_complete"),
        [
            ((CHUNKED + b"2\r\n{}\r\nZZ\r\n",), 200, b"", False),
            ((CHUNKED + b"2\r\n{}\r\n", b"ZZ\r\nbroken"), 200, b"{}", False),
            ((CHUNKED[:-1], CHUNKED[-1:] + b"ZZ\r\n"), 200, b"", False),
            ((CHUNKED[:-3], CHUNKED[-3:-2], CHUNKED[-2:] + b"ZZ\r\n"), 200, b"", False),
            ((CREATED + b"and more",), 201, b"{}", True),
            ((b"HTTP/1.1 100 Continue\r\n\r\n" + CREATED,), 201, b"{}", True),
            ((b"HTTP/1.1 100 Continue\r\n\r\n", CREATED), 201, b"{}", True),
            ((b"HTTP/1.0 200 OK\r\n\r\n", b"{}"), 200, b"{}", True),
            ((b"HTTP/1.1 204 No Content\r\n\r\n{}",), 204, b"", True),
            ((b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",), None, b"", False),
            ((b"HTTP/1.1 OK\r\n\r\n",), None, b"", False),
            ((b"HTTP/1.1 200 OK\r\nX: 1\r\n",), None, b"", False),
        ],
    )
    def test_keeps_what_was_whole(
        self, packets: tuple[bytes, ...], status: int | None, body: bytes, is_complete: bool
    ) -> None:
        found = answering(*packets)

        assert (found.status, found.body, found.is_complete) == (status, body, is_complete)
        assert found.ms < DEADLINE * 1000
