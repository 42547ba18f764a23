from decimal import Decimal

import pytest

from headgate.domain.duplicates import match_texts
from headgate.domain.entities import DuplicateMatch
from headgate.domain.fields import Field, FieldType

FIELDS = tuple(Field(kind.value, kind, kind.value) for kind in FieldType)
DAYS = 30


class TestMatchTexts:
    @pytest.mark.parametrize(
        ("key", "value", "text"),
        [
            ("email", "Ann.Lee@Example.com", "email=ann.lee@example.com"),
            ("phone", "+12125550123", "phone=+12125550123"),
            ("text", "Ann  LEE", "text=ann lee"),
            ("text", "Stra\u00dfe", "text=strasse"),
            ("postcode", "00501", "postcode=00501"),
            ("number", 5, "number=5"),
            ("number", Decimal("5.5"), "number=5.5"),
            ("boolean", False, "boolean=false"),
            ("multichoice", ["b", "a"], "multichoice=a,b"),
            ("address", {"line1": "1 Main  St", "city": "X"}, "address=city=x\nline1=1 main st"),
        ],
    )
    def test_are_in_normal_form(self, key, value, text):
        texts = match_texts(DuplicateMatch((key,), DAYS), FIELDS, {key: value})

        assert texts == (text,)

    def test_have_one_for_each_match_field_with_a_value(self):
        duplicates = DuplicateMatch(("email", "phone"), DAYS)

        texts = match_texts(duplicates, FIELDS, {"phone": "+12125550123", "text": "Ann"})

        assert texts == ("phone=+12125550123",)

    def test_are_none_where_the_entity_looks_for_no_duplicates(self):
        assert match_texts(None, FIELDS, {"email": "ann@example.com"}) == ()

    def test_leave_out_a_match_field_that_is_gone(self):
        assert match_texts(DuplicateMatch(("old",), DAYS), FIELDS, {"old": "x"}) == ()
