"""The guarded client against real sockets: what went out, and what came back."""

import asyncio
import socket
import time
from contextlib import closing
from threading import Thread

import pytest
from exchanges import BODY, DEADLINE, HEADERS, LOOPBACK, Names, ask, exchange, with_partner

from headgate.channels.mock_partner import MockPartner
from headgate.channels.outbound_http import Exchange, OutboundHttp


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class TestAWholeAnswer:
    def test_has_status_and_body(self) -> None:
        found, _ = exchange("/accept")

        assert (found.status, found.is_complete, found.body) == (
            200,
            True,
            b'{"status": "accepted"}',
        )

    def test_is_not_followed_when_it_redirects(self) -> None:
        async def work(partner: MockPartner, http: OutboundHttp) -> tuple[int | None, int]:
            found = await http.exchange(
                "POST", partner.url("/redirect"), HEADERS, BODY, deadline_seconds=DEADLINE
            )
            return found.status, len(partner.received)

        assert with_partner(work) == (302, 1)

    def test_tells_when_to_come_back(self) -> None:
        found, _ = exchange("/status/429/60")

        assert found.retry_after == "60"

    def test_keeps_the_connection_for_the_next_request(self) -> None:
        async def work(partner: MockPartner, http: OutboundHttp) -> int:
            for _ in range(3):
                await http.exchange(
                    "POST", partner.url("/accept"), HEADERS, BODY, deadline_seconds=DEADLINE
                )
            return partner.connections

        assert with_partner(work) == 1

    def test_comes_of_one_request_with_its_own_headers_only(self) -> None:
        async def work(partner: MockPartner, http: OutboundHttp) -> set[str]:
            await http.exchange(
                "POST", partner.url("/accept"), HEADERS, BODY, deadline_seconds=DEADLINE
            )
            return set(partner.received[0].headers)

        assert with_partner(work) == {"host", "content-type", "accept-encoding", "content-length"}


class TestNothingIsWritten:
    def test_when_the_name_does_not_exist(self) -> None:
        found = ask("http://partner.example/", resolver=Names([]))

        assert not found.written
        assert found.error == "The name partner.example cannot be resolved; nothing was sent"

    def test_when_the_port_is_closed(self) -> None:
        found = ask(f"http://127.0.0.1:{free_port()}/")

        assert not found.written
        assert "cannot be reached" in str(found.error)

    def test_when_tls_is_not_spoken_there(self) -> None:
        async def speak_plainly(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            writer.close()

        async def work() -> Exchange:
            server = await asyncio.start_server(speak_plainly, "127.0.0.1", 0)
            url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            async with server, OutboundHttp(LOOPBACK) as http:
                return await http.exchange("POST", url, HEADERS, BODY, deadline_seconds=DEADLINE)

        found = asyncio.run(work())

        assert not found.written
        assert "TLS with 127.0.0.1" in str(found.error)

    @pytest.mark.parametrize("url", ["http://", "ftp://8.8.8.8/", "http://exa mple/", "/leads"])
    def test_when_the_address_is_none(self, url: str) -> None:
        found = ask(url)

        assert (found.status, found.written) == (None, False)


def answer_once_and_close(server: socket.socket, rounds: int, seen: list[bytes]) -> None:
    """Keep the connection open for the answer, and close it a moment later."""
    for _ in range(rounds):
        connection, _ = server.accept()
        with connection:
            seen.append(connection.recv(65_536))
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            time.sleep(0.02)


class TestAKeptConnection:
    @pytest.mark.parametrize("method", ["POST", "GET", "PUT"])
    def test_that_was_closed_meanwhile_is_replaced_before_anything_is_written(
        self, method: str
    ) -> None:
        async def work(url: str) -> list[int | None]:
            statuses = []
            async with OutboundHttp(LOOPBACK) as http:
                for _ in range(3):
                    found = await http.exchange(method, url, HEADERS, b"", deadline_seconds=2)
                    statuses.append(found.status)
                    # The close arrives while the loop stands still, so only a look can tell.
                    time.sleep(0.1)
            return statuses

        seen: list[bytes] = []
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            partner = Thread(target=answer_once_and_close, args=(server, 3, seen))
            partner.start()
            statuses = asyncio.run(work(f"http://127.0.0.1:{port}/"))
            partner.join()

        assert statuses == [200, 200, 200]
        assert all(each.startswith(method.encode()) for each in seen)

    @pytest.mark.parametrize("method", ["POST", "GET", "PUT"])
    def test_that_breaks_after_writing_is_not_tried_again(self, method: str) -> None:
        async def work(partner: MockPartner, http: OutboundHttp) -> tuple[bool, int]:
            await http.exchange(
                method, partner.url("/accept"), HEADERS, b"", deadline_seconds=DEADLINE
            )
            found = await http.exchange(
                method, partner.url("/drop-after-body"), HEADERS, b"", deadline_seconds=DEADLINE
            )
            return found.written and found.status is None, len(partner.received)

        assert with_partner(work) == (True, 2)
