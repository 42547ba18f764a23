"""Values as a person would write them."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from headgate.domain.fields import Field, FieldType
from headgate.web.wording import value_in_words

KIND = Field("kind", FieldType.CHOICE, "Kind", options={"flat": "A flat"})
CALL_AT = Field("call_at", FieldType.DATETIME, "Call at")


class TestAValueInWords:
    @pytest.mark.parametrize(
        ("value", "field", "words"),
        [
            (True, None, "Yes"),
            (Decimal("12.50"), None, "12.50"),
            ("flat", KIND, "A flat"),
            (["flat", "barn"], KIND, "A flat, barn"),
            ({"city": "Passau", "line1": "Am Inn 1"}, None, "Am Inn 1, Passau"),
            ("2026-12-01T09:30:00.000Z", CALL_AT, "1 Dec 2026, 10:30"),
            ("at noon", CALL_AT, "at noon"),
        ],
    )
    def test_is_what_a_person_would_write(
        self, value: object, field: Field | None, words: str
    ) -> None:
        with timezone.override(ZoneInfo("Europe/Berlin")):
            assert value_in_words(value, field) == words
