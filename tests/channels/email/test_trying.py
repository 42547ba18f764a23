"""A test mail, step by step."""

import asyncio
from pathlib import Path

import pytest
from mails import LOOPBACK, NOW, secret_of
from smtp_server import SmtpServer, certificate

from headgate.channels.contract import MASK
from headgate.channels.email.trying import Step, made_test_mail, steps_of
from headgate.domain.configuration.value import Security, Smtp
from headgate.domain.secrets import PlainSecret


def tried(server: SmtpServer, *, security: Security = Security.NONE) -> list[Step]:
    async def run() -> list[Step]:
        async with server:
            smtp = Smtp(
                *("127.0.0.1", server.port, "Acme <leads@acme.example>", security, "acme"),
                password=PlainSecret("pass word"),
            )
            mail = made_test_mail(smtp, "me@acme.example", id="7", secret_of=secret_of, now=NOW)
            return await steps_of(mail, LOOPBACK)

    return asyncio.run(run())


class TestATestMail:
    def test_shows_every_step_in_the_servers_words(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server = SmtpServer(tls=certificate(tmp_path))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))

        steps = tried(server, security=Security.STARTTLS)

        assert [(step.stage, step.words.split("\n")[0]) for step in steps] == [
            ("Connect", f"127.0.0.1:{server.port}"),
            ("Greeting", "220 mail.test ESMTP"),
            ("EHLO", "250 mail.test"),
            ("STARTTLS", "220 Go ahead"),
            ("EHLO", "250 mail.test"),
            ("AUTH", "235 Welcome"),
            ("MAIL FROM", "250 Sender fine"),
            ("RCPT TO", "250 Recipient fine"),
            ("DATA", "354 Go on"),
            ("Message", "250 2.0.0 queued as 7"),
        ]
        assert all(step.passed for step in steps)

    def test_ends_with_the_step_that_failed(self) -> None:
        steps = tried(SmtpServer({"auth": "535 'pass word' is wrong"}))

        assert steps[-1] == Step("AUTH", passed=False, words=f"535 '{MASK}' is wrong")
        assert all(step.passed for step in steps[:-1])

    def test_says_what_happened_where_the_server_says_nothing(self) -> None:
        steps = tried(SmtpServer({"banner": "close"}))

        assert steps[-1].stage == "Greeting"
        assert steps[-1].words == "The connection broke at Greeting; nothing was sent"

    def test_arrives(self) -> None:
        server = SmtpServer()

        tried(server)

        assert b"Subject: Test message from Headgate\r\n" in server.messages[0]
