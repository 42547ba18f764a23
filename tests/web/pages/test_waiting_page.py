"""The queue of waiting leads: for what they wait, and what a person can do."""

from datetime import datetime
from typing import Any

import pytest
from reception import ACME, RON, Reception, text_of

from headgate.domain.ids import LeadId
from headgate.services import configuration
from headgate.storage import models


@pytest.fixture
def queue(reception: Reception, now: datetime) -> LeadId:
    """Give a lead that waits until helios has room tomorrow."""
    capped = ACME.replace(b"leads: 25", b"leads: 1").replace(
        b"{partner: helios, priority: 3}",
        b"{partner: helios, priority: 3, at_cap: wait, wait_minutes: 90}",
    )
    configuration.apply_configuration(
        source=capped, account_slug="acme", trusted=True, made_by="test", now=now
    )
    reception.post_lead(first_name="First")
    return reception.post_lead(first_name="Annabel")


def state(lead_id: LeadId) -> Any:
    return models.Lead.objects.get(pk=lead_id).state


class TestTheQueue:
    def test_says_who_waits_and_for_what(self, reception: Reception, queue: LeadId) -> None:
        text = text_of(reception.at_the_desk(), "/leads/waiting")

        assert "Annabel" in text
        assert "First" not in text
        assert "Helios Homes" in text
        assert "Partner’s cap: 1 of 1 today" in text
        assert "23 Nov 2026, 12:30" in text  # 90 minutes on, in Berlin

    def test_is_counted_on_the_list_of_leads(self, reception: Reception, queue: LeadId) -> None:
        text = text_of(reception.at_the_desk(), "/leads")

        assert 'Waiting <span class="count">1</span>' in text

    def test_is_no_tab_where_nobody_waits(self, reception: Reception) -> None:
        reception.post_lead(first_name="First")

        assert "/leads/waiting" not in text_of(reception.at_the_desk(), "/leads")

    def test_says_when_nobody_waits(self, reception: Reception) -> None:
        assert "No lead waits" in text_of(reception.at_the_desk(), "/leads/waiting")

    def test_is_the_accounts_own(self, reception: Reception, queue: LeadId) -> None:
        client = reception.at_the_desk(RON)

        assert "Annabel" not in text_of(client, "/leads/waiting")
        assert client.post(f"/leads/{queue}/stop-waiting").status_code == 404
        assert state(queue) == "waiting"

    def test_is_told_on_the_leads_page(self, reception: Reception, queue: LeadId) -> None:
        assert "at most until" in text_of(reception.at_the_desk(), f"/leads/{queue}")


class TestItsButtons:
    def test_stop_the_waiting(self, reception: Reception, queue: LeadId) -> None:
        answer = reception.at_the_desk().post(f"/leads/{queue}/stop-waiting", follow=True)

        assert "It waits no longer." in answer.content.decode()
        assert state(queue) == "unmatched"

    def test_decide_now(self, reception: Reception, queue: LeadId, now: datetime) -> None:
        configuration.apply_configuration(
            source=ACME, account_slug="acme", trusted=True, made_by="test", now=now
        )

        reception.at_the_desk().post(f"/leads/{queue}/decide")

        assert state(queue) == "in_delivery"

    def test_say_when_they_come_too_late(self, reception: Reception, queue: LeadId) -> None:
        client = reception.at_the_desk()
        client.post(f"/leads/{queue}/stop-waiting")

        answer = client.post(f"/leads/{queue}/decide")

        assert answer.status_code == 409
        assert "does not wait for anything" in answer.content.decode()
