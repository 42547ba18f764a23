"""The pages on which forms are built, tried and taken down."""

import asyncio
import html
import re
from typing import Any

import pytest
from django.test import Client
from reception import RON, Reception, text_of

from headgate.services import form_filling, setups
from headgate.services.form_filling import Circumstances, Filled
from headgate.services.intake import receive_leads
from headgate.services.people import membership
from headgate.services.rates import Rates
from headgate.services.routing import Leases
from headgate.storage import models
from headgate.storage.people import Role

NEW = {
    "title": "Get a quote",
    "entity": "solar",
    "source": "api",
    "fields[0].key": "email",
    "fields[1].key": "first_name",
    "fields[1].label": "Your name",
    "fields[1].required:flag": ["no", "yes"],
    "fields[1].hidden:flag": "no",
    "fields[2].key": "zip",
    "fields[2].hidden:flag": ["no", "yes"],
    "fields[2].param": "place",
    "consent.text:verbatim": "I agree.",
    "consent.required:flag": ["no", "yes"],
    "after": "partner",
    "thank_you:verbatim": "",
    "protection.honeypot:flag": ["no", "yes"],
    "protection.min_seconds:number": "3",
    "protection.proof_of_work:flag": "no",
    "origins:lines": "https://acme.example\r\n",
}


@pytest.fixture
def client(reception: Reception) -> Client:
    return reception.at_the_desk()


def post(client: Client, path: str, **changed: Any) -> Any:
    version = re.search(r'name="_seen" value="(\d+)"', text_of(client, path))
    assert version
    return client.post(path, {"_seen": version[1], **NEW, **changed})


def forms(reception: Reception) -> Any:
    return setups.in_force(reception.account_id).configuration.forms


class TestTheList:
    def test_names_the_next_step_while_it_is_empty(self, client: Client) -> None:
        assert "Create the first form" in text_of(client, "/forms")

    def test_shows_where_each_form_stands(self, reception: Reception, client: Client) -> None:
        post(client, "/forms/new")

        text = text_of(client, "/forms")

        assert "Get a quote" in text
        assert 'href="http://testserver/f/acme/get-a-quote"' in text
        assert "Get a quote" not in text_of(reception.at_the_desk(RON), "/forms")


class TestTheBuilder:
    def test_begins_with_what_the_entity_has(self, client: Client) -> None:
        text = text_of(client, "/forms/new")

        keys = re.findall(r'name="fields\[\d\].key" value="(\w+)"', text)
        assert keys == ["first_name", "email", "zip"]
        assert '<option value="ssn">' in text

    def test_publishes_a_version(self, reception: Reception, client: Client) -> None:
        answer = post(client, "/forms/new")

        assert answer.status_code == 302
        assert answer.headers["Location"] == "/forms/of/get-a-quote?done=made"
        (form,) = forms(reception)
        assert form.fields == ("email", "first_name", "zip")
        assert form.questions["first_name"].label == "Your name"
        assert form.questions["first_name"].required
        assert form.parameter("zip") == "place"
        assert form.redirect == "partner"
        assert form.protection.min_seconds == 3
        assert form.origins == ("https://acme.example",)

    def test_changes_nothing_when_nothing_was_changed(
        self, reception: Reception, client: Client
    ) -> None:
        post(client, "/forms/new")
        before = setups.in_force(reception.account_id).version

        answer = post(client, "/forms/of/get-a-quote")

        assert answer.status_code == 302
        assert setups.in_force(reception.account_id).version == before

    def test_shows_what_stands_in_the_form(self, client: Client) -> None:
        post(client, "/forms/new")

        text = text_of(client, "/forms/of/get-a-quote", done="made")

        assert 'name="fields[1].label" type="text" value="Your name"' in text
        assert '<option value="partner" selected>' in text
        assert "embed.js" in text
        assert "Published" in text

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"title": ""}, "has no title"),
            ({"after": "address", "redirect": ""}, "names no host"),
            ({"origins:lines": "acme.example"}, "begins with https://"),
            ({"protection.min_seconds:number": "soon"}, "whole number"),
            ({"fields[2].param": "a b"}, "no parameter"),
            ({"source": "nobody"}, "nobody"),
            ({"entity": "nothing"}, "choose one of the entities"),
        ],
    )
    def test_names_what_is_wrong(
        self, reception: Reception, client: Client, changed: dict[str, str], said: str
    ) -> None:
        answer = post(client, "/forms/new", **changed)

        assert answer.status_code == 422
        assert said in html.unescape(answer.content.decode())
        assert forms(reception) == ()

    @pytest.mark.parametrize(
        ("deed", "keys"),
        [
            ("up fields[1]", ["first_name", "email", "zip"]),
            ("down fields[1]", ["email", "zip", "first_name"]),
            ("remove fields[0]", ["first_name", "zip"]),
            ("add fields", ["email", "first_name", "zip", "ssn"]),
            ("redraw", ["email", "first_name", "zip"]),
        ],
    )
    def test_moves_fields_without_scripts(
        self, reception: Reception, client: Client, deed: str, keys: list[str]
    ) -> None:
        answer = post(client, "/forms/new", _do=deed, _field="ssn")

        text = answer.content.decode()
        assert re.findall(r'name="fields\[\d\].key" value="(\w+)"', text) == keys
        assert forms(reception) == ()

    @pytest.mark.parametrize(
        "changed",
        [{"_do": "add fields", "_field": "x"}, {"_do": "explode"}, {"_seen": "x"}, {"a b": "c"}],
    )
    def test_refuses_what_no_page_of_it_sends(
        self, client: Client, changed: dict[str, str]
    ) -> None:
        assert post(client, "/forms/new", **changed).status_code == 400

    def test_shows_the_form_as_it_would_be(self, client: Client) -> None:
        answer = post(client, "/forms/new", _do="redraw", title="<i>New</i> title")

        found = re.search(r'<iframe [^>]*\bsandbox srcdoc="([^"]*)"', answer.content.decode())
        assert found
        page = html.unescape(found[1])
        assert "&lt;i&gt;New&lt;/i&gt; title" in page
        assert "Your name" in page
        assert "<script" not in page

    def test_tells_of_a_change_in_between(self, reception: Reception, client: Client) -> None:
        post(client, "/forms/new")
        seen = setups.in_force(reception.account_id).version
        post(client, "/forms/of/get-a-quote", title="Another title")

        answer = client.post("/forms/of/get-a-quote", {"_seen": seen, **NEW, "title": "Mine"})

        assert answer.status_code == 409
        assert "Another title" in answer.content.decode()

    def test_is_for_members_too(self, reception: Reception) -> None:
        membership.create_user(
            account_id=reception.account_id,
            email="mel@acme.example",
            password="water-flows-down",
            role=Role.MEMBER,
            now=reception.now,
        )

        client = reception.at_the_desk("mel@acme.example")

        assert post(client, "/forms/new").status_code == 302


class TestAFormsActs:
    def test_lead_to_a_test(self, client: Client) -> None:
        post(client, "/forms/new")

        answer = client.get("/forms/of/get-a-quote/test")

        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("http://testserver/f/acme/get-a-quote?test=")

    def test_take_it_down(self, reception: Reception, client: Client) -> None:
        post(client, "/forms/new")

        answer = client.post("/forms/of/get-a-quote/archive", follow=True)

        assert "Archived" in answer.content.decode()
        assert forms(reception) == ()

    @pytest.mark.parametrize("path", ["", "/test", "/archive"])
    def test_are_the_accounts_own(self, reception: Reception, client: Client, path: str) -> None:
        post(client, "/forms/new")
        stranger = reception.at_the_desk(RON)

        ask = stranger.post if path == "/archive" else stranger.get

        assert ask(f"/forms/of/get-a-quote{path}").status_code == 404


class TestAnAccountWithoutEntities:
    def test_is_told_what_comes_first(self, reception: Reception) -> None:
        client = reception.at_the_desk(RON)

        assert "The entity has to be there first" in text_of(client, "/forms")
        assert client.get("/forms/new").status_code == 302


class TestALeadOfAForm:
    @pytest.fixture
    def held_back(self, reception: Reception, client: Client) -> str:
        """Return the address of a lead that a machine seems to have sent."""
        post(client, "/forms/new")
        shown = form_filling.find_form(account="acme", slug="get-a-quote")
        seen = Circumstances(address="192.0.2.7", page="https://acme.example/solar")
        values = {"first_name": "Ann", "email": "ann@example.com"}
        filled = Filled(
            values, token="", proof="", is_baited=True, consents=True, circumstances=seen
        )
        submission = form_filling.fill_in(shown, filled, now=reception.now)
        receive_leads(submissions=[submission], rates=Rates(), leases=Leases(0), now=reception.now)
        return f"/leads/{submission.id}"

    def test_says_what_was_agreed_to_and_why_it_is_held_back(
        self, client: Client, held_back: str
    ) -> None:
        text = text_of(client, held_back)

        assert '<dd dir="auto">I agree.</dd>' in text
        assert "https://acme.example/solar" in text
        assert "192.0.2.7" in text
        assert "a field that people do not see was filled in" in text

    def test_can_be_distributed_by_hand(
        self, reception: Reception, client: Client, held_back: str
    ) -> None:
        client.post(f"{held_back}/distribute")

        assert "Kept back" not in text_of(client, held_back)
        assert models.Lead.objects.get().state == "in_delivery"

    def test_is_exported_with_its_evidence(self, client: Client, held_back: str) -> None:
        async def read(answer: Any) -> bytes:
            return b"".join([part async for part in answer.streaming_content])

        answer = client.get("/leads/export?state=quarantined&column=consent&column=reason")

        text = asyncio.run(read(answer)).decode()
        assert "honeypot" in text
        assert "Text shown: I agree." in text
