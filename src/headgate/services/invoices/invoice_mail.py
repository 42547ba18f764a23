"""The mail that brings a partner its invoice as PDF; whoever has a sender sends it."""

from base64 import b64encode
from datetime import datetime
from uuid import UUID

from headgate.channels.email import notices
from headgate.channels.email.letter import Enclosure
from headgate.channels.email.request import EmailRequest
from headgate.domain.ids import AccountId
from headgate.domain.money import parse_amount
from headgate.services import setups
from headgate.services.handling import NotInThisState
from headgate.services.invoices.invoice_showing import Found, InvoiceShown
from headgate.services.mail_test import NoMailServer
from headgate.storage.partner_mails import PartnerMail


def address_of(account_id: AccountId, partner: str) -> str | None:
    """Return where a partner's invoices go, by the set-up in force."""
    said = setups.in_force(account_id).configuration.partner(partner)
    if said is None:
        return None
    return (said.billing.email if said.billing else None) or said.email


def made_mail(*, mail: PartnerMail, found: Found, pdf: bytes, now: datetime) -> EmailRequest:
    """Return the mail, which every try makes alike.

    :raises NoMailServer, MissingSecret, Unopenable:
    :raises Unrenderable: `to` or the sender is no address that a server could be told.
    """
    invoice = found.shown
    setup = setups.in_force(mail.account_id)
    smtp = setup.configuration.email.smtp
    if smtp is None:
        raise NoMailServer
    return notices.made_notice(
        smtp,
        (mail.to,),
        # The same on every try, so that a server that got it twice can tell.
        id=f"invoice-{mail.id}",
        subject=f"{_title(invoice)} from {found.document.seller.name}",
        text=_text(found),
        enclosures=(_enclosed(invoice, pdf),),
        secret_of=setup.secret,
        now=now,
    )


def id_of(found: Found) -> UUID:
    """Return the id of what is issued."""
    return UUID(found.shown.id or "")


def want_issued(found: Found) -> None:
    """:raises NotInThisState: it is a draft."""
    if found.is_draft:
        raise NotInThisState("wrong_state", "it is a draft; issue it first")


def file_name(invoice: InvoiceShown, ending: str) -> str:
    number = invoice.number or f"draft-{invoice.partner}-{invoice.from_on}"
    return f"{number.replace('/', '-')}.{ending}"


def _enclosed(invoice: InvoiceShown, pdf: bytes) -> Enclosure:
    content = b64encode(pdf).decode()
    return Enclosure(file_name(invoice, "pdf"), "application/pdf", content, is_base64=True)


def _title(invoice: InvoiceShown) -> str:
    what = "Credit note" if invoice.kind == "credit_note" else "Invoice"
    return f"{what} {invoice.number}"


def _text(found: Found) -> str:
    invoice, document = found.shown, found.document
    lines = [
        f"{_title(invoice)} for {document.buyer.name}, attached as PDF.",
        "",
        f"Total: {invoice.total} {invoice.currency}",
    ]
    if invoice.due_on and parse_amount(invoice.open, invoice.currency) > 0:
        lines.append(f"Due: {invoice.due_on}")
    return "\n".join([*lines, "", document.seller.name, ""])
