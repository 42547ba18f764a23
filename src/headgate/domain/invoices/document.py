"""An invoice as it is issued: everything that the paper says, copied, so that nothing moves it."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import msgspec
from msgspec import Struct

from headgate.domain.invoices.lines import Line
from headgate.domain.invoices.parties import Party
from headgate.domain.invoices.tax import TaxShare, shares


class InvoiceKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"  # its lines come to less than nothing


class Corrected(Struct, frozen=True):
    """The invoice that a credit note takes back."""

    number: str
    issued_on: date


class Totals(Struct, frozen=True):
    net_minor: int
    tax_minor: int
    total_minor: int


class Document(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`until_on` is the first day that is not in the period. Drafts have no number yet."""

    kind: InvoiceKind
    number: str
    issued_on: date
    due_on: date | None
    from_on: date
    until_on: date
    currency: str
    seller: Party
    buyer: Party
    seller_reference: str
    buyer_reference: str
    lines: tuple[Line, ...]
    taxes: tuple[TaxShare, ...]
    totals: Totals
    iban: str | None = None
    payment: str | None = None
    note: str | None = None
    corrects: Corrected | None = None

    @property
    def is_credit_note(self) -> bool:
        return self.kind is InvoiceKind.CREDIT_NOTE


_decoder = msgspec.json.Decoder(Document)


def encode(document: Document) -> str:
    return msgspec.json.encode(document).decode()


def decode(document: str) -> Document:
    return _decoder.decode(document)


def taxed(lines: Iterable[Line]) -> tuple[tuple[TaxShare, ...], Totals]:
    """Return the tax on the lines, and what all comes to."""
    taxes = shares((line.tax, line.net_minor) for line in lines)
    net_minor = sum(share.base_minor for share in taxes)
    tax_minor = sum(share.tax_minor for share in taxes)
    return taxes, Totals(net_minor, tax_minor, net_minor + tax_minor)


def kind_of(totals: Totals) -> InvoiceKind:
    return InvoiceKind.CREDIT_NOTE if totals.total_minor < 0 else InvoiceKind.INVOICE
