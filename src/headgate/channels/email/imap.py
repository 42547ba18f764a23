"""The account's mailbox: bounces are fetched from it, and marked as seen when they are settled.

Mails to other addresses are neither fetched nor touched.
"""

import asyncio
import contextlib
import imaplib
import socket
import ssl
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from imapclient import SEEN, IMAPClient
from imapclient.exceptions import IMAPClientError
from msgspec import Struct

from headgate.channels import connecting
from headgate.channels.addresses import Reach
from headgate.channels.email.return_path import MARK
from headgate.domain.configuration.value import Security

MOST_AT_ONCE = 100
_MOST_BYTES = 256 * 1024
_SECONDS = 10.0
_WANTED = ["UNSEEN", "OR", ["TO", MARK], ["HEADER", "Delivered-To", MARK]]

FAILURES = (IMAPClientError, OSError, ValueError)


class ImapServer(Struct, frozen=True):
    """Where bounces come back to; the password is in clear."""

    host: str
    port: int
    security: Security
    username: str
    password: str
    folder: str

    def __repr__(self) -> str:
        return f"ImapServer({self.host}:{self.port})"


class Fetched(Struct, frozen=True):
    """Mails by their number, which means something only under the same `validity`."""

    validity: int
    mails: dict[int, bytes]


class NoLogin(OSError):
    """Headgate does not log in here; nothing secret was sent."""


def fetch(server: ImapServer, reach: Reach) -> Fetched:
    """Return what came back and was not settled, the oldest first.

    :raises IMAPClientError, OSError, ValueError:
    """
    with _opened(server, reach) as (client, validity):
        numbers = sorted(client.search(_WANTED))[:MOST_AT_ONCE]
        part = f"BODY.PEEK[]<0.{_MOST_BYTES}>"
        found = client.fetch(numbers, [part]) if numbers else {}
        return Fetched(validity, {number: found[number][b"BODY[]<0>"] for number in found})


def mark_seen(server: ImapServer, reach: Reach, *, validity: int, numbers: Collection[int]) -> None:
    """Mark settled mails; where the mailbox was renumbered meanwhile, none.

    :raises IMAPClientError, OSError, ValueError:
    """
    with _opened(server, reach) as (client, valid_now):
        if valid_now == validity:
            client.add_flags(sorted(numbers), [SEEN], silent=True)


@contextmanager
def _opened(server: ImapServer, reach: Reach) -> Iterator[tuple[IMAPClient, int]]:
    tls = ssl.create_default_context()
    line = asyncio.run(_connected(server, reach))
    try:
        line.settimeout(_SECONDS)
        address = str(line.getpeername()[0])
        if server.security is Security.NONE and not reach.is_private(address):
            raise NoLogin("a login without TLS goes to allowed private networks only")
        if server.security is Security.TLS:
            line = tls.wrap_socket(line, server_hostname=server.host)
        client = _Client(server, line)
        if server.security is Security.STARTTLS:
            client.starttls(tls)
        client.login(server.username, server.password)
        chosen = client.select_folder(server.folder)
        yield client, int(chosen[b"UIDVALIDITY"])
        with contextlib.suppress(*FAILURES):
            client.logout()
    finally:
        line.close()


async def _connected(server: ImapServer, reach: Reach) -> socket.socket:
    async with asyncio.timeout(_SECONDS):
        return await connecting.connect(server.host, server.port, reach)


class _Connection(imaplib.IMAP4):
    """Speaks on a line that is there already: its address was judged before it was dialled."""

    def __init__(self, server: ImapServer, line: socket.socket) -> None:
        self._line = line
        super().__init__(server.host, server.port)

    def _create_socket(self, timeout: float | None) -> socket.socket:  # noqa: ARG002
        return self._line


class _Client(IMAPClient):  # type: ignore[misc]
    def __init__(self, server: ImapServer, line: socket.socket) -> None:
        self._connection = _Connection(server, line)
        super().__init__(server.host, server.port, ssl=False)

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802
        return self._connection
