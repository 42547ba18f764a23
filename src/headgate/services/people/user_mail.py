"""Mails to users, about no lead, by the mail server of an account."""

from datetime import datetime

from headgate.channels.contract import Unrenderable
from headgate.channels.email import notices
from headgate.channels.email.request import EmailRequest
from headgate.domain.ids import AccountId
from headgate.services import setups
from headgate.services.identity import passing_id
from headgate.services.sealing import Unopenable
from headgate.services.setups import MissingSecret
from headgate.storage import people


def made_mail(
    *, account_id: AccountId, email: str, subject: str, text: str, now: datetime
) -> EmailRequest | None:
    """Return a mail by the account's server; None where it has none, or none that could be told."""
    setup = setups.in_force(account_id)
    smtp = setup.configuration.email.smtp
    if smtp is None:
        return None
    try:
        return notices.made_notice(
            smtp,
            (email,),
            id=f"user-{passing_id(now)}",
            subject=subject,
            text=text,
            secret_of=setup.secret,
            now=now,
        )
    except (Unrenderable, MissingSecret, Unopenable):
        return None


def made_mail_to_user(*, email: str, subject: str, text: str, now: datetime) -> EmailRequest | None:
    """Return a mail by the first of the user's accounts that can send one."""
    user_id = people.find_user(email)
    memberships = [] if user_id is None else people.memberships_of(user_id)
    for membership in memberships:
        account_id = membership.account_id
        mail = made_mail(account_id=account_id, email=email, subject=subject, text=text, now=now)
        if mail is not None:
            return mail
    return None
