"""Bounces on their way from a real mailbox into the rows, by a running engine."""

import asyncio
from collections.abc import Callable
from ipaddress import ip_network

import pytest
from mailroom import BOUNCING, Mailroom, entries, sold

from bounce_mails import failed, out_of_office
from headgate import clock
from headgate.channels.addresses import Reach
from headgate.channels.email import bounces as reading
from headgate.channels.email.return_path import with_token
from headgate.services.bounces import return_bounced
from headgate.worker import postman
from headgate.worker.engine import Engine
from imap_server import ImapServer

pytestmark = pytest.mark.usefixtures("database", "installation")
MAILBOX = 'imap: {host: 127.0.0.1, port: %d, security: none, username: acme, password: "pass word"}'


def mailroom_by(server: ImapServer) -> Mailroom:
    before = b"imap: {host: mail.acme.example, port: 993, username: acme, password: secret}"
    return Mailroom(clock.now(), BOUNCING.replace(before, (MAILBOX % server.port).encode()))


def run_until(holds: Callable[[], bool]) -> None:
    """Run an engine until the mailbox says so."""

    async def scene() -> None:
        engine = Engine(Reach((ip_network("127.0.0.0/8"),)))
        await engine.start()
        try:
            async with asyncio.timeout(15):
                while not holds():
                    await asyncio.sleep(0.02)
        finally:
            await engine.stop(within_seconds=10)

    asyncio.run(scene())


class TestThePostman:
    def test_has_mails_returned_and_marks_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(postman, "EVERY_SECONDS", 0.05)
        with ImapServer() as server:
            mailroom = mailroom_by(server)
            lead_id, bounce = sold(mailroom)
            path = with_token("leads@acme.example", bounce.token)
            server.mails = {1: out_of_office(path), 2: failed(path)}

            run_until(lambda: len(server.seen) == len(server.mails))

        assert mailroom.states([lead_id]) == ["returned"]
        assert server.seen == {1, 2}

    def test_applies_nothing_twice_after_it_died_before_marking(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(postman, "EVERY_SECONDS", 0.05)
        with ImapServer() as server:
            mailroom = mailroom_by(server)
            _, bounce = sold(mailroom)
            mail = failed(with_token("leads@acme.example", bounce.token))
            server.mails = {1: mail}
            known = reading.read(mail)
            assert known is not None
            return_bounced(account_id=mailroom.world.account_id, bounce=known, now=clock.now())

            run_until(lambda: len(server.seen) == len(server.mails))

        assert entries(mailroom) == [("charge", 1000), ("credit", 1000)]

    def test_goes_on_after_a_mailbox_that_refuses_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(postman, "EVERY_SECONDS", 0.05)

        with ImapServer() as server:
            mailroom_by(server)
            server.is_in_trouble = True

            run_until(lambda: len(server.commands) > 4)

        assert len(server.commands) > 4
