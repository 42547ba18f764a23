"""A letter as the bytes of a mail: the same letter and sender always make the same bytes."""

from collections.abc import Iterator
from email.message import MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import blake2b

from headgate.channels.email import headers
from headgate.channels.email.addresses import Mailbox, mailbox
from headgate.channels.email.letter import Letter

# No server has to take anything but seven bits, so nothing depends on what this one takes.
_POLICY = SMTP.clone(cte_type="7bit")


def compose(letter: Letter, sender: Mailbox) -> bytes:
    """:raises Unrenderable: a recipient has no address that a server could be told."""
    recipients = [mailbox(each, "to") for each in letter.to]
    head = "".join(
        (
            headers.mailboxes_line("From", [sender]),
            headers.mailboxes_line("To", recipients),
            headers.line("Subject", letter.subject),
            f"Date: {format_datetime(letter.dated)}\r\n",
            f"Message-ID: {letter.message_id}\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "MIME-Version: 1.0\r\n",
        )
    )
    return head.encode("ascii") + _content(letter).as_bytes()


def _content(letter: Letter) -> MIMEPart:
    part = MIMEPart(_POLICY)
    part.set_content(letter.text)
    if letter.html is not None:
        part.add_alternative(letter.html, subtype="html")
    for enclosure in letter.enclosures:
        kind, _, subtype = enclosure.media_type.partition("/")
        part.add_attachment(
            enclosure.as_bytes,
            maintype=kind,
            subtype=subtype,
            filename=enclosure.name,
            params={"charset": "utf-8"} if kind == "text" else None,
        )
    for number, inner in enumerate(_multiparts(part)):
        inner.set_boundary(_boundary(letter.message_id, number))
    return part


def _multiparts(part: MIMEPart) -> Iterator[MIMEPart]:
    return (inner for inner in part.walk() if inner.is_multipart())


def _boundary(message_id: str, number: int) -> str:
    """Return a line that no lead can hold: nobody knows the delivery's id before it is made."""
    return "=_" + blake2b(f"{number} {message_id}".encode(), digest_size=16).hexdigest()
