"""A digest by a real mail server, by an engine whose sender is killed while it sends."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from ipaddress import ip_network
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from mailroom import HOUR, HOURLY, Mailroom

from headgate import clock
from headgate.channels.addresses import Reach
from headgate.domain.ids import LeadId
from headgate.worker.engine import Engine

pytestmark = pytest.mark.usefixtures("database", "installation")
LEADS = 500
LOOPBACK = Reach((ip_network("127.0.0.0/8"),))


class SlowOnce:
    """Takes every letter, but answers only from the second on."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.letters.append(envelope.content)
        if len(self.letters) == 1:
            await asyncio.sleep(2)
        return "250 Taken"


@asynccontextmanager
async def mail_server(handler: SlowOnce) -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="mail.test", data_size_limit=2**25), "127.0.0.1", 0
    )
    async with server:
        yield server.sockets[0].getsockname()[1]


def gather(port: int) -> tuple[Mailroom, list[LeadId]]:
    """Have leads wait for a digest that is due now."""
    source = HOURLY.replace(
        b"host: mail.acme.example, port: 587, security: starttls, username: acme,",
        b"host: 127.0.0.1, port: %d, security: none," % port,
    ).replace(b"strategy: first_match", b"strategy: first_match\n    give_up_minutes: 1440")
    mailroom = Mailroom(clock.now() - HOUR, source)
    return mailroom, [mailroom.world.post(f"Lead {number:03}") for number in range(LEADS)]


async def send_and_kill(handler: SlowOnce) -> set[str]:
    """Kill the sender while it sends the letter; return what became of the leads."""
    async with mail_server(handler) as port, asyncio.timeout(60):
        mailroom, leads = await asyncio.to_thread(gather, port)
        engine: Any = Engine(LOOPBACK)
        await engine.start()
        try:
            while not handler.letters:
                await asyncio.sleep(0.02)
            os.kill(engine.dispatcher._sender._process.pid, signal.SIGKILL)
            while len(handler.letters) < 2 or engine.dispatcher.outstanding:
                await asyncio.sleep(0.02)
        finally:
            await engine.stop(within_seconds=10)
        return set(await asyncio.to_thread(mailroom.states, leads))


class TestAKilledSender:
    def test_loses_no_lead_of_a_digest_and_repeats_its_letter(self) -> None:
        handler = SlowOnce()

        states = asyncio.run(send_and_kill(handler))

        first, second = handler.letters
        (table,) = [part for part in message_from_bytes(second).walk() if part.get_filename()]
        content = table.get_payload(decode=True)
        assert isinstance(content, bytes)
        assert len(set(content.splitlines())) == LEADS + 1
        assert first == second
        assert states == {"delivered"}
