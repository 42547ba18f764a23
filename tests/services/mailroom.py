"""A world whose first partner gets mails, the letters that go to it, and what comes back."""

from datetime import datetime, timedelta

from small_world import DELIVERED, SmallWorld
from test_mail_delivery import BY_MAIL, SMTP

from headgate.channels.contract import Sent
from headgate.channels.email.bounces import Bounce
from headgate.channels.email.request import EmailRequest
from headgate.channels.email.return_path import tokens_in
from headgate.domain.ids import LeadId
from headgate.services.delivery import Report, record_outcomes
from headgate.services.digests import claim_digests
from headgate.services.errands import Errand, claim_errands
from headgate.services.preparing import Prepared, prepare
from headgate.services.routing import Leases
from headgate.storage import deliveries, ledger

HOURLY = (BY_MAIL + SMTP).replace(
    b"caps: [{per: day, leads: 1}],", b""
).replace(b"to: [leads@first.example]", b"to: [leads@first.example], digest: hourly")  # fmt: skip
IMAP = b", imap: {host: mail.acme.example, port: 993, username: acme, password: secret}"
WITH_IMAP = SMTP.rstrip().removesuffix(b"}") + IMAP + b"}\n"
BOUNCING = WITH_IMAP + BY_MAIL.replace(
    b"strategy: first_match", b'strategy: first_match\n    price: "10.00"'
)
BOUNCING_HOURLY = HOURLY.replace(SMTP, WITH_IMAP)

HOUR = timedelta(hours=1)


class Mailroom:
    """A world whose first partner gets hourly digests, and what was in each letter."""

    def __init__(self, now: datetime, source: bytes = HOURLY) -> None:
        self.world = SmallWorld(now, source)

    def claim(self) -> list[Errand]:
        return claim_digests(limit=9, busy_partners=(), now=self.world.now)

    def send(self, answer: Sent = DELIVERED) -> list[EmailRequest]:
        """Send what is due by mail, and return the mails."""
        return [mail for errand in self.claim() if (mail := self.end(errand, answer)) is not None]

    def end(self, errand: Errand, answer: Sent) -> EmailRequest | None:
        now = self.world.now
        ready = prepare(errand, now=now)
        if isinstance(ready, Prepared):
            report = Report(errand, now, now, answer, ready.shown, ready.body, ready.parts)
        else:
            report = Report(errand, now, now, ready)
        record_outcomes(reports=[report], leases=Leases(0), now=now)
        return ready.request if isinstance(ready, Prepared) else None

    def of(self, lead_id: LeadId) -> deliveries.Delivery:
        return deliveries.of_leads([lead_id])[lead_id][0]

    def states(self, lead_ids: list[LeadId]) -> list[str]:
        return [str(self.of(each).state) for each in lead_ids]


def sold(mailroom: Mailroom, name: str = "Ann") -> tuple[LeadId, Bounce]:
    """Deliver a lead by mail, and return the bounce that a server would make of it."""
    lead_id = mailroom.world.post(name)
    (errand,) = claim_errands(limit=9, busy_partners=(), now=mailroom.world.now)
    ready = prepare(errand, now=mailroom.world.now)
    assert isinstance(ready, Prepared)
    (token,) = tokens_in(ready.request.sender)
    mailroom.end(errand, DELIVERED)
    return lead_id, Bounce(token, frozenset({"leads@first.example"}), "550 no such user")


def entries(mailroom: Mailroom) -> list[tuple[str, int]]:
    found = ledger.list_page(
        mailroom.world.account_id, ledger.LedgerFilter(), before=None, limit=99
    )
    return sorted((str(each.kind), each.amount_minor) for each in found)
