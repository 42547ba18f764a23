"""An SMTP server on a real socket that does at each step what the script says."""

import asyncio
import contextlib
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

STEPS = ("banner", "ehlo", "starttls", "ehlo2", "auth", "mail", "rcpt", "data", "message", "quit")
CLOSE, HANG, GARBAGE = "close", "hang", "garbage"
GARBAGE_LINE = b"\x00\xffHTTP/1.1 400 Bad Request\r\n"
_USUAL = {
    "banner": "220 mail.test ESMTP",
    "ehlo": "250-mail.test\r\n250-STARTTLS\r\n250-AUTH PLAIN\r\n250 HELP",
    "starttls": "220 Go ahead",
    "ehlo2": "250-mail.test\r\n250-AUTH PLAIN\r\n250 HELP",
    "auth": "235 Welcome",
    "mail": "250 Sender fine",
    "rcpt": "250 Recipient fine",
    "data": "354 Go on",
    "message": "250 2.0.0 queued as 7",
    "quit": "221 Bye",
}


class _Gone(Exception):
    pass


class SmtpServer:
    """`script` maps a step, or `rcpt <address>`, to a reply, CLOSE, HANG or GARBAGE."""

    def __init__(
        self, script: dict[str, str] | None = None, *, tls: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
    ) -> None:  # fmt: skip
        self._script = {**_USUAL, **(script or {})}
        self._tls = tls
        self._implicit = tls if implicit_tls else None
        self.commands: list[str] = []
        self.messages: list[bytes] = []
        self.most_at_once = self._at_once = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, ssl=self._implicit, limit=2**22
        )
        self._conversations: set[asyncio.Task[None]] = set()
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in list(self._conversations):
            task.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._conversations.add(task)
        task.add_done_callback(self._conversations.discard)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            with contextlib.suppress(_Gone, OSError, asyncio.CancelledError):
                await self._converse(reader, writer)
        finally:
            self._at_once -= 1
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello = "ehlo"
        await self._say("banner", writer)
        while line := await reader.readline():
            command = line.decode("utf-8", "replace").rstrip("\r\n")
            self.commands.append(command)
            verb = command.split(" ", 1)[0].lower()
            if verb in ("ehlo", "helo"):
                await self._say(hello, writer)
            elif verb == "starttls":
                if not await self._say("starttls", writer):
                    continue
                assert self._tls is not None
                await writer.start_tls(self._tls)
                hello = "ehlo2"
            elif verb == "rcpt":
                address = command.split("<", 1)[1].split(">", 1)[0]
                step = f"rcpt {address}"
                await self._say(step if step in self._script else "rcpt", writer)
            elif verb == "data":
                if await self._say("data", writer):
                    self.messages.append(await reader.readuntil(b"\r\n.\r\n"))
                    await self._say("message", writer)
            elif verb == "quit":
                await self._say("quit", writer)
                return
            else:
                await self._say(verb, writer)

    async def _say(self, step: str, writer: asyncio.StreamWriter) -> bool:
        """Do what the script says; True when it was a reply other than a refusal."""
        reply = self._script[step]
        if reply == CLOSE:
            raise _Gone
        if reply == HANG:
            await asyncio.Event().wait()
        writer.write(GARBAGE_LINE if reply == GARBAGE else f"{reply}\r\n".encode())
        await writer.drain()
        if reply == GARBAGE and step == "data":
            return False
        return reply[0] in "23"


def certificate(folder: Path, *, names: tuple[str, ...] = ("127.0.0.1",)) -> ssl.SSLContext:
    """Write a certificate to `folder`/ca.pem and return what a server with it needs."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    written = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=36_500))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName(
                [
                    x509.IPAddress(ip_address(each)) if each[0].isdigit() else x509.DNSName(each)
                    for each in names
                ]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / "ca.pem", folder / "key.pem"
    pem.write_bytes(written.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    return context
