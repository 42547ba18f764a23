"""Sign-ins and changes of how a user signs in are noted, and the user is told by mail."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from headgate.channels.contract import Unrenderable
from headgate.channels.email import notices
from headgate.channels.email.request import EmailRequest
from headgate.domain.audit import Action
from headgate.domain.ids import UserId
from headgate.services import audit, setups
from headgate.services.identity import passing_id
from headgate.services.sealing import Unopenable
from headgate.services.setups import MissingSecret
from headgate.storage import people, sign_in


def note_sign_in(*, email: str, action: Action, said: Mapping[str, str], now: datetime) -> None:
    """Note it in every account of the user; an address that nobody has leaves no trace."""
    user_id = people.find_user(email)
    if user_id is None:
        return
    with transaction.atomic():
        for membership in people.memberships_of(user_id):
            audit.note(
                account_id=membership.account_id,
                actor=email,
                action=action,
                subject=f"user {email}",
                after=said,
                now=now,
            )


def end_other_sessions(*, email: str, but: str | None, now: datetime) -> int:
    """Sign a user out everywhere else, and note it if there was such a place."""
    user_id = people.find_user(email)
    if user_id is None:
        return 0
    with transaction.atomic():
        ended = sign_in.end_sessions(user_id, but=but)
        if ended:
            action = Action.SIGNED_OUT_EVERYWHERE
            note_sign_in(email=email, action=action, said={"sessions": str(ended)}, now=now)
    return ended


def made_mail(*, email: str, subject: str, text: str, now: datetime) -> EmailRequest | None:
    """Return a mail to a user, by the first of their accounts that has a mail server.

    None where no account has one, or the mail cannot be written for it.
    """
    user_id = people.find_user(email)
    return None if user_id is None else _by_first_server(user_id, email, subject, text, now)


def _by_first_server(
    user_id: UserId, email: str, subject: str, text: str, now: datetime
) -> EmailRequest | None:
    for membership in people.memberships_of(user_id):
        setup = setups.in_force(membership.account_id)
        smtp = setup.configuration.email.smtp
        if smtp is None:
            continue
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
            continue
    return None
