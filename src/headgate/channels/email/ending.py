"""What the end of a conversation with a mail server means for the delivery."""

import socket
import ssl
from collections.abc import Sequence

from aiosmtplib import SMTPResponseException
from msgspec import Struct

from headgate.channels.addresses import BlockedAddress
from headgate.channels.email.conversation import NobodyAccepted, NoLogin, Refused, Stage
from headgate.channels.email.request import MailServer
from headgate.domain.deliveries import Outcome

_AUTHENTICATION_REQUIRED = 530
_ABOUT_THE_MAIL = (Stage.SENDER, Stage.RECIPIENT, Stage.DATA, Stage.MESSAGE)
_NOTHING_SENT = "nothing was sent"


class Ending(Struct, frozen=True):
    """`words` are the server's last, `code` the number they begin with."""

    outcome: Outcome
    error: str | None = None
    code: int | None = None
    words: str | None = None
    pauses_channel: bool = False


def delivered(words: str, refused: Sequence[Refused]) -> Ending:
    notes = "; ".join(f"{each.recipient} was refused: {each.words}" for each in refused)
    return Ending(Outcome.DELIVERED, notes or None, int(words[:3]), words)


def failed(stage: Stage, error: Exception, server: MailServer, seconds: float) -> Ending:
    """Tell a refusal from what never began and from what nobody can know.

    Before the message itself nothing of the lead has gone out, so only a definite no to this
    mail is a refusal; once it has, only a definite answer is clear.
    """
    if isinstance(error, NobodyAccepted):
        is_final = all(_is_no(each.code) for each in error.refused)
        outcome = Outcome.REFUSED if is_final else Outcome.NOT_SENT
        code = error.refused[0].code
        return Ending(outcome, f"No recipient was taken: {error}", code, str(error))
    if isinstance(error, NoLogin):
        return Ending(Outcome.NOT_SENT, f"No login: {error}", pauses_channel=True)
    if isinstance(error, SMTPResponseException) and 400 <= error.code <= 599:
        return _answered(stage, error)
    if stage is Stage.MESSAGE:
        return Ending(Outcome.AMBIGUOUS, _unclear(error, seconds))
    return Ending(Outcome.NOT_SENT, f"{in_words(stage, error, server, seconds)}; {_NOTHING_SENT}")


def _answered(stage: Stage, error: SMTPResponseException) -> Ending:
    words = f"{error.code} {error.message}".strip()
    said = f"The server answered {stage} with: {words}"
    # A server may take the name and password for granted until the mail itself begins.
    is_login = stage is Stage.LOGIN or error.code == _AUTHENTICATION_REQUIRED
    if is_login and stage is not Stage.MESSAGE:
        pauses = _is_no(error.code)
        return Ending(Outcome.NOT_SENT, said, error.code, words, pauses_channel=pauses)
    is_refusal = stage in _ABOUT_THE_MAIL and _is_no(error.code)
    return Ending(Outcome.REFUSED if is_refusal else Outcome.NOT_SENT, said, error.code, words)


def _is_no(code: int) -> bool:
    return 500 <= code <= 599


def _unclear(error: Exception, seconds: float) -> str:
    perhaps = "the partner may have the mail"
    if isinstance(error, TimeoutError):
        return f"No answer to the message within {seconds:g} s; {perhaps}"
    if isinstance(error, SMTPResponseException):
        return f"The answer to the message is not readable SMTP; {perhaps}"
    return f"The connection broke before the message was answered; {perhaps}"


def in_words(stage: Stage, error: Exception, server: MailServer, seconds: float) -> str:
    """Say for people why a conversation ended without an answer."""
    place = f"{server.host}:{server.port}"
    cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
    if isinstance(cause, BlockedAddress):
        allow = "the operator can allow its network in HEADGATE_ALLOW_PRIVATE_NETWORKS"
        return f"{server.host} is not a public address ({allow})"
    if isinstance(cause, socket.gaierror):
        return f"The name {server.host} cannot be resolved"
    if isinstance(cause, ssl.SSLError):
        return f"TLS with {place} failed: {cause}"
    if isinstance(cause, TimeoutError):
        what = f"No connection to {place}" if stage is Stage.CONNECT else f"No answer to {stage}"
        return f"{what} within {seconds:g} s"
    if stage is Stage.CONNECT:
        return f"{place} cannot be reached: {cause}"
    if isinstance(error, SMTPResponseException):
        return f"The answer to {stage} is not readable SMTP"
    if stage is Stage.STARTTLS and not isinstance(cause, OSError):
        return "The server offers no STARTTLS"
    return f"The connection broke at {stage}"
