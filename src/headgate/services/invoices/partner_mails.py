"""Mails about money go to partners until their server takes them, or are given up.

None is lost by a crash, which sends one twice at most, under the same Message-ID.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from msgspec import Struct
from msgspec.structs import replace

from headgate.channels.contract import Sent, Unrenderable
from headgate.channels.email.request import EmailRequest
from headgate.domain.deliveries import Outcome
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import AccountId, InvoiceId, PartnerId
from headgate.domain.partner_mails import MailState, next_try_at
from headgate.services import setups
from headgate.services.identity import fresh_id
from headgate.services.invoices import balance_mail, invoice_mail, invoice_showing, paying
from headgate.services.invoices.invoice_showing import Found
from headgate.services.mail_test import NoMailServer
from headgate.services.sealing import Unopenable
from headgate.services.setups import MissingSecret
from headgate.storage import partner_mails
from headgate.storage.partner_mails import PartnerMail

SEND_AGAIN_AFTER = timedelta(minutes=5)
MOST_AT_ONCE = 20
_LONGEST_ERROR = 500


class Letter(Struct, frozen=True):
    """One mail on its way."""

    mail: PartnerMail
    request: EmailRequest


def begin_invoice(
    *, account_id: AccountId, found: Found, pdf: bytes, to: str | None, by: str, now: datetime
) -> Letter:
    """Have an invoice mailed; whoever begins it sends it, and it is tried again if that fails.

    :raises NotInThisState: it is a draft.
    :raises Flawed: the partner has no address.
    :raises NoMailServer, MissingSecret, Unopenable, Unrenderable:
    """
    invoice_mail.want_issued(found)
    address = to or invoice_mail.address_of(account_id, found.shown.partner)
    if address is None:
        message = f"the partner {found.shown.partner!r} has no address for invoices; say one"
        raise Flawed([Flaw("to", "required", message)])
    partner_id = setups.in_force(account_id).plan.identities.partners[found.shown.partner]
    mail = _new(account_id, partner_id, address, by=by, now=now)
    mail = replace(
        mail,
        invoice_id=InvoiceId(invoice_mail.id_of(found)),
        try_at=now + SEND_AGAIN_AFTER,
    )
    request = invoice_mail.made_mail(mail=mail, found=found, pdf=pdf, now=now)
    partner_mails.add(mail, pdf)
    return Letter(mail, request)


def begin_balance(
    *, account_id: AccountId, partner_id: PartnerId, to: str, by: str, now: datetime
) -> None:
    """Have a partner told that its balance is low; the worker sends it."""
    partner_mails.add(_new(account_id, partner_id, to, by=by, now=now), None)


def take_letters(*, now: datetime) -> list[Letter]:
    """Return the letters that are due; one of which nobody notes the end comes again."""
    again_at = now + SEND_AGAIN_AFTER
    taken = partner_mails.take_due(again_at=again_at, limit=MOST_AT_ONCE, now=now)
    return list(_letters(taken, now))


def record_letter(*, letter: Letter, sent: Sent, now: datetime) -> PartnerMail:
    """Note how a try ended, and return how the mail stands now.

    What the server refuses for good is not tried again, nor what may have arrived.
    """
    said = sent.error or sent.answer or "the mail could not be sent"
    match sent.outcome:
        case Outcome.DELIVERED:
            return _note(_ended(letter.mail, MailState.SENT, None, now), now)
        case Outcome.NOT_SENT:
            return _note(_failed(letter.mail, said, now), now)
        case Outcome.REFUSED:
            return _note(_ended(letter.mail, MailState.GIVEN_UP, said, now), now)
        case _:
            unclear = f"it is not clear whether the server took it, so ask before you send: {said}"
            return _note(_ended(letter.mail, MailState.GIVEN_UP, unclear, now), now)


def _letters(taken: list[PartnerMail], now: datetime) -> Iterator[Letter]:
    for mail in taken:
        try:
            yield Letter(mail, _request(mail, now))
        except NoMailServer:
            _note(_failed(mail, "the account has no mail server", now), now)
        except (Unrenderable, MissingSecret, Unopenable) as error:
            _note(_failed(mail, str(error), now), now)


def _request(mail: PartnerMail, now: datetime) -> EmailRequest:
    if mail.invoice_id is None:
        return balance_mail.made_mail(mail=mail, now=now)
    found = invoice_showing.find_invoice(account_id=mail.account_id, id=mail.invoice_id, now=now)
    return invoice_mail.made_mail(
        mail=mail, found=found, pdf=partner_mails.pdf_of(mail.id), now=now
    )


def _new(
    account_id: AccountId, partner_id: PartnerId, to: str, *, by: str, now: datetime
) -> PartnerMail:
    return PartnerMail(
        id=fresh_id(now),
        account_id=account_id,
        partner_id=partner_id,
        invoice_id=None,
        to=to,
        state=MailState.WAITING,
        asked_at=now,
        asked_by=by,
        tries=0,
        try_at=now,
    )


def _failed(mail: PartnerMail, error: str, now: datetime) -> PartnerMail:
    try_at = next_try_at(mail.tries + 1, now=now)
    if try_at is None:
        return _ended(mail, MailState.GIVEN_UP, error, now)
    return replace(mail, tries=mail.tries + 1, try_at=try_at, error=error[:_LONGEST_ERROR])


def _ended(mail: PartnerMail, state: MailState, error: str | None, now: datetime) -> PartnerMail:
    return replace(
        mail,
        state=state,
        tries=mail.tries + 1,
        try_at=None,
        ended_at=now,
        error=error[:_LONGEST_ERROR] if error else None,
    )


def _note(mail: PartnerMail, now: datetime) -> PartnerMail:
    with transaction.atomic():
        is_ours = partner_mails.note(mail)
        if is_ours and mail.state is MailState.SENT and mail.invoice_id is not None:
            paying.note_mailed(
                account_id=mail.account_id,
                id=mail.invoice_id,
                to=mail.to,
                by=mail.asked_by,
                now=now,
            )
    return mail
