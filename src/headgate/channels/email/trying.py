"""Try a mail server with a test mail, and keep what it said to every step."""

import asyncio
import ssl
from datetime import datetime

from msgspec import Struct

from headgate.channels.addresses import Reach
from headgate.channels.contract import SecretOf
from headgate.channels.email import ending, letter, sending
from headgate.channels.email.addresses import mailbox
from headgate.channels.email.conversation import Conversation, Stage
from headgate.channels.email.letter import Letter
from headgate.channels.email.mailing import mail_server
from headgate.channels.email.message import compose
from headgate.channels.email.request import EmailRequest
from headgate.domain.configuration.value import Smtp

_DEADLINE_SECONDS = 30.0
_TEXT = "This message shows that Headgate can send mail for your account.\n"


class Step(Struct, frozen=True):
    """`words` are the server's, or say why there are none; only the last step can have failed."""

    stage: str
    passed: bool
    words: str


def made_test_mail(
    smtp: Smtp, to: str, *, id: str, secret_of: SecretOf, now: datetime
) -> EmailRequest:
    """:raises Unrenderable: `to` or the sender is no address that a server could be told."""
    sender, recipient = mailbox(smtp.sender, "sender"), mailbox(to, "to")
    server = mail_server(smtp, secret_of)
    written = Letter(
        message_id=f"<{id}@{sender.domain}>",
        dated=now,
        to=(to,),
        subject="Test message from Headgate",
        text=_TEXT,
    )
    return EmailRequest(
        delivery_id=id,
        server=server,
        sender=sender.address,
        recipients=(recipient.address,),
        message=compose(written, sender),
        body=letter.encode(written),
        timeout_seconds=_DEADLINE_SECONDS,
        confidential=(server.password,) if server.password else (),
    )


async def steps_of(request: EmailRequest, reach: Reach) -> list[Step]:
    """Hand the mail over, and return every step up to the first that failed."""
    server = request.server
    conversation = Conversation(server, reach, ssl.create_default_context())
    failure: Step | None = None
    try:
        async with asyncio.timeout(request.timeout_seconds):
            await conversation.open()
            await conversation.hand_over(request.sender, request.recipients, request.message)
    except sending.FAILURES as error:
        end = ending.failed(conversation.stage, error, server, request.timeout_seconds)
        words = sending.kept(end.words or end.error or "", request)
        failure = Step(conversation.stage, passed=False, words=words)
    else:
        await sending.take_leave(conversation)
    conversation.close()
    return _steps(conversation, request) + ([failure] if failure else [])


def _steps(conversation: Conversation, request: EmailRequest) -> list[Step]:
    server = request.server
    steps = [
        Step(said.stage, passed=True, words=sending.kept(said.words, request))
        for said in conversation.said
    ]
    if conversation.stage is Stage.CONNECT:
        return steps
    return [Step(Stage.CONNECT, passed=True, words=f"{server.host}:{server.port}"), *steps]
