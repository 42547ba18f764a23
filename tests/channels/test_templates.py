"""Templates with gaps."""

import pytest

from headgate.channels import templates


class TestFill:
    def test_puts_texts_where_the_names_stand(self) -> None:
        found = templates.fill("Dear {{ lead.a }}, {{lead.b}}!", lambda gap: gap.name.upper())

        assert found == "Dear A, B!"

    @pytest.mark.parametrize("text", ["", "{ lead.a }", "{{ }}", "{{ 1a }}", "{{ lead.a | up }}"])
    def test_leaves_everything_else_alone(self, text: str) -> None:
        assert templates.fill(text, lambda _: "filled") == text

    def test_does_not_fill_what_was_filled_in(self) -> None:
        assert templates.fill("{{ lead.a }}", lambda _: "{{ lead.b }}") == "{{ lead.b }}"


class TestParse:
    def test_knows_which_gaps_stand_inside_json_strings(self) -> None:
        parts = templates.parse('{"a": {{ lead.a }}, "b\\"": "x {{ lead.b }} \\" {{ lead.c }}"}')

        gaps = [part for part in parts if isinstance(part, templates.Gap)]

        assert gaps == [
            templates.Gap("a", is_quoted=False),
            templates.Gap("b", is_quoted=True),
            templates.Gap("c", is_quoted=True),
        ]


class TestNames:
    def test_are_in_order_and_without_the_prefix(self) -> None:
        assert templates.names("{{ lead.b }} {{ lead.home.city }} {{ profile }}") == (
            "b",
            "home.city",
            "profile",
        )
