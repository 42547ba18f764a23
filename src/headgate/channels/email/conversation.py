"""One conversation with a mail server, step by step, and what the server said to each."""

import re
import ssl
from collections.abc import Sequence
from enum import StrEnum

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPResponseException
from aiosmtplib.errors import SMTPServerDisconnected
from msgspec import Struct

from headgate.channels import connecting
from headgate.channels.addresses import Reach
from headgate.channels.email.request import MailServer
from headgate.domain.configuration.value import Security

_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
# The server does not know this way to log in; another may work with the same password.
_UNKNOWN_WAY = range(500, 505)


class Stage(StrEnum):
    """Where a conversation stands; the names are what people see."""

    CONNECT = "Connect"
    GREETING = "Greeting"
    HELLO = "EHLO"
    STARTTLS = "STARTTLS"
    LOGIN = "AUTH"
    SENDER = "MAIL FROM"
    RECIPIENT = "RCPT TO"
    DATA = "DATA"
    MESSAGE = "Message"


class Said(Struct, frozen=True):
    """A step that the server answered; `words` begin with its code."""

    stage: Stage
    words: str


class Refused(Struct, frozen=True):
    """A recipient that the server does not take."""

    recipient: str
    code: int
    words: str


class NoLogin(Exception):
    """Headgate does not log in here; nothing secret was sent."""


class NobodyAccepted(Exception):
    """The server takes none of the recipients."""

    def __init__(self, refused: Sequence[Refused]) -> None:
        self.refused = tuple(refused)
        super().__init__("; ".join(each.words for each in refused))


class Conversation:
    """Open it, hand a message over, close it; `stage` tells where it went wrong."""

    def __init__(self, server: MailServer, reach: Reach, tls: ssl.SSLContext) -> None:
        self.stage = Stage.CONNECT
        self.said: list[Said] = []
        self._server = server
        self._reach = reach
        self._tls = tls
        self._smtp: SMTP | None = None

    async def open(self) -> None:
        """Connect, greet, encrypt and log in, as the server's settings want it.

        :raises OSError, SMTPException, NoLogin:
        """
        server = self._server
        line = await connecting.connect(server.host, server.port, self._reach)
        address = str(line.getpeername()[0])
        self.stage = Stage.GREETING
        smtp = self._smtp = SMTP(
            hostname=server.host,
            sock=line,
            use_tls=server.security is Security.TLS,
            start_tls=False,
            tls_context=self._tls,
            local_hostname=_literal(str(line.getsockname()[0])),
            timeout=None,
        )
        try:
            self._note(await smtp.connect())
        finally:
            if not smtp.is_connected:
                line.close()
        await self._hello(smtp)
        if server.security is Security.STARTTLS:
            self.stage = Stage.STARTTLS
            self._note(await smtp.starttls())
            await self._hello(smtp)
        if server.username:
            self.stage = Stage.LOGIN
            if server.security is Security.NONE and not self._reach.is_private(address):
                raise NoLogin(
                    "a login without TLS goes to allowed private networks only;"
                    " set security to tls or starttls"
                )
            await self._log_in(smtp)

    async def hand_over(
        self, sender: str, recipients: Sequence[str], message: bytes
    ) -> list[Refused]:
        """Have the server take the message, and return the recipients it did not take.

        :raises OSError, SMTPException, NobodyAccepted:
        """
        smtp = self._connected()
        self.stage = Stage.SENDER
        self._note(await smtp.mail(sender))
        refused = await self._name_recipients(smtp, recipients)
        self.stage = Stage.DATA
        ready = await smtp.execute_command(b"DATA")
        if ready.code != 354:
            raise SMTPResponseException(ready.code, ready.message)
        self._note(ready)
        self.stage = Stage.MESSAGE
        await self._say_message(smtp, message)
        return refused

    async def leave(self) -> None:
        """Say goodbye, and wait for the answer."""
        if self._smtp is not None and self._smtp.is_connected:
            await self._smtp.quit()

    def close(self) -> None:
        if self._smtp is not None:
            self._smtp.close()

    async def _hello(self, smtp: SMTP) -> None:
        self.stage = Stage.HELLO
        response = await smtp.execute_command(b"EHLO", str(smtp.local_hostname).encode())
        if response.code == 250:
            smtp.last_ehlo_response = response
        elif response.code in _UNKNOWN_WAY:
            response = await smtp.helo()
        else:
            raise SMTPResponseException(response.code, response.message)
        self._note(response)

    async def _log_in(self, smtp: SMTP) -> None:
        """Log in by the first way that the server knows; a wrong password is tried once only."""
        username, password = self._server.username, self._server.password
        ways = {"plain": smtp.auth_plain, "login": smtp.auth_login, "cram-md5": smtp.auth_crammd5}
        offered = [way for way in ways if way in smtp.server_auth_methods]
        if not offered:
            raise NoLogin("the server offers no way to log in that Headgate knows")
        for way in offered:
            try:
                self._note(await ways[way](username, password))
                return
            except SMTPAuthenticationError as error:
                if error.code not in _UNKNOWN_WAY or way == offered[-1]:
                    raise

    async def _name_recipients(self, smtp: SMTP, recipients: Sequence[str]) -> list[Refused]:
        self.stage = Stage.RECIPIENT
        refused = []
        for recipient in recipients:
            try:
                self._note(await smtp.rcpt(recipient))
            except SMTPResponseException as error:
                if not 400 <= error.code <= 599 or not smtp.is_connected:
                    raise
                refused.append(Refused(recipient, error.code, _words(error.code, error.message)))
        if len(refused) == len(recipients):
            raise NobodyAccepted(refused)
        return refused

    async def _say_message(self, smtp: SMTP, message: bytes) -> None:
        transport, protocol = smtp.transport, smtp.protocol
        if protocol is None or transport is None:
            raise SMTPServerDisconnected("Connection lost")
        end = b".\r\n" if message.endswith(b"\r\n") else b"\r\n.\r\n"
        protocol.write(_LEADING_DOT.sub(b"..", message) + end)
        taken = await protocol.read_response()
        if not 200 <= taken.code <= 299:
            raise SMTPResponseException(taken.code, taken.message)
        self._note(taken)

    def _connected(self) -> SMTP:
        if self._smtp is None:
            raise SMTPException("not connected")
        return self._smtp

    def _note(self, response: object) -> None:
        code, message = getattr(response, "code", ""), getattr(response, "message", "")
        self.said.append(Said(self.stage, _words(code, message)))


def _words(code: object, message: str) -> str:
    return f"{code} {message}".strip()


def _literal(address: str) -> str:
    """Write our own address as EHLO wants it from a machine without a name in the DNS."""
    plain = address.partition("%")[0]
    return f"[IPv6:{plain}]" if ":" in plain else f"[{plain}]"
