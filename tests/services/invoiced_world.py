"""A small account that sells by invoice, with leads sold and returned."""

from datetime import date, datetime

from small_world import DELIVERED, SmallWorld

from headgate.domain.ids import InvoiceId, LeadId
from headgate.services import returning
from headgate.services.invoices import invoicing
from headgate.services.invoices.drawing_up import Period
from headgate.storage import deliveries
from headgate.storage.invoices import Invoice

CONFIGURATION = b"""
version: 1
account:
  slug: acme
  name: Acme
  timezone: Europe/Berlin
  currency: EUR
  billing: {name: Acme GmbH, country: DE, city: Berlin, vat_id: DE123456789, tax: "19"}
entities:
  - {slug: solar, name: Solar, fields: [{key: name, type: text}, {key: kind, type: text}],
     statuses: [New]}
sources:
  - {slug: site, entity: solar, name: Site}
partners:
  - slug: first
    name: First
    billing: {name: First AG, country: DE, email: accounts@first.example}
    delivery: {channel: inbox}
profiles:
  - slug: exclusive
    entity: solar
    name: Exclusive
    enabled: true
    strategy: first_match
    price: "10.00"
    assignments: [{partner: first}]
"""
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))
BY = "ann@acme.example"


class InvoicedWorld(SmallWorld):
    def __init__(self, now: datetime, source: bytes = CONFIGURATION) -> None:
        super().__init__(now, source)

    def sell(self, count: int = 1) -> list[LeadId]:
        sold = [self.post(f"Lead {number}") for number in range(count)]
        self.answer(DELIVERED)
        return sold

    def take_back(self, lead_id: LeadId) -> None:
        (delivery,) = deliveries.of_leads([lead_id])[lead_id]
        returning.return_delivery(
            account_id=self.account_id,
            delivery_id=delivery.id,
            reason="Bad number",
            note=None,
            by=BY,
            now=self.now,
        )

    def draft(self, period: Period = NOVEMBER) -> InvoiceId:
        return invoicing.make_draft(
            account_id=self.account_id, partner="first", period=period, by=BY, now=self.now
        )

    def issue(self, period: Period = NOVEMBER) -> Invoice:
        return self.issue_draft(self.draft(period))

    def issue_draft(self, id: InvoiceId) -> Invoice:
        return invoicing.issue_invoice(account_id=self.account_id, id=id, by=BY, now=self.now)
