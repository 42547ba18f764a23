"""The tax on an invoice: its category by EN 16931, and how it is rounded."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from headgate.domain.invoices.parties import Buyer, Seller

_WHOLE_BP = 10_000


class TaxCategory(StrEnum):
    """The codes of EN 16931 that are used here."""

    STANDARD = "S"
    ZERO = "Z"  # taxed, at nothing
    REVERSE_CHARGE = "AE"
    OUTSIDE = "O"  # the seller charges no VAT at all


class Tax(Struct, frozen=True, order=True):
    """`rate_bp` is in hundredths of a per cent: 1900 is 19 %."""

    category: TaxCategory
    rate_bp: int = 0


class TaxShare(Struct, frozen=True):
    """All lines of one tax: what they come to, and the tax on it."""

    tax: Tax
    base_minor: int
    tax_minor: int


def tax_for(seller: Seller, buyer: Buyer) -> Tax:
    if buyer.reverse_charge:
        return Tax(TaxCategory.REVERSE_CHARGE)
    rate_bp = seller.tax_bp if buyer.tax_bp is None else buyer.tax_bp
    if rate_bp is None:
        return Tax(TaxCategory.OUTSIDE)
    return Tax(TaxCategory.STANDARD, rate_bp) if rate_bp else Tax(TaxCategory.ZERO)


def obstacle(seller: Seller, tax: Tax) -> str | None:
    """Return what the seller lacks to invoice that tax, in words."""
    if tax.category is TaxCategory.OUTSIDE or seller.vat_id:
        return None
    if tax.category is TaxCategory.REVERSE_CHARGE:
        return "a reverse charge needs the account's own VAT id"
    return None if seller.tax_number else "charging tax needs the account's VAT id or tax number"


def shares(nets: Iterable[tuple[Tax, int]]) -> tuple[TaxShare, ...]:
    """Sum the lines by tax, then round once for each, as EN 16931 does."""
    bases: dict[Tax, int] = {}
    for tax, net_minor in nets:
        bases[tax] = bases.get(tax, 0) + net_minor
    return tuple(
        TaxShare(tax, base, tax_on(base, tax.rate_bp)) for tax, base in sorted(bases.items())
    )


def tax_on(base_minor: int, rate_bp: int) -> int:
    """Round half a minor unit away from zero, so that a credit note mirrors its invoice."""
    size = (abs(base_minor) * rate_bp * 2 + _WHOLE_BP) // (2 * _WHOLE_BP)
    return size if base_minor >= 0 else -size
