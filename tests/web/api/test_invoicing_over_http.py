"""Invoices over HTTP: seen first, made, issued, paid, taken back, and sent."""

import io
from datetime import UTC, datetime
from email import message_from_bytes
from functools import partial
from typing import Any

import facturx
import pypdf
import pytest
from desk import Desk

from headgate import clock
from headgate.domain.deliveries import Outcome
from headgate.services import configuration, verification

# What depends on the engine is tested where invoices are made.
pytestmark = pytest.mark.only_on("sqlite")
BILLING = """
version: 1
account:
  slug: acme
  name: Acme
  timezone: America/Los_Angeles
  currency: USD
  billing: {name: Acme Inc., country: US, payment: By check., number_format: "A-{number:3}"}
"""
PARTNER = """
partners:
  - slug: sunpeak
    name: SunPeak Energy
    billing: {name: SunPeak Inc., country: US, email: accounts@sunpeak.example}
    delivery: {channel: webhook, url: "https://sunpeak.example/leads", retry: none}
  - {slug: helios, name: Helios, delivery: {channel: portal, accept: required}}
"""
MAIL = """
email: {smtp: {host: mail.example, sender: "Acme <billing@acme.example>"}}
"""


def applied(desk: Desk, text: str) -> None:
    apply = partial(configuration.apply_configuration, account_slug=None, trusted=True)
    desk.run(partial(apply, source=text.encode(), made_by="test", now=clock.now()))


@pytest.fixture
def billing(desk: Desk) -> Desk:
    applied(desk, BILLING + PARTNER + MAIL)
    for name in ("a", "b"):
        desk.post_lead(fields={"email": f"{name}@x.example"})
        desk.end_tries(Outcome.DELIVERED)
    return desk


def period() -> dict[str, str]:
    today = datetime.now(UTC)
    return {
        "partner": "sunpeak",
        "from": f"{today.year - 1}-01-01",
        "to": f"{today.year + 1}-12-31",
    }


def post(desk: Desk, path: str, **body: Any) -> Any:
    return desk.call("POST", f"/api/v1/invoices{path}", body)


def issued(desk: Desk) -> Any:
    draft = post(desk, "", **period()).json
    return post(desk, f"/{draft['id']}/issue").json


class TestInvoices:
    def test_are_seen_before_they_are_made(self, billing: Desk) -> None:
        seen = post(billing, "?dry_run=true", **period())

        assert (seen.status, seen.json["total"], seen.json["number"]) == (200, "25.00", None)
        assert billing.call("GET", "/api/v1/invoices").json["items"] == []

    def test_go_from_draft_to_paid(self, billing: Desk) -> None:
        draft = post(billing, "", **period())
        path = f"/{draft.json['id']}"
        states = [draft.json["state"]]
        for act in ("issue", "pay", "reopen"):
            states.append(post(billing, f"{path}/{act}").json["state"])

        assert draft.status == 201
        assert states == ["draft", "issued", "paid", "issued"]

    def test_are_taken_back_in_part(self, billing: Desk) -> None:
        invoice = issued(billing)

        note = post(billing, f"/{invoice['id']}/credit", amount="5.00", reason="Late")

        assert (note.status, note.json["number"], note.json["total"]) == (201, "A-002", "-5.00")
        assert note.json["corrects"] == {"id": invoice["id"], "number": "A-001"}
        assert list(billing.run(lambda: list(verification.verify()))) == []

    def test_are_listed_by_state(self, billing: Desk) -> None:
        invoice = issued(billing)

        found = billing.call("GET", "/api/v1/invoices?state=issued&partner=sunpeak").json

        assert [each["id"] for each in found["items"]] == [invoice["id"]]
        assert billing.call("GET", "/api/v1/invoices?state=paid").json["items"] == []

    def test_say_what_is_missing(self, billing: Desk) -> None:
        draft = post(billing, "", **(period() | {"partner": "helios"})).json

        refusal = post(billing, f"/{draft['id']}/issue")

        assert refusal.status == 422
        assert refusal.json["errors"][0]["field"] == "partners.helios.billing"

    def test_are_discarded_only_as_drafts(self, billing: Desk) -> None:
        draft = post(billing, "", **period()).json
        path = f"/api/v1/invoices/{draft['id']}"

        assert billing.call("DELETE", path).status == 204
        assert billing.call("GET", path).status == 404
        assert billing.call("DELETE", f"/api/v1/invoices/{issued(billing)['id']}").status == 409

    def test_of_another_account_are_not_there(self, billing: Desk) -> None:
        invoice = issued(billing)

        for ending in ("", "/pdf", "/xml", "/lines.csv"):
            path = f"/api/v1/invoices/{invoice['id']}{ending}"
            assert billing.call("GET", path, key="rival admin").status == 404

    @pytest.mark.parametrize(
        "wrong", [{"from": "2026-13-01"}, {"to": "1999-01-01"}, {"partner": "nobody"}]
    )
    def test_of_a_wrong_period_are_refused(self, billing: Desk, wrong: dict[str, str]) -> None:
        refusal = post(billing, "", **(period() | wrong))

        assert refusal.status == 422


class TestItsFiles:
    def test_lead_from_each_line_to_its_leads(self, billing: Desk) -> None:
        invoice = issued(billing)

        found = billing.call("GET", f"/api/v1/invoices/{invoice['id']}/lines.csv")

        header, *rows = found.body.decode("utf-8-sig").splitlines()
        leads = billing.call("GET", "/api/v1/leads").json["items"]
        assert header == "id,line,at,kind,delivery,lead,amount,currency,reason"
        assert [row.split(",")[5] for row in rows] == [lead["id"] for lead in reversed(leads)]

    def test_are_a_pdf_with_its_xml_inside(self, billing: Desk) -> None:
        invoice = issued(billing)

        found = billing.call("GET", f"/api/v1/invoices/{invoice['id']}/pdf")

        name, xml = facturx.get_xml_from_pdf(found.body, check_xsd=True)
        assert (found.headers["content-type"], name) == ("application/pdf", "factur-x.xml")
        assert xml == billing.call("GET", f"/api/v1/invoices/{invoice['id']}/xml").body
        text = pypdf.PdfReader(io.BytesIO(found.body)).pages[0].extract_text()
        assert "A-001" in text
        assert "25.00" in text

    def test_are_mailed_to_the_partner(self, billing: Desk) -> None:
        invoice = issued(billing)

        answer = post(billing, f"/{invoice['id']}/mail")

        ((channel, mail),) = billing.asked
        attached = message_from_bytes(mail.message).get_payload()[1]
        assert answer.json["to"] == ["accounts@sunpeak.example"]
        assert (channel, attached.get_filename()) == ("email", "A-001.pdf")
        assert attached.get_payload(decode=True).startswith(b"%PDF")
        events = billing.call("GET", f"/api/v1/invoices/{invoice['id']}").json["events"]
        assert [each["kind"] for each in events] == ["mailed"]
