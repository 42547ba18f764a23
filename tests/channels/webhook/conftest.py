"""A lead as a partner may learn of it, and secrets in clear."""

from decimal import Decimal

import pytest

from headgate.channels.contract import LeadFacts
from headgate.domain.fields import Field, FieldType

FIELDS = (
    Field("first_name", FieldType.TEXT, "First name"),
    Field("email", FieldType.EMAIL, "Email"),
    Field("zip", FieldType.POSTCODE, "ZIP code"),
    Field("budget", FieldType.NUMBER, "Budget"),
    Field("owner", FieldType.BOOLEAN, "Owner"),
    Field("wishes", FieldType.MULTICHOICE, "Wishes"),
    Field("home", FieldType.ADDRESS, "Home"),
    Field("ssn", FieldType.TEXT, "SSN", encrypted=True),
    Field("phone", FieldType.PHONE, "Phone"),
)


@pytest.fixture
def facts() -> LeadFacts:
    return LeadFacts(
        delivery_id="0199b1a0-0000-7000-8000-000000000001",
        lead_id="0199b1a0-0000-7000-8000-000000000002",
        entity="solar",
        entity_name="Solar leads",
        profile="residential",
        received_at="2026-11-23T10:00:00.123Z",
        test=False,
        fields=FIELDS,
        values={
            "first_name": 'Ann "A" <&> Ñ\x02\r\n',
            "email": "ann@example.com",
            "zip": "90210",
            "budget": Decimal("20000.50"),
            "owner": True,
            "wishes": ["roof", "wall"],
            "home": {"line1": "1 Main St", "city": "Reno"},
            "ssn": "078-05-1120",
        },
    )
