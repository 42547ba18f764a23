"""What an entity's form says as a document."""

import pytest

from headgate.web import entity_forms


class TestAKey:
    @pytest.mark.parametrize(
        ("label", "key"),
        [
            ("Monthly bill", "monthly_bill"),
            ("E-Mail!", "e_mail"),
            ("Größe", "grosse"),
            ("2nd phone", "field_2nd_phone"),
            ("الاسم", "field"),
            ("Status", "status_2"),
            ("First Name", "first_name_2"),
        ],
    )
    def test_is_made_of_the_label(self, label: str, key: str) -> None:
        assert entity_forms.free_key(label, {"firstname"}) == key


class TestClosing:
    def test_names_fields_and_drops_what_their_type_does_not_have(self) -> None:
        form = {
            "fields": [
                {"label": "Home", "type": "text", "options": {"a": "A"}, "region": "US"},
                {"label": "Home", "type": "choice", "options": {"a": "A"}},
                {"key": "tel", "label": "Phone", "type": "phone", "region": "US"},
            ]
        }

        assert entity_forms.closed(form)["fields"] == [
            {"key": "home", "label": "Home", "type": "text"},
            {"key": "home_2", "label": "Home", "type": "choice", "options": {"a": "A"}},
            {"key": "tel", "label": "Phone", "type": "phone", "region": "US"},
        ]

    def test_says_nothing_of_duplicates_where_nothing_is_compared(self) -> None:
        assert "duplicates" not in entity_forms.closed({"duplicates": {"within_days": 30}})
