"""What a template makes is looked at before a lead is sent with it."""

import pytest

from headgate.domain.configuration.templates import fault_of_template
from headgate.domain.delivery_settings import Format, Webhook


def fault(format_: Format, template: str | None) -> str | None:
    return fault_of_template(Webhook("https://a.example/", format=format_, template=template))


class TestATemplate:
    @pytest.mark.parametrize(
        ("format_", "template"),
        [
            (
                Format.JSON,
                '{"a": "{{ lead.a }} and {{lead.b}}", "b": {{ lead.b }}, "c": [{{ id }}]}',
            ),
            (Format.JSON, '{"in": {"side": {{ lead.a }}}}'),
            (Format.JSON, None),
            (Format.XML, '<?xml version="1.0"?><a b="{{ lead.b }}"><c>{{ lead.c }}</c></a>\n'),
            (Format.XML, "<!DOCTYPE a [<!ENTITY e '{{ lead.a }}'>]><a>&e;</a>"),
            (Format.FORM, "a={{ lead.a }}&&"),
        ],
    )
    def test_that_makes_what_it_should_is_left_alone(
        self, format_: Format, template: str | None
    ) -> None:
        assert fault(format_, template) is None

    @pytest.mark.parametrize(
        ("format_", "template", "said"),
        [
            (Format.JSON, '{"a": {{ lead.a }}', "makes no JSON"),
            (Format.JSON, '{"a": {{ lead.a }},}', "makes no JSON"),
            (Format.JSON, "<a>{{ lead.a }}</a>", "makes no JSON"),
            (Format.XML, "<a>{{ lead.a }}</b>", "mismatched tag"),
            (Format.XML, '{"a": "{{ lead.a }}"}', "makes no XML"),
        ],
    )
    def test_that_does_not_is_told_with_the_fault(
        self, format_: Format, template: str, said: str
    ) -> None:
        assert said in (fault(format_, template) or "")
