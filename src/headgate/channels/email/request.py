"""A rendered mail: plain values that may travel to the process that sends."""

from msgspec import Struct

from headgate.channels.contract import ShownMail
from headgate.channels.email import letter
from headgate.domain.configuration.value import Security


class MailServer(Struct, frozen=True):
    """Where a mail is handed over; the password is in clear."""

    host: str
    port: int
    security: Security
    username: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"MailServer({self.host}:{self.port})"


class EmailRequest(Struct, frozen=True, tag="email"):
    """One mail, ready to send; holds secrets in clear, so it is never stored or logged.

    `body` is the letter that the retries take up again, `message` the bytes of the mail.
    `look` is what people see in place of a letter that holds encrypted values. `confidential`
    are the texts that nothing kept may contain.
    """

    delivery_id: str
    server: MailServer
    sender: str
    recipients: tuple[str, ...]
    message: bytes
    body: bytes
    timeout_seconds: float
    look: bytes | None = None
    confidential: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"EmailRequest({self.delivery_id})"


def shown(request: EmailRequest) -> ShownMail:
    return shown_letter(letter.decode(request.look or request.body))


def shown_letter(seen: letter.Letter) -> ShownMail:
    return {
        "to": list(seen.to),
        "subject": seen.subject,
        "text": seen.text,
        "html": seen.html,
        "attachments": [
            {"name": each.name, "content": each.content.removeprefix("\ufeff")}
            for each in seen.enclosures
        ],
    }
