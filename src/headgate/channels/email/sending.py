"""Make one attempt to hand a mail over."""

import asyncio
import contextlib
import ssl
from collections import defaultdict
from datetime import datetime

from aiosmtplib import SMTPException

from headgate.channels.addresses import Reach
from headgate.channels.confidential import without_secrets
from headgate.channels.contract import Sent
from headgate.channels.email import ending
from headgate.channels.email.conversation import Conversation, NobodyAccepted, NoLogin, Stage
from headgate.channels.email.ending import Ending
from headgate.channels.email.request import EmailRequest

# More connections at once than this, and common servers turn the next ones away.
_CONNECTIONS_PER_SERVER = 16
_GOODBYE_SECONDS = 1.0
_KEPT_LENGTH = 16 * 1024

FAILURES = (SMTPException, OSError, ValueError, NoLogin, NobodyAccepted)


class MailSender:
    """Hands mails over, each in a conversation of its own."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._tls = ssl.create_default_context()
        self._free: dict[tuple[str, int], asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(_CONNECTIONS_PER_SERVER)
        )

    async def send(self, request: EmailRequest, *, now: datetime) -> Sent:  # noqa: ARG002
        """Make one attempt; never raises for what the server does."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        conversation = Conversation(request.server, self._reach, self._tls)
        end = await self._end_of(conversation, request)
        ms = round((loop.time() - started) * 1000)
        if end.code is not None:
            await take_leave(conversation)
        conversation.close()
        return _sent(end, conversation.stage, request, ms)

    async def close(self) -> None:
        """Let go of nothing: every connection ends with its attempt."""

    async def _end_of(self, conversation: Conversation, request: EmailRequest) -> Ending:
        server = request.server
        try:
            async with (
                asyncio.timeout(request.timeout_seconds),
                self._free[server.host, server.port],
            ):
                await conversation.open()
                refused = await conversation.hand_over(
                    request.sender, request.recipients, request.message
                )
        except FAILURES as error:
            return ending.failed(conversation.stage, error, server, request.timeout_seconds)
        return ending.delivered(conversation.said[-1].words, refused)


async def take_leave(conversation: Conversation) -> None:
    """Say goodbye to a server that answers; what it says to that changes nothing."""
    with contextlib.suppress(*FAILURES):
        async with asyncio.timeout(_GOODBYE_SECONDS):
            await conversation.leave()


def _sent(end: Ending, stage: Stage, request: EmailRequest, ms: int) -> Sent:
    return Sent(
        outcome=end.outcome,
        ms=ms,
        written=stage is Stage.MESSAGE,
        status=end.code,
        error=kept(end.error, request) if end.error else None,
        answer=kept(end.words, request) if end.words else None,
        pauses_channel=end.pauses_channel,
    )


def kept(text: str, request: EmailRequest) -> str:
    """Return what may be stored of a text from outside."""
    readable = text.encode("utf-8", "replace").decode().replace("\x00", "")
    return without_secrets(readable, request.confidential)[:_KEPT_LENGTH]
