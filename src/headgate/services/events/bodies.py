"""What an event says: ids, slugs, states and money, never what a lead's fields hold."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from headgate.domain.events import EventType
from headgate.domain.instants import rfc3339
from headgate.domain.money import format_amount
from headgate.services import receipts
from headgate.services.setups import Setup
from headgate.storage.deliveries import Delivery
from headgate.storage.imports import Import
from headgate.storage.invoices import Invoice
from headgate.storage.leads import Lead


class OutcomeTold(Struct, frozen=True):
    """An answered address may hold anything, so it is not told."""

    sold: bool | None
    payout: str | None
    currency: str
    reason: str | None


class LeadTold(Struct, frozen=True):
    """What a source may know of its lead; `external_id` is its own reference."""

    id: str
    entity: str
    source: str
    external_id: str | None
    state: str
    received_at: str
    outcome: OutcomeTold


class DeliveryTold(Struct, frozen=True):
    id: str
    profile: str
    assignment: str
    partner: str
    channel: str
    state: str
    price: str
    currency: str


class InvoiceTold(Struct, frozen=True):
    id: str
    number: str
    kind: str
    partner: str
    issued_at: str
    due_on: str | None
    net: str
    tax: str
    total: str
    currency: str


class ImportTold(Struct, frozen=True):
    id: int
    entity: str
    source: str
    rows: int
    stored: int
    duplicates: int
    quarantined: int
    failed: int


class _Body(Struct, frozen=True):
    type: EventType
    timestamp: str
    data: Mapping[str, Any]


def body(kind: EventType, said: Mapping[str, Any], *, now: datetime) -> str:
    """Write an event as Standard Webhooks recommends."""
    return msgspec.json.encode(_Body(kind, rfc3339(now), said)).decode()


def about_lead(setup: Setup, lead: Lead, made: Sequence[Delivery]) -> dict[str, Any]:
    """Say what whoever sent the lead may know."""
    outcome = receipts.outcome_of(setup, lead, made)
    told = LeadTold(
        id=str(lead.id),
        entity=setup.entity_slugs[lead.entity_id],
        source=setup.source_slugs.get(lead.source_id, ""),
        external_id=lead.external_id,
        state=lead.state,
        received_at=rfc3339(lead.received_at),
        outcome=OutcomeTold(outcome.sold, outcome.payout, outcome.currency, outcome.reason),
    )
    return {"lead": told}


def about_delivery(setup: Setup, delivery: Delivery | None) -> dict[str, Any]:
    """Say what the account's own people alone may know; nothing where there is none."""
    if delivery is None:
        return {}
    told = DeliveryTold(
        id=str(delivery.id),
        profile=setup.profile_slugs[delivery.profile_id],
        assignment=setup.assignment_slugs[delivery.assignment_id],
        partner=setup.partner_slugs[delivery.partner_id],
        channel=delivery.channel,
        state=delivery.state,
        price=format_amount(delivery.price_minor, delivery.currency),
        currency=delivery.currency,
    )
    return {"delivery": told}


def about_invoice(setup: Setup, invoice: Invoice) -> dict[str, Any]:
    def amount(minor: int) -> str:
        return format_amount(minor, invoice.currency)

    told = InvoiceTold(
        id=str(invoice.id),
        number=invoice.number,
        kind=invoice.kind,
        partner=setup.partner_slugs[invoice.partner_id],
        issued_at=rfc3339(invoice.issued_at),
        due_on=invoice.due_on.isoformat() if invoice.due_on else None,
        net=amount(invoice.net_minor),
        tax=amount(invoice.tax_minor),
        total=amount(invoice.total_minor),
        currency=invoice.currency,
    )
    return {"invoice": told}


def about_import(setup: Setup, ended: Import) -> dict[str, Any]:
    told = ImportTold(
        id=ended.id,
        entity=setup.entity_slugs[ended.entity_id],
        source=setup.source_slugs[ended.source_id],
        rows=ended.rows,
        stored=ended.stored,
        duplicates=ended.duplicates,
        quarantined=ended.quarantined,
        failed=ended.failed,
    )
    return {"import": told}
