"""The guarded client against real sockets: what went out, what came back, and in what time."""

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from threading import Thread
from typing import TypeVar

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from headgate.channels.addresses import Reach
from headgate.channels.mock_partner import MockPartner
from headgate.channels.outbound_http import ANSWER_LIMIT, Exchange, OutboundHttp

LOCALHOST = ip_address("127.0.0.1")
LOOPBACK = Reach((ip_network("127.0.0.0/8"),))
HEADERS = (("Content-Type", "application/json"), ("Accept-Encoding", "identity"))
BODY = b'{"fields": {}}'
DEADLINE = 0.3
T = TypeVar("T")


class Names(AbstractResolver):
    """Answers each look-up with the next of the given lists of addresses; the last one stays."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        addresses = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if not addresses:
            raise OSError(None, "no such name")
        return [
            ResolveResult(hostname=host, host=each, port=port, family=family, proto=0, flags=0)
            for each in addresses
        ]

    async def close(self) -> None:
        return


def exchange(
    path: str, *, needs_body: bool = False, deadline_seconds: float = DEADLINE
) -> tuple[Exchange, float]:
    """Ask a mock partner once; return what came, and how long it took."""

    async def ask() -> tuple[Exchange, float]:
        async with MockPartner() as partner, OutboundHttp(LOOPBACK) as http:
            started = asyncio.get_running_loop().time()
            found = await http.exchange(
                "POST",
                partner.url(path),
                HEADERS,
                BODY,
                deadline_seconds=deadline_seconds,
                needs_body=needs_body,
            )
            return found, asyncio.get_running_loop().time() - started

    return asyncio.run(ask())


def ask(url: str, *, reach: Reach = LOOPBACK, resolver: AbstractResolver | None = None) -> Exchange:
    async def once() -> Exchange:
        async with OutboundHttp(reach, resolver=resolver) as http:
            return await http.exchange("POST", url, HEADERS, BODY, deadline_seconds=DEADLINE)

    return asyncio.run(once())


def with_partner(work: Callable[[MockPartner, OutboundHttp], Awaitable[T]]) -> T:
    async def run() -> T:
        async with MockPartner() as partner, OutboundHttp(LOOPBACK) as http:
            return await work(partner, http)

    return asyncio.run(run())


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


def certificate(directory: Path) -> Path:
    """Write a certificate for 127.0.0.1, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mock partner")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(LOCALHOST)]), critical=False)
        .sign(key, SHA256())
    )
    path = directory / "partner.pem"
    path.write_bytes(
        signed.public_bytes(Encoding.PEM)
        + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return path


class TestTls:
    def over_tls(self, pem: Path) -> Exchange:
        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            await writer.drain()
            writer.close()

        async def run() -> Exchange:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pem)
            server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
            url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            async with server, OutboundHttp(LOOPBACK) as http:
                found = await http.exchange("POST", url, HEADERS, BODY, deadline_seconds=5)
                await asyncio.sleep(0.05)
                return found

        return asyncio.run(run())

    def test_needs_a_certificate_that_this_machine_trusts(self, tmp_path: Path) -> None:
        found = self.over_tls(certificate(tmp_path))

        assert (found.status, found.written) == (None, False)
        assert "certificate" in str(found.error)

    def test_takes_one_that_it_trusts(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pem = certificate(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))

        assert self.over_tls(pem).status == 200


class TestForbiddenAddresses:
    """A server listens on every address that is tried, and must see no connection."""

    SPELLINGS = (
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.0.0.1", "0"),
        *("①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1", "127.0.0.1.", "localhost", "LOCALHOST."),
        *("[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "[64:ff9b::7f00:1]"),
        "0.0.0.0",  # noqa: S104
        *("[2002:7f00:1::1]", "[fe80::1%25lo]", "169.254.169.254", "[fd00:ec2::254]", "10.0.0.1"),
    )

    @pytest.mark.parametrize("host", SPELLINGS)
    def test_are_not_connected_to_however_they_are_spelled(self, host: str) -> None:
        async def work(partner: MockPartner, _: OutboundHttp) -> tuple[Exchange, int]:
            async with OutboundHttp(Reach(), resolver=Names(["127.0.0.1"])) as http:
                found = await http.exchange(
                    "POST",
                    f"http://{host}:{partner.port}/accept",
                    HEADERS,
                    BODY,
                    deadline_seconds=DEADLINE,
                )
            return found, partner.connections

        found, connections = with_partner(work)

        assert (found.status, found.written, connections) == (None, False, 0)

    def test_are_named_with_what_to_do(self) -> None:
        found = ask("http://127.0.0.1/", reach=Reach())

        assert found.error == (
            "127.0.0.1 is not a public address; nothing was sent."
            " The operator can allow its network in HEADGATE_ALLOW_PRIVATE_NETWORKS"
        )

    def test_are_not_reached_by_a_name_that_changes_its_mind(self) -> None:
        async def work() -> tuple[list[int | None], list[int]]:
            names = Names(["127.0.0.1"], ["127.0.0.2"])
            reach = Reach((ip_network("127.0.0.1/32"),))
            async with (
                MockPartner() as permitted,
                MockPartner("127.0.0.2", permitted.port) as forbidden,
                OutboundHttp(reach, resolver=names) as http,
            ):
                statuses = [
                    (
                        await http.exchange(
                            "POST",
                            f"http://{name}.example:{permitted.port}/accept",
                            HEADERS,
                            BODY,
                            deadline_seconds=DEADLINE,
                        )
                    ).status
                    for name in ("first", "second")
                ]
                return statuses, [permitted.connections, forbidden.connections]

        assert asyncio.run(work()) == ([200, None], [1, 0])

    def test_do_not_keep_a_name_from_its_permitted_ones(self) -> None:
        async def work(partner: MockPartner, _: OutboundHttp) -> int | None:
            names = Names(["10.0.0.1", "127.0.0.1"])
            async with OutboundHttp(LOOPBACK, resolver=names) as http:
                found = await http.exchange(
                    "POST",
                    f"http://partner.example:{partner.port}/accept",
                    HEADERS,
                    BODY,
                    deadline_seconds=DEADLINE,
                )
                return found.status

        assert with_partner(work) == 200

    def test_include_headgates_own(self) -> None:
        async def work(partner: MockPartner, _: OutboundHttp) -> tuple[bool, int]:
            reach = Reach(LOOPBACK.allowed_networks, frozenset({("127.0.0.1", partner.port)}))
            async with OutboundHttp(reach) as http:
                found = await http.exchange(
                    "POST", partner.url("/accept"), HEADERS, BODY, deadline_seconds=DEADLINE
                )
            return found.written, partner.connections

        assert with_partner(work) == (False, 0)

    def test_are_not_reached_through_a_proxy_of_the_environment(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def work(partner: MockPartner, _: OutboundHttp) -> int:
            monkeypatch.setenv("http_proxy", partner.url(""))
            async with OutboundHttp(Reach()) as http:
                await http.exchange(
                    "POST", "http://10.0.0.1/", HEADERS, BODY, deadline_seconds=DEADLINE
                )
            return partner.connections

        assert with_partner(work) == 0


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
