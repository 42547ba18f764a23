"""Mails that are ready to send, and sending them once, for the tests of the email channel."""

import asyncio
from datetime import UTC, datetime
from ipaddress import ip_network

from smtp_server import SmtpServer

from headgate.channels.addresses import Reach
from headgate.channels.contract import LeadFacts, Sent
from headgate.channels.email.mailing import Mailing
from headgate.channels.email.rendering import render
from headgate.channels.email.request import EmailRequest, MailServer
from headgate.channels.email.sending import MailSender
from headgate.domain.configuration.value import Security, Smtp
from headgate.domain.delivery_settings import Email
from headgate.domain.secrets import EnvSecret, PlainSecret, Secret

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
LOOPBACK = Reach((ip_network("127.0.0.0/8"),))
SMTP = Smtp("mail.acme.example", 587, "Acme Leads <leads@acme.example>", Security.STARTTLS)
TO = ("leads@sunpeak.example",)
DEADLINE = 0.6


def secret_of(secret: Secret) -> str:
    if isinstance(secret, EnvSecret):
        return f"value of {secret.name}"
    assert isinstance(secret, PlainSecret)
    return secret.value


def rendered(
    facts: LeadFacts, *, smtp: Smtp = SMTP, body: bytes | None = None, **settings: object
) -> EmailRequest:
    email = Email(**{"to": TO, **settings})  # type: ignore[arg-type]
    return render(Mailing(email, smtp, NOW), facts, secret_of=secret_of, body=body)


def ready(
    port: int,
    *,
    security: Security = Security.NONE,
    recipients: tuple[str, ...] = TO,
    host: str = "127.0.0.1",
    username: str = "",
    timeout_seconds: float = DEADLINE,
    message: bytes = b"Subject: Hello\r\n\r\n.Hello\r\n",
) -> EmailRequest:
    return EmailRequest(
        delivery_id="d",
        server=MailServer(host, port, security, username, "pass word" if username else ""),
        sender="leads@acme.example",
        recipients=recipients,
        message=message,
        body=b"{}",
        timeout_seconds=timeout_seconds,
        confidential=("pass word", "078-05-1120"),
    )


def sent(server: SmtpServer, reach: Reach = LOOPBACK, **parts: object) -> Sent:
    """Send one mail to the server, and return what became of it."""

    async def run() -> Sent:
        async with server:
            sender = MailSender(reach)
            return await sender.send(ready(server.port, **parts), now=NOW)  # type: ignore[arg-type]

    return asyncio.run(run())
