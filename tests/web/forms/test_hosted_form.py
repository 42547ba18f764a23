"""A hosted form: what it shows, and the lead that becomes of it."""

import json
import re
from typing import Any

import pytest
from booth import Booth


def fields_of(lead: Any) -> Any:
    return json.loads(lead.fields)


class TestThePage:
    def test_asks_for_the_forms_fields_in_their_order(self, booth: Booth) -> None:
        page = booth.open()

        names = re.findall(r"<(?:input|select|textarea)[^>]* name=\"([a-z_.0-9]+)\"", page)
        assert list(dict.fromkeys(names))[:7] == [
            "first_name", "email", "note", "kind", "wishes", "owner", "home.line1",
        ]  # fmt: skip
        assert "ssn" not in page
        assert "Your e-mail" in page
        assert "We never share it" in page
        assert "I agree to be called." in page

    def test_needs_neither_cookie_nor_script(self, booth: Booth) -> None:
        answer = booth.visit("GET", "/f/acme/quote")

        assert "set-cookie" not in answer.headers
        assert not re.findall(rb"<script(?![^>]*\bsrc=)|\son[a-z]+=|\sstyle=", answer.body)
        assert "unsafe" not in answer.headers["content-security-policy"]

    def test_takes_hidden_values_from_its_address(self, booth: Booth) -> None:
        page = booth.open("?utm_source=news%22letter&origin=forged")

        assert '<input type="hidden" name="campaign" value="news&quot;letter">' in page
        assert "forged" not in page

    def test_begins_with_the_values_that_the_form_says(self, booth: Booth) -> None:
        booth.set_up("      - kind\n", "      - {key: kind, value: condo}\n")

        page = booth.open()

        assert '<option value="condo" selected>' in page

    @pytest.mark.parametrize("path", ["/f/acme/nothing", "/f/nobody/quote", "/f/acme", "/f/%00/x"])
    def test_is_not_found_elsewhere(self, booth: Booth, path: str) -> None:
        answer = booth.visit("GET", path)

        assert answer.status == 404
        assert b"There is no form here" in answer.body

    def test_is_framed_by_its_origins_alone(self, booth: Booth) -> None:
        answer = booth.visit("GET", "/f/acme/quote")

        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors https://acme.example" in policy
        assert "x-frame-options" not in answer.headers

    def test_is_framed_by_nobody_without_origins(self, booth: Booth) -> None:
        booth.set_up('    origins: ["https://acme.example"]\n')

        answer = booth.visit("GET", "/f/acme/quote")

        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY"


class TestAFormThatIsSent:
    def test_becomes_a_lead_of_its_source(self, booth: Booth) -> None:
        answer = booth.fill_in(
            query="?utm_source=news",
            kind="condo",
            wishes=["roof", "battery"],
            owner="yes",
            home__line1="1 Main St",
            home__city="Denver",
            origin="forged",
        )

        assert answer.status == 200
        assert b"We will call you." in answer.body
        (lead,) = booth.leads()
        assert lead.state == "in_delivery"
        assert fields_of(lead) == {
            "first_name": "Ann",
            "email": "ann@example.com",
            "kind": "condo",
            "wishes": ["roof", "battery"],
            "owner": True,
            "home": {"line1": "1 Main St", "city": "Denver"},
            "campaign": "news",
            "origin": "spring",
        }

    def test_leaves_out_what_it_does_not_ask_for(self, booth: Booth) -> None:
        booth.fill_in(ssn="078-05-1120", status="Won", test="yes", source="api")

        (lead,) = booth.leads()
        assert lead.sealed is None
        assert lead.status == "New"
        assert not lead.test

    def test_takes_an_unticked_box_for_a_no(self, booth: Booth) -> None:
        booth.fill_in()

        (lead,) = booth.leads()
        assert fields_of(lead)["owner"] is False

    def test_comes_back_with_errors_and_what_was_typed(self, booth: Booth) -> None:
        answer = booth.fill_in(email="ann@", note="a\n<b>", _consent=None, kind="condo")

        page = answer.body.decode()
        assert answer.status == 422
        assert booth.leads() == []
        assert 'value="ann@"' in page
        assert "a\n&lt;b&gt;</textarea>" in page
        assert '<option value="condo" selected>' in page
        assert 'aria-describedby="field-email-error field-email-help"' in page
        assert "Your e-mail must be an email address" in page
        assert "Please tick this box" in page
        assert booth.fill_in(page).status == 200
        assert len(booth.leads()) == 1

    def test_may_insist_where_the_entity_does_not(self, booth: Booth) -> None:
        booth.set_up("      - kind\n", "      - {key: kind, required: true}\n")

        assert booth.fill_in().status == 422
        assert booth.fill_in(kind="house").status == 200

    def test_does_without_a_hidden_value_that_nobody_could_mend(self, booth: Booth) -> None:
        answer = booth.fill_in(query="?utm_source=" + "x" * 1_001)

        assert answer.status == 200
        assert "campaign" not in fields_of(booth.leads()[0])

    def test_obeys_its_source_on_invalid_values(self, booth: Booth) -> None:
        booth.set_up("name: Site}", "name: Site, on_invalid: quarantine}")

        answer = booth.fill_in(email="ann@")

        assert answer.status == 200
        (lead,) = booth.leads()
        assert (lead.state, lead.reason) == ("quarantined", "invalid_fields")

    def test_obeys_the_rate_of_its_source(self, booth: Booth) -> None:
        booth.set_up("name: Site}", "name: Site, rate: {per_minute: 1}}")
        booth.fill_in()

        answer = booth.fill_in(email="bob@example.com")

        assert answer.status == 429
        assert int(answer.headers["retry-after"]) > 0
        assert 'value="bob@example.com"' in answer.body.decode()

    def test_is_a_duplicate_like_any_other(self, booth: Booth) -> None:
        booth.fill_in()
        answer = booth.fill_in()

        assert answer.status == 200
        assert [lead.state for lead in booth.leads()] == ["in_delivery", "duplicate"]

    def test_is_never_thanked_for_while_it_cannot_be_stored(self, booth: Booth) -> None:
        page = booth.open()
        booth.takes_no_writes = True

        answer = booth.fill_in(page)

        assert answer.status == 503
        assert b"We will call you" not in answer.body
        assert b'value="ann@example.com"' in answer.body

    @pytest.mark.parametrize(
        ("body", "kind", "status"),
        [
            (b"first_name=%ff", "application/x-www-form-urlencoded", 400),
            ("first_name=Ä".encode(), "application/x-www-form-urlencoded", 400),
            (b"a=b&" * 1_001, "application/x-www-form-urlencoded", 400),
            (b"x" * 300_000, "application/x-www-form-urlencoded", 413),
            (b"first_name=Ann", "multipart/form-data; boundary=x", 415),
            (b"first_name=Ann", "text/plain", 415),
        ],
    )
    def test_is_refused_where_it_cannot_be_read(
        self, booth: Booth, body: bytes, kind: str, status: int
    ) -> None:
        answer = booth.post(body, **{"content-type": kind})

        assert answer.status == status
        assert answer.headers["content-type"].startswith("text/html")


class TestWhereItLeads:
    def test_may_be_another_page(self, booth: Booth) -> None:
        booth.set_up(
            "    thank_you:", "    redirect: https://acme.example/thanks?a=b\n    thank_you:"
        )

        answer = booth.fill_in()

        assert answer.status == 303
        assert answer.headers["location"] == "https://acme.example/thanks?a=b"

    def test_is_left_to_the_page_around_a_frame(self, booth: Booth) -> None:
        booth.set_up("    thank_you:", "    redirect: https://acme.example/thanks\n    thank_you:")

        answer = booth.fill_in(query="?embed=1")

        assert answer.status == 200
        assert b'href="https://acme.example/thanks" target="_top" data-go-on' in answer.body

    @pytest.mark.parametrize(
        ("answered", "status"),
        [
            ("https://sunpeak.example/go", 303),
            ("javascript:alert(1)", 200),
            ("https://a.example/\r\nx: y", 200),
            (None, 200),
        ],
    )
    def test_may_be_where_the_partner_says(
        self, booth: Booth, answered: str | None, status: int
    ) -> None:
        booth.set_up("    thank_you:", "    redirect: partner\n    thank_you:")
        page = booth.open()
        first = booth.fill_in(page, query="?wait=0")

        def answer() -> None:
            from headgate.storage import models

            models.Lead.objects.update(redirect_url=answered)

        booth.run(answer)
        again = booth.fill_in(page, query="?wait=0")

        assert first.status == 200
        assert b"We will call you." in first.body
        assert again.status == status
        assert again.headers.get("location") == (answered if status == 303 else None)
