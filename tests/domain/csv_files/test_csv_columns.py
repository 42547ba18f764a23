import pytest

from headgate.domain.csv_files import BadMapping, Columns, columns_of
from headgate.domain.fields import Field, FieldType
from headgate.domain.intake_keys import compile_matcher

FIELDS = (
    Field("first_name", FieldType.TEXT, "First name"),
    Field("email", FieldType.EMAIL, "E-mail address"),
)
MATCH = compile_matcher(FIELDS, statuses=["New"], sources=["api"])


def columns(header: list[str], **mapping: str) -> Columns:
    return columns_of(header, mapping, MATCH, [field.key for field in FIELDS])


class TestColumns:
    @pytest.mark.parametrize(
        ("column", "name"),
        [
            ("first_name", "first_name"),
            ("FIRST NAME", "first_name"),
            ("e-mail-address", "email"),
            ("campaign", "campaign"),
            ("Status", "status"),
            ("External ID", "external_id"),
        ],
    )
    def test_mean_fields_by_key_or_label_loosely(self, column: str, name: str) -> None:
        assert columns([column]).names == (name,)

    def test_mean_what_the_mapping_says(self) -> None:
        found = columns(["Who", "Mail", "Junk"], Who="first_name", Mail="email", Junk="")

        assert found.names == ("first_name", "email", None)
        assert found.fields == {"Who": "first_name", "Mail": "email"}

    def test_submit_what_has_a_value(self) -> None:
        found = columns(["First name", "email", "Junk", "extra"], Junk="")

        assert found.submitted(["Ann", "", "x", "y"]) == {"first_name": "Ann", "extra": "y"}

    @pytest.mark.parametrize(
        ("header", "mapping", "said"),
        [
            (["Name"], {"Nam": "email"}, "no column 'Nam'; it has 'Name'"),
            (["Name"], {"Name": "mail"}, "no field 'mail'; there are first_name, email, status"),
            (["email", "E-Mail"], {}, "'email' and 'E-Mail' both mean email"),
            (["email", "x"], {"x": "email"}, "leave one of them out"),
        ],
    )
    def test_refuse_what_cannot_be_meant(
        self, header: list[str], mapping: dict[str, str], said: str
    ) -> None:
        with pytest.raises(BadMapping, match=said):
            columns(header, **mapping)
