"""The pages of invoices: seen first, kept as a draft, issued, paid, taken back."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from ipaddress import ip_network
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.test import Client
from reception import ACME, DELIVERED, Reception, content_of, text_of

from headgate.services import configuration, setups
from headgate.storage import models

# What depends on the engine is tested where invoices are made.
pytestmark = pytest.mark.only_on("sqlite")
BILLED = ACME.replace(
    b"currency: USD}", b"currency: USD, billing: {name: Acme Inc., country: US}}"
).replace(
    b"name: Helios Homes\n",
    b"name: Helios Homes\n    billing: {name: Helios Inc., country: US}\n",
)
NOVEMBER = {"partner": "helios", "first": "2026-11-01", "last": "2026-11-30"}


def billed(reception: Reception, extra: bytes = b"") -> Client:
    configuration.apply_configuration(
        source=BILLED + extra, account_slug=None, trusted=True, made_by="test", now=reception.now
    )
    reception.post_lead(first_name="Annabel")
    reception.answer(DELIVERED)
    return reception.at_the_desk()


@contextmanager
def mailbox() -> Iterator[tuple[int, list[Any]]]:
    """Give the port of a mail server, and what comes to it."""
    came: list[Any] = []

    class Keeper:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
            came.append(envelope)
            return "250 kept"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(Keeper(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield port, came
    finally:
        server.stop()


def drafted(client: Client) -> str:
    return str(client.post("/invoices/new", NOVEMBER).headers["Location"]).partition("?")[0]


def issued(client: Client) -> str:
    path = drafted(client)
    client.post(f"{path}/issue")
    return path


class TestMakingAnInvoice:
    def test_shows_it_first(self, reception: Reception) -> None:
        client = billed(reception)

        page = text_of(client, "/invoices/new?partner=helios&first=2026-11-01&last=2026-11-30")

        assert "Leads, Residential" in page
        assert "12.50" in page
        assert models.InvoiceDraft.objects.count() == 0

    def test_keeps_a_draft_with_both_days(self, reception: Reception) -> None:
        drafted(billed(reception))

        draft = models.InvoiceDraft.objects.get()
        assert (draft.from_on, draft.until_on) == (date(2026, 11, 1), date(2026, 12, 1))

    def test_says_what_is_wrong_with_the_days(self, reception: Reception) -> None:
        answer = billed(reception).post("/invoices/new", NOVEMBER | {"last": "2026-10-01"})

        assert answer.status_code == 422
        assert "not before the first" in content_of(answer)

    def test_says_what_the_set_up_lacks(self, reception: Reception) -> None:
        client = billed(reception)

        page = text_of(client, "/invoices/new?partner=sunpeak")

        assert "has no billing data" in page


class TestAnInvoicesPage:
    def test_issues_and_says_its_number(self, reception: Reception) -> None:
        client = billed(reception)
        path = drafted(client)

        client.post(f"{path}/issue")

        page = text_of(client, path)
        for said in ("Invoice 2026-0001", "Issued", "Helios Inc.", "12.50"):
            assert said in page

    def test_leads_from_a_line_to_the_lead(self, reception: Reception) -> None:
        client = billed(reception)
        path = issued(client)

        page = client.get(f"{path}/entries?line=1").content.decode()

        lead = models.Lead.objects.get()
        assert "Annabel" in page
        assert f"/leads/{lead.pk}/trace" in page

    def test_marks_it_paid_and_open_again(self, reception: Reception) -> None:
        client = billed(reception)
        path = issued(client)

        client.post(f"{path}/pay", {"paid_on": "2026-11-30", "note": "ACH 1"})
        paid = text_of(client, path)
        client.post(f"{path}/reopen")

        assert "marked as paid on 30 Nov 2026 <bdi>ACH 1" in paid
        assert "opened again" in text_of(client, path)

    def test_takes_it_back(self, reception: Reception) -> None:
        client = billed(reception)
        path = issued(client)

        answer = client.post(f"{path}/credit", {"reason": "Wrong address"})

        note = text_of(client, str(answer.headers["Location"]))
        assert "Credit note 2026-0002" in note
        assert "Credited" in text_of(client, path)

    def test_refuses_what_its_state_forbids(self, reception: Reception) -> None:
        client = billed(reception)
        path = issued(client)

        again, late = client.post(f"{path}/issue"), client.post(f"{path}/discard")

        assert (again.status_code, late.status_code) == (409, 409)
        assert "issued before, as 2026-0001" in content_of(again)

    def test_discards_a_draft(self, reception: Reception) -> None:
        client = billed(reception)

        answer = client.post(f"{drafted(client)}/discard")

        assert answer.headers["Location"] == "/invoices?done=discarded"
        assert models.InvoiceDraft.objects.count() == 0

    def test_gives_its_files(self, reception: Reception) -> None:
        client = billed(reception)
        path = issued(client)

        pdf, xml = client.get(f"{path}.pdf"), client.get(f"{path}.xml")

        assert pdf.content.startswith(b"%PDF")
        assert b"2026-0001" in xml.content
        assert 'filename="2026-0001.pdf"' in pdf.headers["Content-Disposition"]

    def test_mails_it(self, reception: Reception, settings: Any) -> None:
        settings.ALLOW_PRIVATE_NETWORKS = (ip_network("127.0.0.0/8"),)
        with mailbox() as (port, came):
            smtp = f"{{host: 127.0.0.1, port: {port}, security: none, sender: a@acme.example}}"
            client = billed(reception, f"email: {{smtp: {smtp}}}\n".encode())
            path = issued(client)

            answer = client.post(f"{path}/mail", {"to": "books@helios.example"})

        assert answer.headers["Location"] == f"{path}?done=mailed"
        assert came[0].rcpt_tos == ["books@helios.example"]
        assert b"2026-0001.pdf" in came[0].content
        assert "mailed to <bdi>books@helios.example" in text_of(client, path)

    def test_says_why_it_could_not_be_mailed(self, reception: Reception) -> None:
        client = billed(reception)

        answer = client.post(f"{issued(client)}/mail", {"to": "books@helios.example"})

        assert answer.status_code == 422
        assert "SMTP is not configured" in content_of(answer)


class TestTheListOfInvoices:
    def test_narrows_by_state_and_partner(self, reception: Reception) -> None:
        client = billed(reception)
        issued(client)
        client.post("/invoices/new", NOVEMBER | {"partner": "sunpeak"})

        both, drafts = text_of(client, "/invoices"), text_of(client, "/invoices?state=draft")

        assert "2026-0001" in both
        assert "2026-0001" not in drafts
        assert "SunPeak Energy" in drafts

    def test_is_exported(self, reception: Reception) -> None:
        client = billed(reception)
        issued(client)

        answer: Any = client.get("/invoices.csv?partner=helios")

        assert re.search(r"2026-0001,issued,invoice,helios,2026-11-01", content_of(answer))

    def test_is_not_for_another_account(self, reception: Reception) -> None:
        path = issued(billed(reception))

        for ending in ("", ".pdf", "/entries"):
            assert reception.at_the_desk("ron@rival.example").get(path + ending).status_code == 404


class TestBillingData:
    def test_is_saved_and_survives_the_general_page(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        said = {"billing.name": "Acme Inc.", "billing.country": "US", "billing.every": "never"}

        for path, form in (
            ("/settings/billing", said),
            ("/settings/general", {"name": "Acme", "timezone": "UTC", "currency": "USD"}),
        ):
            seen = re.search(r'name="_seen" value="(\d+)"', content_of(client.get(path)))
            assert seen
            assert client.post(path, form | {"_seen": seen[1]}).status_code == 302

        assert "Acme Inc." in content_of(client.get("/settings/billing"))

    def test_that_is_wrong_is_said_at_its_control(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        seen = re.search(r'name="_seen" value="(\d+)"', content_of(client.get("/settings/billing")))
        assert seen

        answer = client.post(
            "/settings/billing",
            {
                "billing.name": "Acme",
                "billing.country": "US",
                "billing.tax": "19",
                "_seen": seen[1],
            },
        )

        assert answer.status_code == 422
        assert "an invoice with tax shows it" in content_of(answer)

    @pytest.mark.parametrize("name", ["", "SunPeak Inc."])
    def test_of_a_partner_is_there_once_it_is_filled_in(
        self, reception: Reception, name: str
    ) -> None:
        client, path = reception.at_the_desk(), "/partners/of/sunpeak/edit"
        seen = re.search(r'name="_seen" value="(\d+)"', content_of(client.get(path)))
        assert seen
        country = {"billing.country": "US"} if name else {}

        answer = client.post(
            path,
            {
                "name": "SunPeak Energy",
                "billing.name": name,
                "billing.reverse_charge:flag": "no",
                "_seen": seen[1],
                **country,
            },
        )

        assert answer.status_code == 302, content_of(answer)
        said = setups.in_force(reception.account_id).configuration.partner("sunpeak")
        assert said
        assert (said.billing.name if said.billing else "") == name
