"""What invoices say of the account and its partners, and how they are numbered and taxed."""

import re
from typing import Any

from phonenumbers import SUPPORTED_REGIONS

from headgate.domain.configuration.reading.section import Section, not_text
from headgate.domain.configuration.reading.shapes import mail_address
from headgate.domain.invoices.numbers import USUAL_FORMAT, BadNumberFormat, check_format
from headgate.domain.invoices.parties import USUAL_TERMS_DAYS, Buyer, Every, Seller

MOST_TERMS_DAYS = 365
MOST_ADDRESS_LINES = 3
_PERCENT = re.compile(r"(\d{1,2})(?:\.(\d{1,2}))?", re.ASCII)
_VAT_ID = re.compile(r"[A-Z]{2}[A-Z0-9+*]{2,13}", re.ASCII)
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}", re.ASCII)


def read_seller(section: Section) -> Seller:
    seller = Seller(
        **_read_party(section),
        tax_bp=_maybe_percent(section, "tax"),
        terms_days=section.number("terms_days", USUAL_TERMS_DAYS, least=0, most=MOST_TERMS_DAYS),
        number_format=_number_format(section),
        iban=_maybe_iban(section),
        payment=section.maybe_text("payment", lines=True),
        note=section.maybe_text("note", lines=True),
        every=section.one_of("every", Every.NEVER),
    )
    if seller.tax_bp is not None and not (seller.vat_id or seller.tax_number):
        message = "'vat_id' is missing; an invoice with tax shows it, or a 'tax_number'"
        section.note("vat_id", "required", message)
    section.finish()
    return seller


def read_buyer(section: Section, *, currency: str) -> Buyer:
    buyer = Buyer(
        **_read_party(section),
        reverse_charge=section.flag("reverse_charge", default=False),
        tax_bp=_maybe_percent(section, "tax"),
        terms_days=section.maybe_number("terms_days", least=0, most=MOST_TERMS_DAYS),
        low_balance_minor=section.amount("low_balance", currency),
        tell_low_balance=section.flag("tell_low_balance", default=False),
    )
    if buyer.tell_low_balance and buyer.low_balance_minor is None:
        message = "'low_balance' is missing; say below which balance it is told"
        section.note("low_balance", "required", message)
    if buyer.reverse_charge and not buyer.vat_id:
        message = "'vat_id' is missing; with a reverse charge the invoice shows the partner's"
        section.note("vat_id", "required", message)
    section.finish()
    return buyer


def _read_party(section: Section) -> dict[str, Any]:
    email = section.maybe_text("email")
    if email:
        mail_address(section, "email", email)
    address = section.texts("address")
    if len(address) > MOST_ADDRESS_LINES:
        message = f"{len(address)} lines; an address has at most {MOST_ADDRESS_LINES},"
        section.note("address", "too_long", f"{message} beside its postcode and city")
    return {
        "name": section.text("name"),
        "country": _country(section),
        "address": address,
        "postcode": section.maybe_text("postcode"),
        "city": section.maybe_text("city"),
        "vat_id": _maybe_vat_id(section),
        "tax_number": section.maybe_text("tax_number"),
        "email": email,
    }


def _country(section: Section) -> str:
    country = section.text("country").upper()
    if country and country not in SUPPORTED_REGIONS:
        message = f"{country!r} is no country; write its two letters, such as DE or US"
        section.note("country", "bad_country", message)
    return country


def _maybe_vat_id(section: Section) -> str | None:
    said = section.maybe_text("vat_id")
    if said is None:
        return None
    vat_id = re.sub(r"[\s.-]", "", said).upper()
    if not _VAT_ID.fullmatch(vat_id):
        message = f"{said!r} is no VAT id; it begins with its country, such as DE123456789"
        section.note("vat_id", "bad_vat_id", message)
    return vat_id


def _maybe_percent(section: Section, key: str) -> int | None:
    """Take a rate such as "19" or "7.7", as hundredths of a per cent."""
    said = section.take(key)
    if said is None or said == "":
        return None
    found = _PERCENT.fullmatch(said.strip()) if isinstance(said, str) else None
    if found is None:
        fault = f"{said!r} is no rate" if isinstance(said, str) else not_text(said)
        section.note(key, "bad_rate", f'{fault}; write the per cent as text, such as "19" or "7.7"')
        return 0
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def _number_format(section: Section) -> str:
    said = section.maybe_text("number_format") or USUAL_FORMAT
    try:
        check_format(said)
    except BadNumberFormat as fault:
        section.note("number_format", "bad_number_format", f"{said!r}: {fault}")
    return said


def _maybe_iban(section: Section) -> str | None:
    said = section.maybe_text("iban")
    if said is None:
        return None
    iban = re.sub(r"\s", "", said).upper()
    if not _IBAN.fullmatch(iban) or _remainder(iban) != 1:
        section.note("iban", "bad_iban", f"{said!r} is no IBAN; its check digits do not fit")
    return iban


def _remainder(iban: str) -> int:
    """Return what ISO 13616 makes of it, which is 1 for every IBAN."""
    return int("".join(str(int(each, 36)) for each in iban[4:] + iban[:4])) % 97
