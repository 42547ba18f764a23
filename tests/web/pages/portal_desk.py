"""Two accounts whose partners have people in the portal, with leads of every fate."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.test import Client
from reception import ANN, PASSWORD, Reception

from headgate import clock
from headgate.domain.ids import DeliveryId, InvoiceId, LeadId
from headgate.domain.partners import Partner
from headgate.services import configuration, setups
from headgate.services.invoices import invoicing
from headgate.services.invoices.drawing_up import Period
from headgate.services.people import portal_access
from headgate.storage import deliveries, portal_users
from headgate.storage.portal_users import PortalUser

# Every value that belongs to somebody else has this in it.
FOREIGN = "FOREIGN"
PORTALS = b"""
version: 1
account:
  slug: acme
  name: Acme Leads
  timezone: Europe/Berlin
  currency: USD
  billing: {name: Acme Leads GmbH, country: DE, city: Berlin, vat_id: DE123456789, tax: "19"}
returns: {reasons: [Wrong number, No consent], within_days: 30}
entities:
  - slug: solar
    name: Solar leads
    fields:
      - {key: first_name, label: First name, type: text}
      - {key: email, type: email}
      - {key: zip, label: ZIP code, type: postcode}
      - {key: ssn, label: Social security number, type: text, encrypted: true}
    statuses: [New]
sources:
  - {slug: site, entity: solar, name: FOREIGN source}
partners:
  - slug: helios
    name: Helios Homes
    email: office@helios.example
    caps: [{per: day, leads: 25}]
    delivery: {channel: portal, accept: required}
    portal: {pause: true, contact: true}
  - slug: quiet
    name: Quiet Roofs
    delivery: {channel: webhook, url: "https://quiet.example/FOREIGN", retry: none,
               fields: {first: first_name, where: zip}}
    portal: {returns: false}
    billing: {name: Quiet Roofs AG, country: DE}
  - {slug: rivals, name: FOREIGN partner, email: FOREIGN@rivals.example,
     billing: {name: FOREIGN AG, country: DE},
     delivery: {channel: inbox}}
profiles:
  - slug: residential
    entity: solar
    name: FOREIGN profile
    enabled: true
    strategy: first_match
    price: "12.50"
    assignments:
      - {partner: helios, rules: {all: [{field: zip, op: equals, value: "1"}]}}
      - {partner: quiet, rules: {all: [{field: zip, op: equals, value: "2"}]}}
      - {partner: rivals, price: "99.99"}
"""
HEL, QUI, RIV = "hel@helios.example", "qui@quiet.example", "FOREIGN-person@rivals.example"


class PortalDesk:
    """Leads of ZIP code 1 are offered to Helios, of 2 sent to Quiet Roofs, the rest to rivals."""

    def __init__(self, reception: Reception, now: datetime) -> None:
        self.reception, self.now = reception, now
        self.account_id = reception.account_id
        self.apply(PORTALS)
        self.tokens = {
            email: self.invite(partner, email)
            for partner, email in (("helios", HEL), ("quiet", QUI), ("rivals", RIV))
        }

    def apply(self, source: bytes) -> None:
        configuration.apply_configuration(
            source=source, account_slug="acme", trusted=True, made_by="test", now=self.now
        )

    def invite(self, partner: str, email: str) -> str:
        _, token = portal_access.invite(
            account_id=self.account_id, partner=partner, email=email, by=ANN, now=clock.now()
        )
        return token

    def join(self, email: str) -> Client:
        """Return a browser in which somebody took their invitation."""
        client = self.reception.visit()
        answer = client.post(f"/portal/password/{self.tokens[email]}", {"password": PASSWORD})
        assert answer.status_code == 302, answer.content
        return client

    def user(self, email: str) -> PortalUser:
        (found,) = portal_users.with_email(email)
        return found

    def lead(self, postcode: str, **fields: Any) -> UUID:
        """Post a lead and return its delivery; webhooks and inboxes have it at once."""
        lead_id = self.reception.post_lead(zip=postcode, **fields)
        self.reception.answer()
        return self.delivery_of(lead_id).id

    def delivery_of(self, lead_id: LeadId) -> deliveries.Delivery:
        (delivery,) = deliveries.of_leads([lead_id])[lead_id]
        return delivery

    def partner(self, slug: str) -> Partner:
        found = setups.in_force(self.account_id).configuration.partner(slug)
        assert found is not None
        return found

    def issue(self, partner: str) -> InvoiceId:
        """Invoice a partner for what it got in the month that it is."""
        day = self.now.date().replace(day=1)
        following = (day + timedelta(days=32)).replace(day=1)
        said: dict[str, Any] = {"account_id": self.account_id, "by": ANN, "now": self.now}
        draft = invoicing.make_draft(partner=partner, period=Period(day, following), **said)
        return invoicing.issue_invoice(id=draft, **said).id

    def state(self, delivery_id: UUID) -> str:
        return deliveries.get(self.account_id, DeliveryId(delivery_id)).state
