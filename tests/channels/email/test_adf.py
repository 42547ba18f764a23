"""Leads as ADF, which car dealers' systems read."""

from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from headgate.channels import choosing
from headgate.channels.contract import LeadFacts
from headgate.channels.email import adf
from headgate.domain.delivery_settings import FieldChoice
from headgate.domain.fields import Field, FieldType


def read(facts: LeadFacts) -> ET.Element:
    prospect = ET.fromstring(adf.document(choosing.rows(FieldChoice(), facts), facts)).find(  # noqa: S314
        "prospect"
    )
    assert prospect is not None
    return prospect


class TestADocument:
    @pytest.mark.parametrize(
        ("path", "text"),
        [
            ("id", "0199b1a0-0000-7000-8000-000000000002"),
            ("requestdate", "2026-11-23T10:00:00.123Z"),
            ("customer/contact/name[@part='first']", "Ann <b>"),
            ("customer/contact/name[@part='last']", "Öz"),
            ("customer/contact/email", "ann@example.com"),
            ("customer/contact/phone", "+13105550123"),
            ("customer/contact/address/street[@line='1']", "1 Main St"),
            ("customer/contact/address/city", "Reno"),
            ("customer/contact/address/postalcode", "89501"),
            ("customer/comments", "Call me.\n.Soon"),
            ("vendor/vendorname", "Solar leads"),
        ],
    )
    def test_has_a_place_for(self, path: str, text: str, facts: LeadFacts) -> None:
        assert read(facts).findtext(path) == text

    def test_puts_what_has_no_place_into_the_comments(self, facts: LeadFacts) -> None:
        other = replace(facts, values={**facts.values, "budget": 7})

        assert read(other).findtext("customer/comments") == "Call me.\n.Soon\nBudget: 7"

    def test_describes_a_car_where_the_fields_do(self, facts: LeadFacts) -> None:
        car = tuple(Field(key, FieldType.TEXT, key.title()) for key in ("year", "make", "model"))
        values = {"year": "2026", "make": "Volvo", "model": "EX30"}

        vehicle = read(replace(facts, fields=car, values=values)).find("vehicle")

        assert vehicle is not None
        assert [part.text for part in vehicle] == ["2026", "Volvo", "EX30"]

    def test_finds_contact_fields_by_their_type(self, facts: LeadFacts) -> None:
        fields = (
            Field("mail_to", FieldType.EMAIL, "Mail"),
            Field("where", FieldType.POSTCODE, "Where"),
        )
        values = {"mail_to": "ann@example.com", "where": "90210"}

        contact = read(replace(facts, fields=fields, values=values)).find("customer/contact")

        assert contact is not None
        assert contact.findtext("email") == "ann@example.com"
        assert contact.findtext("address/postalcode") == "90210"
