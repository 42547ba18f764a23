"""A small account whose leads met every fate, made by the services themselves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.domain.ids import AccountId, LeadId
from headgate.services import configuration
from headgate.services.delivery import Report, record_outcomes
from headgate.services.errands import Errand, claim_errands
from headgate.services.identity import fresh_id
from headgate.services.intake import receive_leads
from headgate.services.people import api_keys
from headgate.services.rates import Rates
from headgate.services.routing import Leases
from headgate.services.submissions import Receipt, Submission
from headgate.storage import accounts
from headgate.storage.keys import KeyScope

CONFIGURATION = b"""
version: 1
account: {slug: acme, name: Acme, timezone: UTC, currency: USD}
entities:
  - {slug: solar, name: Solar, fields: [{key: name, type: text}, {key: kind, type: text}],
     statuses: [New], duplicates: {match: [name], within_days: 30}}
sources:
  - {slug: site, entity: solar, name: Site, caps: [{per: day, leads: 1000}]}
partners:
  - slug: first
    name: First
    caps: [{per: day, leads: 100}, {per: month, spend: "900.00"}]
    delivery: {channel: webhook, url: "https://first.example/", retry: none,
               answer: {price: "$.price"}}
  - {slug: second, name: Second, delivery: {channel: inbox}}
profiles:
  - slug: exclusive
    entity: solar
    name: Exclusive
    enabled: true
    strategy: first_match
    price: "10.00"
    caps: [{per: total, leads: 500}]
    rules: {all: [{field: kind, op: not_equals, value: nobody}]}
    assignments:
      - {partner: first, priority: 2, caps: [{per: hour, leads: 50}]}
      - {partner: second, priority: 1}
"""
DELIVERED = Sent(outcome=Outcome.DELIVERED, ms=5, written=True, status=200)
REFUSED = Sent(outcome=Outcome.REFUSED, ms=5, written=True, status=422)
AMBIGUOUS = Sent(outcome=Outcome.AMBIGUOUS, ms=5, written=True, error="lost")
DEARER = Sent(outcome=Outcome.DELIVERED, ms=5, written=True, status=200, price="25.00")


class SmallWorld:
    """Applies a configuration, takes leads in, and plays the partners."""

    def __init__(self, now: datetime, source: bytes = CONFIGURATION) -> None:
        self.now = now
        applied = configuration.apply_configuration(
            source=source, account_slug=None, trusted=True, made_by="test", now=now
        )
        self.account: accounts.Account = applied.account
        self.key = api_keys.create_key(
            account_id=self.account_id,
            scope=KeyScope.INTAKE,
            source="site",
            entity=None,
            name="",
            now=now,
        )

    @property
    def account_id(self) -> AccountId:
        return self.account.id

    def post(self, name: str, **more: Any) -> LeadId:
        """Take a lead in; what is to be sent waits to be claimed."""
        submission = Submission(
            id=LeadId(fresh_id(self.now)),
            caller=api_keys.digest_of(self.key),
            entity="solar",
            fields={"name": name, "kind": more.pop("kind", "house")} | more.pop("fields", {}),
            received_at=more.pop("received_at", self.now),
            **more,
        )
        received = receive_leads(
            submissions=[submission], rates=Rates(), leases=Leases(0), now=self.now
        )
        (receipt,) = received.answers
        assert isinstance(receipt, Receipt), receipt
        return receipt.lead.id

    def answer(self, *answers: Sent) -> None:
        """Claim what is due, and have the partners answer so, once for each answer in turn."""
        for sent in answers:
            errands = claim_errands(limit=100, busy_partners=(), now=self.now)
            self._record([(errand, sent) for errand in errands])

    def _record(self, outcomes: Sequence[tuple[Errand, Sent]]) -> None:
        reports = [
            Report(errand=errand, at=self.now, ended_at=self.now, sent=sent)
            for errand, sent in outcomes
        ]
        record_outcomes(reports=reports, leases=Leases(0), now=self.now)


def with_every_fate(now: datetime) -> SmallWorld:
    """Return a world in which leads are sold, refused, unknown, open, unmatched and test leads."""
    world = SmallWorld(now)
    world.post("Sold")
    world.answer(DELIVERED)
    world.post("Dearer", idempotency_key="one", body_digest=b"one")
    world.answer(DEARER)
    world.post("Refused", idempotency_key="two", body_digest=b"two")
    world.answer(REFUSED, DELIVERED)
    world.post("Refused by all")
    world.answer(REFUSED, REFUSED)
    world.post("Unknown")
    world.answer(AMBIGUOUS)
    world.post("Test", test=True)
    world.answer(DELIVERED)
    world.post("Open")
    world.post("Nobody's", kind="nobody")
    world.post("Held", distribute=False)
    world.post("Sold")
    return world
