import pytest


class TestAddress:
    def test_keeps_its_parts_in_order(self, value_of):
        given = {"country": "US", "line1": " 1 Main St ", "postcode": "00501", "city": ""}

        address = value_of("address", given)

        assert list(address.items()) == [
            ("line1", "1 Main St"),
            ("postcode", "00501"),
            ("country", "US"),
        ]

    def test_takes_plain_text_as_the_first_line(self, value_of):
        assert value_of("address", " 1 Main\nSt ") == {"line1": "1 Main St"}

    @pytest.mark.parametrize("blank", ["", " ", {}, {"city": None, "line1": " "}])
    def test_is_absent_when_blank(self, value_of, blank):
        assert value_of("address", blank) is None

    def test_reports_every_bad_part_at_its_place(self, clean_one):
        cleaned = clean_one("address", {"postcode": 501, "city": "a\x00", "planet": "Mars"})

        assert [(flaw.place, flaw.code) for flaw in cleaned.flaws] == [
            ("it.city", "bad_character"),
            ("it.postcode", "bad_type"),
            ("it", "unknown_part"),
        ]

    @pytest.mark.parametrize("other", [5, True, ["1 Main St"]])
    def test_refuses_another_type(self, code_of, other):
        assert code_of("address", other) == "bad_type"
