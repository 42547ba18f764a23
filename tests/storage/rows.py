"""Rows of the hot tables, over a small set-up whose ids they refer to."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from headgate.domain.configuration.document import read_document
from headgate.domain.configuration.file import read_configuration
from headgate.domain.configuration.value import Configuration
from headgate.domain.identities import Identities
from headgate.domain.ids import AccountId, DeliveryId, LeadId, ProfileId, uuid7
from headgate.storage import accounts, deliveries, leads, setup

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SET_UP = """
version: 1
account: {slug: acme, name: Acme, timezone: UTC, currency: USD}
entities:
  - {slug: solar, name: Solar, fields: [{key: name, type: text}], statuses: [New]}
sources:
  - {slug: site, entity: solar, name: Site}
partners:
  - {slug: sunpeak, name: SunPeak, delivery: {channel: inbox}}
  - {slug: helios, name: Helios, delivery: {channel: inbox}}
profiles:
  - slug: main
    entity: solar
    name: Main
    enabled: true
    strategy: first_match
    assignments: [{partner: sunpeak}, {partner: helios}]
"""


def configuration(text: str = SET_UP) -> Configuration:
    return read_configuration(read_document(text.encode()), current=None).configuration


class Ground:
    """An account with its identities, in which rows can be made in short words."""

    def __init__(self, slug: str = "acme") -> None:
        account = accounts.add(
            slug, "Acme", timezone="UTC", currency="USD", wrapped_key=b"key", now=NOW
        )
        self.account_id: AccountId = account.id
        setup.register(account.id, configuration(), now=NOW)
        self.ids: Identities = setup.identities(account.id)
        self._made = 0

    @property
    def profile_id(self) -> ProfileId:
        return self.ids.profiles["main"]

    def fresh(self) -> UUID:
        self._made += 1
        return uuid7(1_000_000 + self._made, self.account_id)

    def lead(self, **more: Any) -> leads.Lead:
        values: dict[str, Any] = {
            "id": LeadId(self.fresh()),
            "account_id": self.account_id,
            "entity_id": self.ids.entities["solar"],
            "source_id": self.ids.sources["solar", "site"],
            "state": "received",
            "status": "New",
            "received_at": NOW,
            "fields": "{}",
            "sealed": None,
            "extra": None,
            "consent": None,
            "note": None,
            "test": False,
            "accepted": True,
            "external_id": None,
            "duplicate_of": None,
            "reason": None,
            "idempotency_key": None,
            "idempotency_digest": None,
            "rounds": "[]",
        }
        return leads.Lead(**(values | more))

    def delivery(
        self, lead: leads.Lead, partner: str = "sunpeak", **more: Any
    ) -> deliveries.Delivery:
        values: dict[str, Any] = {
            "id": DeliveryId(self.fresh()),
            "account_id": self.account_id,
            "lead_id": lead.id,
            "profile_id": self.profile_id,
            "assignment_id": self.ids.assignments["main", partner],
            "partner_id": self.ids.partners[partner],
            "channel": "inbox",
            "state": "pending",
            "test": False,
            "exclusive": True,
            "config_version": 1,
            "price_minor": 1000,
            "currency": "USD",
            "placed_at": NOW,
            "holds_place": True,
            "places": "[]",
            "created_at": NOW,
            "due_at": NOW,
            "give_up_at": NOW + timedelta(minutes=15),
            "lease": 0,
            "timeout_seconds": 15,
        }
        return deliveries.Delivery(**(values | more))

    def stored(self, partner: str = "sunpeak", **more: Any) -> deliveries.Delivery:
        """Store a lead with one delivery, and return the delivery."""
        lead = self.lead()
        leads.add([lead])
        delivery = self.delivery(lead, partner, **more)
        deliveries.add([delivery])
        return delivery
