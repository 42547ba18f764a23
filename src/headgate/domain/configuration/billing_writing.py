"""Billing data written out as a file has it."""

from headgate.domain.configuration.delivery_writing import Written, differing
from headgate.domain.invoices.numbers import USUAL_FORMAT
from headgate.domain.invoices.parties import USUAL_TERMS_DAYS, Buyer, Every, Party, Seller
from headgate.domain.money import format_amount


def write_seller(seller: Seller) -> Written:
    return _party(seller) | differing(
        ("tax", percent(seller.tax_bp), None),
        ("terms_days", seller.terms_days, USUAL_TERMS_DAYS),
        ("number_format", seller.number_format, USUAL_FORMAT),
        ("iban", seller.iban, None),
        ("payment", seller.payment, None),
        ("note", seller.note, None),
        ("every", str(seller.every), str(Every.NEVER)),
    )


def write_buyer(buyer: Buyer, *, currency: str) -> Written:
    low = buyer.low_balance_minor
    return _party(buyer) | differing(
        ("reverse_charge", buyer.reverse_charge, False),
        ("tax", percent(buyer.tax_bp), None),
        ("terms_days", buyer.terms_days, None),
        ("low_balance", None if low is None else format_amount(low, currency), None),
        ("tell_low_balance", buyer.tell_low_balance, False),
    )


def percent(rate_bp: int | None) -> str | None:
    """Write 1900 as `19` and 770 as `7.7`."""
    if rate_bp is None:
        return None
    whole, part = divmod(rate_bp, 100)
    return f"{whole}.{part:02d}".rstrip("0") if part else str(whole)


def _party(party: Party) -> Written:
    return {"name": party.name, "country": party.country} | differing(
        ("address", list(party.address), []),
        ("postcode", party.postcode, None),
        ("city", party.city, None),
        ("vat_id", party.vat_id, None),
        ("tax_number", party.tax_number, None),
        ("email", party.email, None),
    )
