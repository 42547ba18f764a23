"""Entities: made, changed and archived, with a warning where a field is used."""

from typing import Any

from django.test import Client
from reception import RON, Reception, text_of

from headgate.domain.entities import Entity
from headgate.services import setups

SOLAR = "/settings/entities/of/solar"
FIELDS = {
    "fields[0].key": "first_name",
    "fields[0].label": "First name",
    "fields[0].type": "text",
    "fields[1].key": "email",
    "fields[1].type": "email",
    "fields[2].key": "zip",
    "fields[2].label": "ZIP code",
    "fields[2].type": "postcode",
}
SAID = {"_seen": "1", "name": "Solar leads", "statuses:lines": "New\nWon"}


def entity(reception: Reception, slug: str = "solar") -> Entity | None:
    return setups.in_force(reception.account_id).configuration.entity(slug)


def posted(client: Client, path: str, **said: Any) -> tuple[int, str]:
    answer = client.post(path, {**SAID, **said})
    return answer.status_code, answer.content.decode()


class TestTheList:
    def test_shows_what_each_is_made_of(self, reception: Reception) -> None:
        text = text_of(reception.at_the_desk(), "/settings/entities")

        assert "Solar leads" in text
        assert "Social security number" in text

    def test_names_the_next_step_when_empty(self, reception: Reception) -> None:
        assert "Create the first entity" in text_of(
            reception.at_the_desk(RON), "/settings/entities"
        )


class TestAnEntity:
    def test_is_made_with_typical_fields_at_hand(self, reception: Reception) -> None:
        client = reception.at_the_desk()

        text = text_of(client, "/settings/entities/new")
        status, _ = posted(
            client,
            "/settings/entities/new",
            **{"name": "Roofing", "fields[0].label": "Full name", "fields[0].type": "text"},
        )

        roofing = entity(reception, "roofing")
        assert 'value="first_name"' in text
        assert status == 302
        assert roofing is not None
        assert [(field.key, field.label) for field in roofing.fields] == [
            ("full_name", "Full name")
        ]

    def test_is_changed(self, reception: Reception) -> None:
        status, _ = posted(reception.at_the_desk(), SOLAR, **FIELDS)

        solar = entity(reception)
        assert status == 302
        assert solar is not None
        assert [field.key for field in solar.fields] == ["first_name", "email", "zip"]
        assert solar.statuses == ("New", "Won")
        assert solar.duplicates is None

    def test_warns_where_a_field_is_used(self, reception: Reception) -> None:
        text = text_of(reception.at_the_desk(), SOLAR)

        assert "1 rule (Residential)" in text
        assert "the check for duplicates" in text

    def test_keeps_a_field_that_a_rule_needs(self, reception: Reception) -> None:
        without_zip = {name: said for name, said in FIELDS.items() if "[2]" not in name}

        status, text = posted(reception.at_the_desk(), SOLAR, **without_zip)

        assert status == 422
        assert "the profile Residential: there is no field" in text

    def test_warns_before_it_is_saved(self, reception: Reception) -> None:
        _, text = posted(reception.at_the_desk(), SOLAR, **FIELDS, _do="remove fields[2]")

        assert "Taken out here, and still used elsewhere: zip." in text

    def test_asks_for_options_where_the_type_has_them(self, reception: Reception) -> None:
        choice = {"fields[3].label": "Home", "fields[3].type": "choice"}

        _, text = posted(reception.at_the_desk(), SOLAR, **FIELDS, **choice, _do="redraw")

        assert 'name="fields[3].options:pairs"' in text

    def test_is_not_archived_while_something_is_of_it(self, reception: Reception) -> None:
        answer = reception.at_the_desk().post(f"{SOLAR}/archive")

        assert answer.status_code == 422
        assert "the profile Residential" in answer.content.decode()
        assert entity(reception) is not None
