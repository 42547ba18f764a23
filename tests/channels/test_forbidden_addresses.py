"""Addresses that the client must not connect to, and TLS that it must not trust."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from exchanges import BODY, DEADLINE, HEADERS, LOOPBACK, Names, ask, with_partner

from headgate.channels.addresses import Reach
from headgate.channels.mock_partner import MockPartner
from headgate.channels.outbound_http import Exchange, OutboundHttp

LOCALHOST = ip_address("127.0.0.1")


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
