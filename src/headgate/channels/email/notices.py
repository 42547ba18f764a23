"""A mail of Headgate's own: to people who run it or buy from it, about no lead."""

from datetime import datetime

from headgate.channels.contract import SecretOf
from headgate.channels.email import letter
from headgate.channels.email.addresses import mailbox
from headgate.channels.email.headers import subject_line
from headgate.channels.email.letter import Enclosure, Letter
from headgate.channels.email.mailing import mail_server
from headgate.channels.email.message import compose
from headgate.channels.email.request import EmailRequest
from headgate.domain.configuration.value import Smtp

DEADLINE_SECONDS = 30.0


def made_notice(
    smtp: Smtp,
    to: tuple[str, ...],
    *,
    id: str,
    subject: str,
    text: str,
    html: str | None = None,
    enclosures: tuple[Enclosure, ...] = (),
    secret_of: SecretOf,
    now: datetime,
) -> EmailRequest:
    """Make the mail; `id` becomes its Message-ID.

    :raises Unrenderable: somebody in `to`, or the sender, has no address for a server.
    """
    sender = mailbox(smtp.sender, "sender")
    server = mail_server(smtp, secret_of)
    written = Letter(
        message_id=f"<{id}@{sender.domain}>",
        dated=now,
        to=to,
        subject=subject_line(subject),
        text=text,
        html=html,
        enclosures=enclosures,
    )
    return EmailRequest(
        delivery_id=id,
        server=server,
        sender=sender.address,
        recipients=tuple(dict.fromkeys(mailbox(each, "to").address for each in to)),
        message=compose(written, sender),
        body=letter.encode(written),
        timeout_seconds=DEADLINE_SECONDS,
        confidential=(server.password,) if server.password else (),
    )
