"""One attempt to hand a mail over, against a server on a real socket."""

import asyncio
import base64
import socket
from pathlib import Path

import pytest
from mails import LOOPBACK, NOW, ready, sent
from smtp_server import CLOSE, GARBAGE, HANG, STEPS, SmtpServer, certificate

from headgate.channels.addresses import Reach
from headgate.channels.contract import MASK
from headgate.channels.email.sending import MailSender
from headgate.domain.configuration.value import Security
from headgate.domain.deliveries import Outcome

DELIVERED, REFUSED, NOT_SENT, AMBIGUOUS = Outcome
FAULTS = ("451 Later", "554 Never", CLOSE, HANG, GARBAGE)
BEFORE_THE_MAIL = ("banner", "ehlo", "starttls", "ehlo2", "auth")


def meaning(step: str, fault: str) -> Outcome:
    """Say what the contract's table makes of a fault at a step."""
    if step == "quit":
        return DELIVERED
    if fault == "554 Never":
        return NOT_SENT if step in BEFORE_THE_MAIL else REFUSED
    if step == "message" and fault in (CLOSE, HANG, GARBAGE):
        return AMBIGUOUS
    return NOT_SENT


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have certificates in this folder's `ca.pem` trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return tmp_path


class TestAServersFault:
    @pytest.mark.parametrize("fault", FAULTS)
    @pytest.mark.parametrize("step", STEPS)
    def test_means_what_the_contract_says(self, step: str, fault: str, trusted: Path) -> None:
        server = SmtpServer({step: fault}, tls=certificate(trusted))

        result = sent(server, security=Security.STARTTLS, username="acme")

        assert result.outcome is meaning(step, fault), result

    @pytest.mark.parametrize(
        ("step", "fault"),
        [("auth", fault) for fault in FAULTS] + [(step, "554 Never") for step in STEPS],
    )
    def test_pauses_mail_only_when_the_login_is_refused(
        self, step: str, fault: str, trusted: Path
    ) -> None:
        server = SmtpServer({step: fault}, tls=certificate(trusted))

        result = sent(server, security=Security.STARTTLS, username="acme")

        assert result.pauses_channel == (step == "auth" and fault == "554 Never")

    def test_is_told_in_the_servers_words(self) -> None:
        result = sent(SmtpServer({"rcpt": "550 5.1.1 No such user"}))

        assert (result.status, result.answer) == (550, "550 5.1.1 No such user")

    def test_never_outlasts_the_deadline(self) -> None:
        result = sent(SmtpServer({"message": HANG}), timeout_seconds=0.3)

        assert 250 <= result.ms <= 1_000


class TestATakenMail:
    def test_is_delivered_with_the_servers_words(self) -> None:
        result = sent(SmtpServer())

        assert (result.outcome, result.status, result.answer, result.error) == (
            *(DELIVERED, 250, "250 2.0.0 queued as 7", None),
        )

    def test_arrives_as_it_was_written(self) -> None:
        server = SmtpServer()

        sent(server, message=b"Subject: Dots\r\n\r\n.one\r\n..two\r\n")

        assert server.messages == [b"Subject: Dots\r\n\r\n..one\r\n...two\r\n.\r\n"]

    def test_may_be_taken_with_any_2xx(self) -> None:
        result = sent(SmtpServer({"message": "252 Well, perhaps"}))

        assert result.outcome is DELIVERED


class TestRecipients:
    TWO = ("gone@sunpeak.example", "here@sunpeak.example")

    def test_are_all_named_for_one_message(self) -> None:
        server = SmtpServer()

        sent(server, recipients=self.TWO)

        assert [each for each in server.commands if each.startswith("RCPT")] == [
            "RCPT TO:<gone@sunpeak.example>",
            "RCPT TO:<here@sunpeak.example>",
        ]
        assert len(server.messages) == 1

    def test_that_were_refused_are_noted(self) -> None:
        result = sent(SmtpServer({"rcpt gone@sunpeak.example": "550 Unknown"}), recipients=self.TWO)

        assert result.outcome is DELIVERED
        assert result.error == "gone@sunpeak.example was refused: 550 Unknown"

    @pytest.mark.parametrize(
        ("gone", "here", "outcome"),
        [
            ("550 Unknown", "551 Moved", REFUSED),
            ("550 Unknown", "450 Later", NOT_SENT),
            ("450 Later", "450 Later", NOT_SENT),
            ("550 Unknown", "250 Fine", DELIVERED),
            ("450 Later", "250 Fine", DELIVERED),
        ],
    )
    def test_are_refused_when_none_is_taken(self, gone: str, here: str, outcome: Outcome) -> None:
        script = dict(zip((f"rcpt {each}" for each in self.TWO), (gone, here), strict=True))

        result = sent(SmtpServer(script), recipients=self.TWO)

        assert result.outcome is outcome


class TestALogin:
    def test_sends_name_and_password(self, trusted: Path) -> None:
        server = SmtpServer(tls=certificate(trusted))

        sent(server, security=Security.STARTTLS, username="acme")

        secret = base64.b64encode(b"\0acme\0pass word").decode()
        assert f"AUTH PLAIN {secret}" in server.commands

    @pytest.mark.parametrize("code", [530, 534, 535])
    def test_that_is_refused_is_tried_once(self, code: int, trusted: Path) -> None:
        server = SmtpServer({"auth": f"{code} No"}, tls=certificate(trusted))

        result = sent(server, security=Security.STARTTLS, username="acme")

        assert result.outcome is NOT_SENT
        assert result.pauses_channel
        assert sum(each.startswith("AUTH") for each in server.commands) == 1

    def test_that_the_server_misses_pauses_mail_too(self) -> None:
        result = sent(SmtpServer({"mail": "530 Authentication required"}))

        assert (result.outcome, result.pauses_channel) == (NOT_SENT, True)

    def test_without_tls_goes_to_allowed_private_networks(self) -> None:
        server = SmtpServer()

        result = sent(server, username="acme")

        assert result.outcome is DELIVERED

    def test_without_tls_goes_nowhere_else(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Reach, "permits", lambda *_: True)
        server = SmtpServer()

        result = sent(server, Reach(), username="acme")

        assert not any(each.startswith("AUTH") for each in server.commands)
        assert "a login without TLS" in (result.error or "")

    def test_never_shows_the_password(self) -> None:
        server = SmtpServer({"auth": "535 'pass word' is wrong"})

        result = sent(server, username="acme")

        assert result.answer == f"535 '{MASK}' is wrong"


class TestTls:
    def test_may_begin_with_the_connection(self, trusted: Path) -> None:
        server = SmtpServer(tls=certificate(trusted), implicit_tls=True)

        result = sent(server, security=Security.TLS)

        assert result.outcome is DELIVERED

    @pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
    def test_checks_whom_the_certificate_names(self, security: Security, trusted: Path) -> None:
        context = certificate(trusted, names=("elsewhere.example",))
        server = SmtpServer(tls=context, implicit_tls=security is Security.TLS)

        result = sent(server, security=security)

        assert result.outcome is NOT_SENT
        assert "TLS" in (result.error or "")
        assert not server.messages

    @pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
    def test_checks_who_signed_the_certificate(self, security: Security, tmp_path: Path) -> None:
        server = SmtpServer(tls=certificate(tmp_path), implicit_tls=security is Security.TLS)

        result = sent(server, security=security)

        assert result.outcome is NOT_SENT
        assert not server.messages

    def test_that_is_not_offered_is_not_done_without(self) -> None:
        server = SmtpServer({"ehlo": "250 mail.test"})

        result = sent(server, security=Security.STARTTLS)

        assert result.outcome is NOT_SENT
        assert result.error == "The server offers no STARTTLS; nothing was sent"


class TestTheWayThere:
    def test_is_closed_to_private_addresses(self) -> None:
        server = SmtpServer()

        result = sent(server, Reach())

        assert result.outcome is NOT_SENT
        assert "HEADGATE_ALLOW_PRIVATE_NETWORKS" in (result.error or "")
        assert not server.commands

    def test_is_judged_by_the_address_behind_the_name(self) -> None:
        server = SmtpServer()

        result = sent(server, Reach(), host="localhost")

        assert "localhost is not a public address" in (result.error or "")
        assert not server.commands

    def test_is_closed_to_headgate_itself(self) -> None:
        async def run() -> str:
            async with SmtpServer() as server:
                own = frozenset((("0.0.0.0", server.port),))  # noqa: S104
                sender = MailSender(Reach(LOOPBACK.allowed_networks, own))
                result = await sender.send(ready(server.port), now=NOW)
                return result.error or ""

        error = asyncio.run(run())

        assert "not a public address" in error

    def test_may_lead_nowhere(self) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]

        result = asyncio.run(MailSender(LOOPBACK).send(ready(port), now=NOW))

        assert result.outcome is NOT_SENT
        assert f"127.0.0.1:{port} cannot be reached" in (result.error or "")

    def test_is_taken_by_sixteen_at_once(self) -> None:
        async def run() -> int:
            async with SmtpServer() as server:
                sender = MailSender(LOOPBACK)
                mail = ready(server.port, timeout_seconds=10)
                await asyncio.gather(*(sender.send(mail, now=NOW) for _ in range(60)))
                assert len(server.messages) == 60
                return server.most_at_once

        assert asyncio.run(run()) <= 16 * 2  # a goodbye may still be on its way
