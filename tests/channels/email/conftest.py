"""A lead as a partner may learn of it by mail."""

import pytest

from headgate.channels.contract import LeadFacts
from headgate.domain.fields import Field, FieldType

FIELDS = (
    Field("first_name", FieldType.TEXT, "First name"),
    Field("last_name", FieldType.TEXT, "Last name"),
    Field("email", FieldType.EMAIL, "Email"),
    Field("phone", FieldType.PHONE, "Phone"),
    Field("home", FieldType.ADDRESS, "Home"),
    Field("budget", FieldType.NUMBER, "Budget"),
    Field("ssn", FieldType.TEXT, "SSN", encrypted=True),
    Field("comments", FieldType.TEXTAREA, "Comments"),
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
            "first_name": "Ann <b>",
            "last_name": "Öz",
            "email": "ann@example.com",
            "phone": "+13105550123",
            "home": {"line1": "1 Main St", "city": "Reno", "postcode": "89501"},
            "ssn": "078-05-1120",
            "comments": "Call me.\n.Soon",
        },
    )
