"""A report that is due goes out by mail from the real sender, once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from running import Broker, in_thread, running, until

from headgate import clock
from headgate.services import configuration
from headgate.services.reports import report_mails
from headgate.storage import models
from headgate.worker import reporter

pytestmark = pytest.mark.usefixtures("database", "installation")


class Mailbox:
    """Keeps what a mail server takes."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(envelope)
        return "250 taken"


def set_up(port: int) -> None:
    broker = Broker()
    document = (
        f"version: 1\naccount: {{slug: {broker.account.slug}, timezone: UTC, currency: USD}}\n"
        f"email: {{smtp: {{host: 127.0.0.1, port: {port}, security: none, sender: a@b.example}}}}\n"
        "reports: [{to: [boss@acme.example]}]\n"
    )
    configuration.apply_configuration(
        source=document.encode(),
        account_slug=None,
        trusted=True,
        made_by="test",
        now=clock.now(),
    )
    # It was looked at a day ago, and has come due since.
    report_mails.take_letters(now=clock.now() - timedelta(days=1))


class TestTheReporter:
    def test_sends_what_is_due_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reporter, "LOOK_EVERY_SECONDS", 0.05)
        mailbox = Mailbox()

        async def scene() -> None:
            loop = asyncio.get_running_loop()
            server = await loop.create_server(
                lambda: SMTP(mailbox, hostname="mail.test"), "127.0.0.1", 0
            )
            async with server:
                await in_thread(set_up, server.sockets[0].getsockname()[1])
                async with running():
                    await until(models.ReportMail.objects.filter(sent_at__isnull=False).exists)

        asyncio.run(scene())

        (mail,) = mailbox.mails
        assert mail.rcpt_tos == ["boss@acme.example"]
        assert b"Acme: report by partner" in mail.content
        assert b'filename="report-by-partner-' in mail.content
