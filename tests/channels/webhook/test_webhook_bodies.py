"""What a webhook's body and query say, in each format."""

import json
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from webhook_requests import URL, headers, rendered

from headgate.channels.contract import LeadFacts
from headgate.domain.delivery_settings import (
    FieldChoice,
    Format,
    Method,
)
from headgate.domain.fields import Field, FieldType


class TestJson:
    def test_is_the_default_body_of_the_contract(self, facts: LeadFacts) -> None:
        request = rendered(facts)

        assert list(json.loads(request.body)) == [
            *("delivery_id", "lead_id", "entity", "profile", "received_at", "test", "fields")
        ]
        assert json.loads(request.body)["fields"] == {
            "first_name": 'Ann "A" <&> Ñ\x02\r\n',
            "email": "ann@example.com",
            "zip": "90210",
            "budget": 20000.50,
            "owner": True,
            "wishes": ["roof", "wall"],
            "home": {"line1": "1 Main St", "city": "Reno"},
            "ssn": "078-05-1120",
            "phone": None,
        }

    def test_sends_chosen_fields_under_their_names(self, facts: LeadFacts) -> None:
        choice = FieldChoice((("vorname", "first_name"), ("city", "home.city"), ("tel", "phone")))

        request = rendered(
            replace(facts, values={**facts.values, "first_name": "Ann"}), fields=choice
        )

        assert json.loads(request.body)["fields"] == {"vorname": "Ann", "city": "Reno", "tel": None}

    def test_writes_numbers_exactly(self, facts: LeadFacts) -> None:
        assert b'"budget":20000.50' in rendered(facts).body


class TestForm:
    def test_is_pairs_with_the_ids_beside_them(self, facts: LeadFacts) -> None:
        pairs = parse_qsl(rendered(facts, format=Format.FORM).body.decode())

        assert pairs == [
            ("delivery_id", facts.delivery_id),
            ("lead_id", facts.lead_id),
            ("first_name", 'Ann "A" <&> Ñ\x02\r\n'),
            ("email", "ann@example.com"),
            ("zip", "90210"),
            ("budget", "20000.50"),
            ("owner", "true"),
            ("wishes", "roof, wall"),
            ("home", "1 Main St, Reno"),
            ("ssn", "078-05-1120"),
        ]


class TestXml:
    def test_has_one_element_for_each_field_that_has_a_value(self, facts: LeadFacts) -> None:
        root = ET.fromstring(rendered(facts, format=Format.XML).body)  # noqa: S314

        assert root.tag == "lead"
        assert {each.tag: each.text for each in root} == {
            "delivery_id": facts.delivery_id,
            "lead_id": facts.lead_id,
            "first_name": 'Ann "A" <&> Ñ\r\n',
            "email": "ann@example.com",
            "zip": "90210",
            "budget": "20000.50",
            "owner": "true",
            "wishes": "roof, wall",
            "home": "1 Main St, Reno",
            "ssn": "078-05-1120",
        }

    @given(st.text(st.characters(exclude_categories=["Cs"])))
    def test_can_be_read_whatever_a_lead_says(self, text: str) -> None:
        field = Field("x", FieldType.TEXTAREA, "X")
        facts = LeadFacts("d", "l", "e", "E", "p", "t", False, (field,), {"x": text})

        root = ET.fromstring(rendered(facts, format=Format.XML).body)  # noqa: S314

        assert set(root[2].text or "") <= set(text)

    def test_makes_element_names_of_any_names(self, facts: LeadFacts) -> None:
        choice = FieldChoice((("first name", "zip"), ("1st", "zip"), ("<x>", "zip")))

        root = ET.fromstring(rendered(facts, format=Format.XML, fields=choice).body)  # noqa: S314

        assert [each.tag for each in root][2:] == ["first_name", "_1st", "_x_"]


class TestGet:
    def test_puts_the_pairs_into_the_query(self, facts: LeadFacts) -> None:
        request = rendered(
            facts, url=f"{URL}?a=1", method=Method.GET, fields=FieldChoice((("z", "zip"),))
        )

        assert parse_qsl(urlsplit(request.url).query) == [
            ("a", "1"),
            ("delivery_id", facts.delivery_id),
            ("lead_id", facts.lead_id),
            ("z", "90210"),
        ]
        assert request.body == b""
        assert "content-type" not in headers(request)


class TestTemplate:
    @pytest.mark.parametrize(
        ("format_", "template", "expected"),
        [
            (Format.JSON, '{"n": "{{ lead.first_name }}"}', b'{"n": "Ann \\"A\\"'),
            (Format.JSON, '{"b": {{ lead.budget }}}', b'{"b": 20000.50}'),
            (Format.JSON, '{"b": "{{ lead.budget }}"}', b'{"b": "20000.50"}'),
            (Format.JSON, '{"p": "{{ lead.phone }}"}', b'{"p": ""}'),
            (Format.JSON, '{"p": {{ lead.phone }}}', b'{"p": null}'),
            (Format.JSON, '{"w": {{ lead.wishes }}}', b'{"w": ["roof","wall"]}'),
            (Format.JSON, '{"t": {{ lead.test }}, "i": "{{ lead.id }}"}', b'{"t": false, "i": "01'),
            (Format.FORM, "n={{ lead.first_name }}&p={{ lead.phone }}", b"n=Ann+%22A%22+%3C%26%3E"),
            (Format.FORM, "p={{ lead.phone }}", b"p="),
            (Format.XML, "<a>{{ lead.first_name }}</a>", b"<a>Ann &quot;A&quot; &lt;&amp;&gt;"),
            (Format.XML, "<a>{{ lead.phone }}</a>", b"<a></a>"),
            (Format.XML, "<a>{{ lead.nothing }}</a>", b"<a></a>"),
        ],
    )
    def test_is_filled_with_escaped_values(
        self, facts: LeadFacts, format_: Format, template: str, expected: bytes
    ) -> None:
        assert rendered(facts, format=format_, template=template).body.startswith(expected)

    @given(st.text(st.characters(exclude_categories=["Cs"])))
    def test_stays_the_json_that_it_was_whatever_a_lead_says(self, text: str) -> None:
        facts = LeadFacts("d", "l", "e", "E", "p", "t", False, (), {"x": text})

        body = rendered(facts, template='{"in": "{{ lead.x }}", "out": {{ lead.x }}}').body

        assert json.loads(body) == {"in": text, "out": text}
