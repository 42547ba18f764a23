"""Email delivery settings with what the account adds to them."""

from datetime import datetime

from msgspec import Struct

from headgate.channels.contract import LeadFacts, SecretOf
from headgate.channels.email.addresses import Mailbox
from headgate.channels.email.request import MailServer
from headgate.channels.email.return_path import with_token
from headgate.domain.configuration.value import Smtp
from headgate.domain.delivery_settings import Email


class Entry(Struct, frozen=True):
    """A lead of a digest; `body` gives back its row of an earlier try."""

    facts: LeadFacts
    body: bytes | None


class Mailing(Struct, frozen=True):
    """What a mail is made from beside the lead.

    `smtp` is the account's server as it is now, so that a mended password counts for what is
    still to be sent. `dated` is when the lead was given to the partner, the same on every try.
    A digest also has its letter's id, and the `others` beside its first lead.
    With a `return_token`, what bounces comes back to an address of its own.
    """

    settings: Email
    smtp: Smtp
    dated: datetime
    letter_id: str = ""
    return_token: str | None = None
    others: tuple[Entry, ...] = ()


def return_path(sender: Mailbox, token: str | None) -> str:
    """Return the address to which bounces of a mail go."""
    return with_token(sender.address, token) if token else sender.address


def mail_server(smtp: Smtp, secret_of: SecretOf) -> MailServer:
    """Return where mails go; a password is opened only where one is used."""
    password = secret_of(smtp.password) if smtp.username and smtp.password else ""
    return MailServer(smtp.host, smtp.port, smtp.security, smtp.username, password)
