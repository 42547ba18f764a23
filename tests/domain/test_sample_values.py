"""What a test lead says is clean by every type's rules."""

from zoneinfo import ZoneInfo

import pytest

from headgate.domain.cleaning import compile_cleaner
from headgate.domain.fields import Field, FieldType
from headgate.domain.sample_values import sample_values


class TestSampleValues:
    @pytest.mark.parametrize("kind", FieldType)
    def test_pass_the_entitys_cleaning(self, kind: FieldType) -> None:
        field = Field("key", kind, "Key", options={"a": "A", "b": "B"}, required=True)
        clean = compile_cleaner([field], zone=ZoneInfo("UTC"), currency="USD")

        cleaned = clean(sample_values([field]))

        assert cleaned.flaws == ()
        assert cleaned.values.keys() == {"key"}

    @pytest.mark.parametrize("region", ["US", "CA", "GB", "DE", "BR", "JP"])
    def test_have_a_number_of_the_fields_region(self, region: str) -> None:
        field = Field("phone", FieldType.PHONE, "Phone", region=region, required=True)
        clean = compile_cleaner([field], zone=ZoneInfo("UTC"), currency="USD")

        assert clean(sample_values([field])).flaws == ()
