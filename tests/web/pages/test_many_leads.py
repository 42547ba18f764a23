"""Many leads at once: chosen or all of a list, counted before, told of after, exported."""

import asyncio
import csv
import io
import re
from typing import Any

import pytest
from django.test import Client
from reception import RON, Reception, text_of

from headgate.domain.ids import LeadId
from headgate.services import sweeping
from headgate.services.people import membership
from headgate.services.routing import Leases
from headgate.storage import leads
from headgate.storage.people import Role

MEMBER = "mia@acme.example"


@pytest.fixture
def member(reception: Reception) -> Client:
    membership.create_user(
        account_id=reception.account_id,
        email=MEMBER,
        password="water-flows-down",
        role=Role.MEMBER,
        now=reception.now,
    )
    return reception.at_the_desk(MEMBER)


def begun(client: Client, **posted: Any) -> str:
    answer = client.post("/leads/sweeps", posted)
    assert answer.status_code == 302, answer.content.decode()[-800:]
    return str(answer.headers["Location"])


def swept(reception: Reception) -> None:
    for sweep_id in sweeping.sweeps_to_go_on():
        sweeping.sweep_on(sweep_id=sweep_id, leases=Leases(0), now=reception.now)


def state(lead_id: LeadId) -> str:
    return str(leads.find_many([lead_id])[lead_id].state)


def downloaded(client: Client, query: str = "") -> list[list[str]]:
    response: Any = client.get(f"/leads/export{query}")

    async def read() -> bytes:
        return b"".join([part async for part in response.streaming_content])

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(asyncio.run(read()).decode("utf-8-sig"))))


class TestAnActOnManyLeads:
    def test_says_how_many_before_it_begins(self, reception: Reception) -> None:
        for n in range(3):
            reception.post_lead(first_name=f"Held {n}", distribute=False)
        reception.post_lead(first_name="Open")
        client = reception.at_the_desk()

        asked = client.post("/leads/sweeps/ask", {"act": "erase", "scope": "all", "state": "held"})

        assert "Erase 3 leads for good" in asked.content.decode()

    def test_takes_the_chosen_rows_and_says_what_it_left_out(self, reception: Reception) -> None:
        held = reception.post_lead(first_name="Held", distribute=False)
        open_one = reception.post_lead(first_name="Opened")
        client = reception.at_the_desk()

        page = begun(client, act="distribute", lead=[str(held), str(open_one)])
        running = text_of(client, page)
        swept(reception)
        done = text_of(client, page)

        assert 'hx-trigger="every 1s"' in running
        assert "2 of 2 leads looked at, 1 done, 1 left out" in done
        assert re.search(r"Opened</bdi></a></td><td[^>]*>the lead is in_delivery", done)
        assert state(held) == "in_delivery"

    def test_takes_no_lead_that_came_after_the_count(self, reception: Reception) -> None:
        first = reception.post_lead(first_name="First", distribute=False)
        client = reception.at_the_desk()
        asked = client.post("/leads/sweeps/ask", {"act": "erase", "scope": "all"}).content.decode()
        newest = re.search(r'name="newest" value="([^"]+)"', asked)
        assert newest
        second = reception.post_lead(first_name="Second", distribute=False)

        begun(client, act="erase", scope="all", newest=newest[1])
        swept(reception)

        assert (state(first), state(second)) == ("erased", "held")

    def test_does_not_touch_leads_of_others(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Ann")

        answer = reception.at_the_desk(RON).post(
            "/leads/sweeps", {"act": "erase", "lead": str(lead_id)}
        )

        assert answer.status_code == 422
        assert state(lead_id) == "in_delivery"

    def test_erases_for_owners_and_admins_alone(self, reception: Reception, member: Client) -> None:
        lead_id = reception.post_lead(first_name="Ann")

        refused = member.post("/leads/sweeps", {"act": "erase", "lead": str(lead_id)})
        allowed = begun(member, act="assign", to=MEMBER, lead=str(lead_id))

        assert refused.status_code == 403
        assert MEMBER in text_of(member, allowed)


class TestTheExport:
    def test_has_the_rows_that_the_list_names(self, reception: Reception) -> None:
        reception.post_lead(first_name="Held", distribute=False)
        sold = reception.post_lead(first_name="Sold", zip="90210", ssn="078-05-1120")
        reception.answer()

        header, *rows = downloaded(
            reception.at_the_desk(),
            "?state=delivered&column=price&column=received&column=field.zip",
        )

        assert header == ["id", "name", "Price", "Received", "ZIP code"]
        assert rows == [[str(sold), "Sold", "12.50", "2026-11-23 11:00:00", "90210"]]

    def test_is_harmless_and_tells_nothing_encrypted(self, reception: Reception) -> None:
        reception.post_lead(first_name="=1+1", ssn="078-05-1120")

        text = str(downloaded(reception.at_the_desk()))

        assert "'=1+1" in text
        assert "078-05-1120" not in text
        assert "security" not in text

    def test_goes_on_after_the_first_part(
        self, reception: Reception, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("headgate.web.pages.csv_answers.AT_ONCE", 2)
        for n in range(5):
            reception.post_lead(first_name=f"Lead {n}")

        assert len(downloaded(reception.at_the_desk())) == 6


class TestTheColumns:
    def test_are_kept_by_the_browser(self, reception: Reception) -> None:
        reception.post_lead(first_name="Ann", zip="90210")
        client = reception.at_the_desk()

        client.post("/leads/columns", {"column": ["state", "field.zip"], "back": "/leads?q=Ann"})

        text = text_of(client, "/leads")
        assert "<bdi>90210</bdi>" in text
        assert "<bdi>Received</bdi></th>" not in text
        assert downloaded(client, "?columns=shown")[0] == ["id", "name", "State", "ZIP code"]

    def test_lead_nobody_away(self, reception: Reception) -> None:
        answer = reception.at_the_desk().post("/leads/columns", {"back": "https://evil.example/"})

        assert answer.headers["Location"] == "/leads"


class TestTheFilters:
    def test_say_which_day_cannot_be_read(self, reception: Reception) -> None:
        answer = reception.at_the_desk().get("/leads", {"from": "yesterday"})

        assert answer.status_code == 422
        assert "must be a moment" in answer.content.decode()

    def test_narrow_by_status_and_day(self, reception: Reception) -> None:
        reception.post_lead(first_name="Annabel")
        client = reception.at_the_desk()

        assert "Annabel" in text_of(client, "/leads", **{"from": "2026-11-23", "status": "New"})
        assert "Annabel" not in text_of(client, "/leads", to="2026-11-23")
