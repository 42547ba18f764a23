"""Billing data: what is wrong with it is said at its place."""

import pytest

from headgate.domain.configuration.document import read_document
from headgate.domain.configuration.file import read_configuration
from headgate.domain.configuration.value import Configuration
from headgate.domain.flaws import Flawed

FILE = """
version: 1
account:
  slug: acme
  timezone: Europe/Berlin
  currency: EUR
  billing: {name: Acme GmbH, country: de, vat_id: DE 123.456.789, tax: "7.7", iban: DE89 3704 0044 0532 0130 00}
partners:
  - {slug: sunpeak, billing: {name: SunPeak, country: AT, vat_id: ATU12345678, reverse_charge: true}}
"""  # noqa: E501
SELLER, BUYER = "account.billing", "partners[0].billing"
WRONG = [
    ("country: de", "country: Germany", f"{SELLER}.country", "two letters"),
    ('tax: "7.7"', "tax: 19", f"{SELLER}.tax", 'quote it: "19"'),
    ('tax: "7.7"', 'tax: "19 %"', f"{SELLER}.tax", '"19" or "7.7"'),
    ("vat_id: DE 123.456.789, ", "", f"{SELLER}.vat_id", "an invoice with tax shows it"),
    ("vat_id: DE 123.456.789", "vat_id: 123456789", f"{SELLER}.vat_id", "quote it"),
    ("DE89", "DE88", f"{SELLER}.iban", "check digits"),
    ("name: Acme GmbH", "address: [a, b, c, d]", f"{SELLER}.address", "at most 3"),
    ("name: Acme GmbH", 'number_format: "{year}"', f"{SELLER}.number_format", "{number}"),
    (", vat_id: ATU12345678", "", f"{BUYER}.vat_id", "with a reverse charge"),
    ("name: SunPeak, ", "", f"{BUYER}.name", "is missing"),
]


def read(text: str) -> Configuration:
    return read_configuration(read_document(text.encode()), current=None).configuration


class TestBillingData:
    def test_is_read_as_people_write_it(self) -> None:
        seller = read(FILE).account.billing

        assert seller is not None
        assert (seller.country, seller.vat_id, seller.tax_bp) == ("DE", "DE123456789", 770)
        assert seller.iban == "DE89370400440532013000"

    @pytest.mark.parametrize(("right", "wrong", "place", "words"), WRONG)
    def test_that_is_wrong_is_named(self, right: str, wrong: str, place: str, words: str) -> None:
        with pytest.raises(Flawed) as refusal:
            read(FILE.replace(right, wrong))

        messages = [flaw.message for flaw in refusal.value.flaws if flaw.place == place]
        assert any(words in message for message in messages), refusal.value.flaws
