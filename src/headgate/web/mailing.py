"""Mail to users goes out beside the answer, which so tells by its time of no known address."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import BoundedSemaphore

import structlog
from django.db import connection

from headgate import clock
from headgate.channels.contract import Sent
from headgate.channels.email.request import EmailRequest
from headgate.channels.email.sending import MailSender
from headgate.domain.ids import AccountId
from headgate.services.people import user_mail
from headgate.web import outside

MOST_WAITING = 100
_log = structlog.get_logger()
_out = ThreadPoolExecutor(1, thread_name_prefix="mail-to-users")
_room = BoundedSemaphore(MOST_WAITING)


def send_soon(made: Callable[[], EmailRequest | None]) -> None:
    """Have a mail made and sent, once: whoever waits in vain asks again.

    Under a flood it is left out.
    """
    if _room.acquire(blocking=False):
        _out.submit(_send, made)


def tell_user(email: str, *, subject: str, text: str) -> None:
    """Mail somebody who signs in here, by whichever of their accounts can."""
    now = clock.now()
    send_soon(
        partial(user_mail.made_mail_to_user, email=email, subject=subject, text=text, now=now)
    )


def tell_for(account_id: AccountId, email: str, *, subject: str, text: str) -> bool:
    """Mail somebody by the account's own server; False where it has none to do it."""
    mail = user_mail.made_mail(
        account_id=account_id, email=email, subject=subject, text=text, now=clock.now()
    )
    if mail is not None:
        send_soon(lambda: mail)
    return mail is not None


def wait() -> None:
    """Return when everything that was handed in so far is out."""
    _out.submit(int).result()


def _send(made: Callable[[], EmailRequest | None]) -> None:
    try:
        mail = made()
        if mail is not None:
            sent = asyncio.run(_hand_over(mail))
            _log.info("mail.to_user", id=mail.delivery_id, outcome=sent.outcome, ms=sent.ms)
    except Exception as error:
        # Nobody waits for this thread's result, so that a failure would leave no trace.
        _log.error("mail.to_user_failed", exc_info=error)
    finally:
        connection.close()
        _room.release()


async def _hand_over(mail: EmailRequest) -> Sent:
    return await MailSender(outside.reach()).send(mail, now=clock.now())
