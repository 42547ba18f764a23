"""Invoices to test with."""

from datetime import date
from typing import Any
from uuid import UUID

from headgate.domain.invoices.document import Document, kind_of, taxed
from headgate.domain.invoices.lines import Billed, Line, draw_lines
from headgate.domain.invoices.parties import Buyer, Seller, as_party
from headgate.domain.invoices.tax import Tax, TaxCategory
from headgate.domain.ledger import Kind

STANDARD = Tax(TaxCategory.STANDARD, 1900)
SELLER = Seller(
    name="Acme Leads GmbH",
    country="DE",
    address=("Weg 1",),
    postcode="10115",
    city="Berlin",
    vat_id="DE123456789",
    tax_bp=1900,
)
BUYER = Buyer(name="SunPeak & Söhne", country="AT", vat_id="ATU12345678")


def entry(kind: Kind, amount_minor: int, about: str = "Residential", *, id: int = 0) -> Billed:
    return Billed(UUID(int=id), kind, amount_minor, about)


def some_lines(tax: Tax = STANDARD) -> tuple[Line, ...]:
    charges = [entry(Kind.CHARGE, 1250, id=number) for number in range(7)]
    returned = entry(Kind.CREDIT, 1250, id=8)
    goodwill = entry(Kind.ADJUSTMENT, 500, "Goodwill", id=9)
    return draw_lines([*charges, returned, goodwill], tax).lines


def document(lines: tuple[Line, ...], **said: Any) -> Document:
    taxes, totals = taxed(lines)
    parts: dict[str, Any] = {
        "kind": kind_of(totals),
        "number": "2026-0001",
        "issued_on": date(2026, 12, 1),
        "due_on": date(2026, 12, 15) if totals.total_minor > 0 else None,
        "from_on": date(2026, 11, 1),
        "until_on": date(2026, 12, 1),
        "currency": "EUR",
        "seller": as_party(SELLER),
        "buyer": as_party(BUYER),
        "seller_reference": "acme",
        "buyer_reference": "sunpeak",
        "lines": lines,
        "taxes": taxes,
        "totals": totals,
    }
    return Document(**(parts | said))
