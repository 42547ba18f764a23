"""The first owner comes by a one-time link."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from headgate import clock
from headgate.services.people import membership
from headgate.storage import accounts

SAID = {
    "email": "Owner@Acme.example",
    "password": "water-flows-down",
    "name": "Acme Leads",
    "timezone": "Europe/Berlin",
    "currency": "eur",
}


@pytest.fixture
def link(database: object, installation: None) -> str:
    token = membership.open_set_up(now=clock.now())
    assert token
    return f"/set-up/{token}"


class TestTheLink:
    def test_makes_the_owner_and_the_account(self, link: str) -> None:
        client = Client()

        response = client.post(link, SAID)

        account = accounts.find("acme-leads")
        assert response.headers["Location"] == "/"
        assert account is not None
        assert (account.timezone, account.currency) == ("Europe/Berlin", "EUR")
        assert "Acme Leads" in client.get("/leads").content.decode()

    def test_begins_with_an_example_that_takes_a_lead(self, link: str) -> None:
        client = Client()
        client.post(link, {**SAID, "example": "on"})

        sent = client.post("/dashboard/test-lead")

        trace = client.get(sent.headers["Location"]).content.decode()
        assert "Went to First example partner" in trace

    def test_begins_empty_otherwise(self, link: str) -> None:
        client = Client()
        client.post(link, SAID)

        assert "Create an entity" in client.get("/distribution").content.decode()

    def test_works_once(self, link: str) -> None:
        Client().post(link, SAID)

        again = Client().post(link, {**SAID, "email": "second@acme.example"})

        assert again.status_code == 410
        assert membership.open_set_up(now=clock.now()) is None

    def test_outlives_no_hour(self, database: object, installation: None) -> None:
        an_hour_ago = clock.now() - timedelta(hours=1)
        token = membership.open_set_up(now=an_hour_ago)

        assert Client().get(f"/set-up/{token}").status_code == 410

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"password": "short"}, "too short"),
            ({"email": "nobody"}, "is not an email address"),
            ({"timezone": "Mars/Olympus"}, "No such time zone"),
            ({"currency": "€"}, "three letters"),
        ],
    )
    def test_says_what_is_wrong_and_stands(
        self, link: str, wrong: dict[str, str], said: str
    ) -> None:
        response = Client().post(link, SAID | wrong)

        assert response.status_code == 422
        assert said in response.content.decode()
        assert Client().get(link).status_code == 200

    def test_that_was_never_one_is_void(self, database: object, now: datetime) -> None:
        assert Client().get("/set-up/nonsense").status_code == 410
