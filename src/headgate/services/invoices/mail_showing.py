"""How the last mail of an invoice stands, for people and programs to read."""

from msgspec import Struct

from headgate.domain.ids import InvoiceId
from headgate.domain.instants import rfc3339
from headgate.storage import partner_mails
from headgate.storage.partner_mails import PartnerMail


class MailShown(Struct, frozen=True):
    """`at` is when it was sent or given up; until then `try_at` is when it is tried again."""

    state: str
    to: str
    at: str | None
    try_at: str | None
    error: str | None


def find_of(id: InvoiceId) -> MailShown | None:
    mail = partner_mails.latest_of(id)
    return None if mail is None else shown(mail)


def shown(mail: PartnerMail) -> MailShown:
    return MailShown(
        state=mail.state,
        to=mail.to,
        at=rfc3339(mail.ended_at) if mail.ended_at else None,
        try_at=rfc3339(mail.try_at) if mail.try_at else None,
        error=mail.error,
    )
