"""Leads worked on by hand in the console: added, edited, noted, assigned, distributed, erased."""

import re
from typing import Any

from django.test import Client
from reception import ANN, RON, Reception, text_of

from headgate.domain.ids import LeadId
from headgate.storage import audit, leads

GOOD = {"field.first_name": "Ann", "field.email": "ann@example.com", "distribute": "yes"}


def stored(lead_id: LeadId) -> leads.Lead:
    return leads.find_many([lead_id])[lead_id]


def after(client: Client, path: str, **posted: Any) -> str:
    """Post a form, and return the page that it leads to."""
    answer = client.post(path, posted)
    assert answer.status_code == 302, (path, answer.status_code, answer.content.decode()[-800:])
    return text_of(client, answer.headers["Location"])


class TestAddingALead:
    def test_asks_for_the_fields_of_the_entity(self, reception: Reception) -> None:
        text = text_of(reception.at_the_desk(), "/leads/new")

        assert 'name="field.email" type="email"' in text
        assert "Social security number" in text

    def test_ends_on_the_new_lead(self, reception: Reception) -> None:
        page = after(reception.at_the_desk(), "/leads/new", entity="solar", note="Called", **GOOD)

        assert "Added by hand" in page
        assert ANN in page
        assert "Called" in page
        assert "Went to Helios Homes" in page

    def test_says_beside_a_field_what_is_wrong_and_keeps_the_rest(
        self, reception: Reception
    ) -> None:
        said = GOOD | {"entity": "solar", "field.email": "ann@"}

        answer = reception.at_the_desk().post("/leads/new", said)

        text = answer.content.decode()
        assert answer.status_code == 422
        assert 'id="field-email-error">must be an email address' in text
        assert 'value="Ann"' in text

    def test_is_not_possible_without_an_entity(self, reception: Reception) -> None:
        assert "no kind of lead yet" in text_of(reception.at_the_desk(RON), "/leads/new")


class TestEditingALead:
    def test_writes_only_what_was_touched(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Ann", zip="90210", ssn="078-05-1120")
        said = {"field.first_name": "Anna", "field.zip": "90210", "based_on": "0"}

        page = after(reception.at_the_desk(), f"/leads/{lead_id}/edit", **said)

        assert "Saved." in page
        assert "<bdi>Anna</bdi>" in page
        assert stored(lead_id).sealed is not None

    def test_never_shows_an_encrypted_value(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Ann", ssn="078-05-1120")

        text = text_of(reception.at_the_desk(), f"/leads/{lead_id}/edit")

        assert "078-05-1120" not in text
        assert "Kept; type to replace it" in text

    def test_shows_what_changed_while_somebody_was_editing(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Ann")
        client = reception.at_the_desk()
        client.post(f"/leads/{lead_id}/note", {"note": "Her name is Anna"})

        answer = client.post(
            f"/leads/{lead_id}/edit", {"field.first_name": "Annie", "based_on": "0"}
        )

        text = answer.content.decode()
        assert answer.status_code == 409
        assert "Her name is Anna" in text
        assert 'value="Annie"' in text
        assert 'name="based_on" value="1"' in text


class TestHandlingALead:
    def test_is_told_by_the_timeline(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Ann")
        client = reception.at_the_desk()

        after(client, f"/leads/{lead_id}/status", status="Won")
        after(client, f"/leads/{lead_id}/assignee", assignee=ANN)
        page = after(client, f"/leads/{lead_id}/note", note="Call <b>after</b> six")

        assert re.search(r"<del><bdi>New</bdi></del>.*<ins><bdi>Won</bdi></ins>", page)
        assert re.search(rf"<del><bdi>nobody</bdi></del>.*<ins><bdi>{ANN}</bdi></ins>", page)
        assert "Call &lt;b&gt;after&lt;/b&gt; six" in page

    def test_finds_ones_own_leads(self, reception: Reception) -> None:
        mine = reception.post_lead(first_name="Mine")
        reception.post_lead(first_name="Another")
        client = reception.at_the_desk()
        client.post(f"/leads/{mine}/assignee", {"assignee": ANN})

        text = text_of(client, "/leads", assignee="me")

        assert "Mine" in text
        assert "Another" not in text

    def test_refuses_what_does_not_exist(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Ann")

        answer = reception.at_the_desk().post(f"/leads/{lead_id}/status", {"status": "Sold"})

        assert answer.status_code == 409
        assert "is no status" in answer.content.decode()

    def test_distributes_a_held_lead(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Ann", distribute=False)

        page = after(reception.at_the_desk(), f"/leads/{lead_id}/distribute")

        assert "because a person distributed the lead" in page

    def test_erases_for_good(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Annabel")
        client = reception.at_the_desk()
        client.post(f"/leads/{lead_id}/note", {"note": "Annabel called"})

        page = after(client, f"/leads/{lead_id}/erase")

        assert "Personal data erased" in page
        assert "Annabel" not in page

    def test_links_the_leads_of_one_person_both_ways(self, reception: Reception) -> None:
        first = reception.post_lead(first_name="Ann", email="ann@example.com")
        again = reception.post_lead(first_name="Ann", email="ann@example.com")
        client = reception.at_the_desk()

        assert f"/leads/{again}" in text_of(client, f"/leads/{first}")
        assert f"/leads/{first}" in text_of(client, f"/leads/{again}")

    def test_sends_again_and_comes_back(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Ann")
        reception.answer()
        client = reception.at_the_desk()
        retry = re.search(
            r'action="(/deliveries/[^"]+/retry)"', text_of(client, f"/leads/{lead_id}")
        )
        assert retry

        page = after(client, retry[1], back="lead")

        assert "It is due now" in page

    def test_is_not_for_strangers(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Ann")
        stranger = reception.at_the_desk(RON)

        answers = {
            act: stranger.post(f"/leads/{lead_id}/{act}", {"note": "x"}).status_code
            for act in ("edit", "status", "assignee", "note", "distribute", "erase")
        }

        assert set(answers.values()) == {404}
        assert stored(lead_id).history is None


class TestTheAuditLog:
    def test_names_every_act_and_no_value(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Annabel", distribute=False)
        client = reception.at_the_desk()

        client.post(f"/leads/{lead_id}/note", {"note": "Annabel called"})
        client.post(f"/leads/{lead_id}/distribute")
        client.post(f"/leads/{lead_id}/erase")

        written = [
            link.entry
            for link in audit.links(reception.account_id)
            if link.entry.subject == f"lead {lead_id}"
        ]
        assert [each.action for each in written] == [
            "lead.edited",
            "lead.distributed",
            "lead.erased",
        ]
        assert {each.actor for each in written} == {ANN}
        assert "Annabel" not in str(written)
