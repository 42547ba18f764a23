"""What a test lead says: one value for every field, none of which could be a person's."""

from collections.abc import Iterable

import phonenumbers

from headgate.domain.fields import Field, FieldType

_BY_TYPE: dict[FieldType, object] = {
    FieldType.TEXTAREA: "This is a test lead.\nNobody is behind it.",
    FieldType.NUMBER: "100",
    FieldType.MONEY: "100",
    FieldType.EMAIL: "test.lead@example.com",
    FieldType.DATE: "2000-01-01",
    FieldType.DATETIME: "2000-01-01T12:00:00Z",
    FieldType.BOOLEAN: True,
    FieldType.URL: "https://example.com/test-lead",
    FieldType.POSTCODE: "00000",
    FieldType.ADDRESS: {
        "line1": "1 Test Street",
        "city": "Testville",
        "postcode": "00000",
        "country": "US",
    },
}
# Numbers that are kept for fiction; other regions get the example of their numbering plan.
_FICTIONAL_PHONES = {"US": "+12025550123", "CA": "+14165550123"}
_NAMES = {"first_name": "Test", "last_name": "Lead", "name": "Test Lead", "full_name": "Test Lead"}


def sample_values(fields: Iterable[Field]) -> dict[str, object]:
    """Return raw values that the entity's cleaning accepts."""
    return {field.key: _sample(field) for field in fields}


def _sample(field: Field) -> object:
    match field.type:
        case FieldType.CHOICE:
            return next(iter(field.options or ()), None)
        case FieldType.MULTICHOICE:
            return list(field.options or ())[:1]
        case FieldType.PHONE:
            return _phone(field.region or "US")
        case FieldType.TEXT:
            return _NAMES.get(field.key, f"Test {field.label}")
    return _BY_TYPE[field.type]


def _phone(region: str) -> str | None:
    if region in _FICTIONAL_PHONES:
        return _FICTIONAL_PHONES[region]
    example = phonenumbers.example_number(region)
    if example is None:
        return None
    return phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
