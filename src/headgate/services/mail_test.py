"""A test mail by the account's server, and what the server said to every step on the way."""

import asyncio
from datetime import datetime

from django.db import transaction
from msgspec import Struct

from headgate.channels.addresses import Reach
from headgate.channels.email import trying
from headgate.channels.email.trying import Step
from headgate.domain.audit import Action
from headgate.domain.ids import AccountId
from headgate.services import audit, mail_pauses, setups
from headgate.services.identity import passing_id


class MailTest(Struct, frozen=True):
    """`steps` end with the first that failed."""

    steps: list[Step]

    @property
    def passed(self) -> bool:
        return all(step.passed for step in self.steps)


class NoMailServer(LookupError):
    """The account has no SMTP settings."""

    def __init__(self) -> None:
        super().__init__("SMTP is not configured; set the account's mail server first")


def send_test_mail(*, account_id: AccountId, to: str, reach: Reach, now: datetime) -> MailTest:
    """Send a test mail by the server in force; it takes up to 30 s, with no transaction open.

    Call it on a thread without an event loop.

    :raises NoMailServer, MissingSecret, Unopenable:
    :raises Unrenderable: `to` or the sender is no address that a server could be told.
    """
    setup = setups.in_force(account_id)
    smtp = setup.configuration.email.smtp
    if smtp is None:
        raise NoMailServer
    request = trying.made_test_mail(
        smtp, to, id=str(passing_id(now)), secret_of=setup.secret, now=now
    )
    return MailTest(asyncio.run(trying.steps_of(request, reach)))


def resume_after(*, account_id: AccountId, by: str, now: datetime) -> bool:
    """Have what waits for the mail server tried at once, after a test that passed."""
    with transaction.atomic():
        if not mail_pauses.resume_mail(account_id=account_id, now=now):
            return False
        audit.note(account_id=account_id, actor=by, action=Action.MAIL_RESUMED, now=now)
    return True
