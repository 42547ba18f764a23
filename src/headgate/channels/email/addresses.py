"""Mail addresses as SMTP and headers write them."""

from functools import lru_cache

from email_validator import EmailNotValidError, validate_email
from msgspec import Struct

from headgate.channels.contract import Unrenderable


class Mailbox(Struct, frozen=True):
    """An address in ASCII, and the name before it."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@lru_cache(maxsize=1024)
def mailbox(written: str, part: str) -> Mailbox:
    """Read `Acme Leads <leads@acme.example>`; `part` says for people where it is written.

    :raises Unrenderable: no server could be told this address.
    """
    try:
        found = validate_email(
            written,
            check_deliverability=False,
            globally_deliverable=False,
            allow_display_name=True,
        )
    except EmailNotValidError as error:
        raise Unrenderable(f"{part}: {written!r} is not an email address ({error})") from None
    if found.ascii_email is None:
        problem = "has letters beyond ASCII before the @, which few mail servers take"
        raise Unrenderable(f"{part}: {written!r} {problem}")
    return Mailbox(found.ascii_email, found.display_name or "")
