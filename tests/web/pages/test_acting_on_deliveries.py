"""Buttons on deliveries: retry, settle, cancel, one or many; for owners and admins alone."""

import re
from typing import Any

import pytest
from django.test import Client
from reception import DELIVERED, PASSWORD, Reception, text_of

from headgate import clock
from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.services import verification
from headgate.services.people import membership
from headgate.storage import models
from headgate.storage.people import Role

FAILED = Sent(outcome=Outcome.NOT_SENT, ms=1, written=False, error="no way in", is_final=True)
LOST = Sent(outcome=Outcome.AMBIGUOUS, ms=1, written=True, error="lost")
MOE = "moe@acme.example"


def delivery(reception: Reception, sent: Sent | None, **fields: str) -> Any:
    """Make a lead whose delivery came to this; return the delivery's id."""
    lead_id = reception.post_lead(first_name="Annabel", **fields)
    if sent is not None:
        reception.answer(sent)
    return models.Delivery.objects.get(lead_id=lead_id, partner__slug="helios").pk


def state(delivery_id: Any) -> str:
    return str(models.Delivery.objects.get(pk=delivery_id).state)


def member(reception: Reception) -> Client:
    membership.create_user(
        account_id=reception.account_id,
        email=MOE,
        password=PASSWORD,
        role=Role.MEMBER,
        now=reception.now,
    )
    return reception.at_the_desk(MOE)


class TestTheButtons:
    @pytest.mark.parametrize(
        ("sent", "there", "missing"),
        [
            (None, {"cancel"}, {"retry", "resolve"}),
            (FAILED, {"retry"}, {"cancel", "resolve"}),
            (LOST, {"retry", "cancel", "resolve"}, set()),
            (DELIVERED, {"retry"}, {"cancel", "resolve"}),
        ],
    )
    def test_are_those_that_the_state_allows(
        self, reception: Reception, sent: Sent | None, there: set[str], missing: set[str]
    ) -> None:
        path = f"/deliveries/{delivery(reception, sent)}"

        for page in (path, f"{path}/panel"):
            text = text_of(reception.at_the_desk(), page)
            offered = {each for each in there | missing if f'action="{path}/{each}"' in text}
            assert offered == there

    def test_are_not_there_for_a_member(self, reception: Reception) -> None:
        path = f"/deliveries/{delivery(reception, LOST)}"
        client = member(reception)

        assert "/retry" not in text_of(client, path)
        assert "/deliveries/retry" not in text_of(client, "/deliveries")
        for act in ("retry", "resolve", "cancel"):
            assert client.post(f"{path}/{act}", {"outcome": "refused"}).status_code == 403
        assert client.post("/deliveries/retry", {"state": "failed"}).status_code == 403

    def test_want_the_pages_token(self, reception: Reception) -> None:
        made = delivery(reception, FAILED)
        client = reception.at_the_desk()
        client.handler.enforce_csrf_checks = True

        assert client.post(f"/deliveries/{made}/retry").status_code == 403
        assert state(made) == "failed"


class TestActing:
    @pytest.mark.parametrize(
        ("act", "said", "becomes"),
        [
            ("retry", {}, "pending"),
            ("resolve", {"outcome": "delivered"}, "delivered"),
            ("resolve", {"outcome": "refused"}, "rejected"),
            ("cancel", {}, "cancelled"),
        ],
    )
    def test_leads_back_to_the_delivery(
        self, reception: Reception, act: str, said: dict[str, str], becomes: str
    ) -> None:
        made = delivery(reception, LOST)

        answer = reception.at_the_desk().post(f"/deliveries/{made}/{act}", said, follow=True)

        assert answer.status_code == 200
        assert 'class="notice" role="status"' in answer.content.decode()
        assert state(made) == becomes
        assert list(verification.verify()) == []

    def test_says_why_it_is_refused(self, reception: Reception) -> None:
        made = delivery(reception, DELIVERED)

        answer = reception.at_the_desk().post(f"/deliveries/{made}/cancel")

        assert answer.status_code == 409
        assert "only one that is pending or unknown can be cancelled" in answer.content.decode()

    def test_sends_a_delivered_one_again(self, reception: Reception) -> None:
        made = delivery(reception, DELIVERED)

        reception.at_the_desk().post(f"/deliveries/{made}/retry")
        reception.now = clock.now()
        reception.answer()

        assert models.Attempt.objects.filter(delivery_id=made).count() == 2
        assert models.LedgerEntry.objects.count() == 1

    def test_wants_one_of_two_outcomes(self, reception: Reception) -> None:
        made = delivery(reception, LOST)

        answer = reception.at_the_desk().post(f"/deliveries/{made}/resolve", {"outcome": "sold"})

        assert (answer.status_code, state(made)) == (400, "unknown")


class TestRetryingMany:
    def test_says_how_many_before_it_does(self, reception: Reception) -> None:
        made = [delivery(reception, FAILED) for _ in range(2)]

        text = text_of(reception.at_the_desk(), "/deliveries/retry", state="failed")

        assert "2 deliveries fit." in text
        assert "Retry 2" in text
        assert [state(each) for each in made] == ["failed", "failed"]

    def test_makes_them_due_and_lists_what_is_left_out(self, reception: Reception) -> None:
        free = delivery(reception, FAILED)
        taken = delivery(reception, FAILED, zip="90210")

        answer = reception.at_the_desk().post("/deliveries/retry", {"state": "failed"})

        text = answer.content.decode()
        assert "1 delivery is due now." in text
        assert "1 was left out." in text
        assert f"/deliveries/{taken}" in text
        assert "holds the lead, which is exclusive" in text
        assert (state(taken), state(free)) == ("failed", "pending")

    @pytest.mark.parametrize(
        ("query", "fits"),
        [
            ({"since": "2026-11-23T11:00"}, True),
            ({"since": "2026-11-23T11:01"}, False),
            ({"partner": "sunpeak"}, False),
            ({"state": "unknown"}, False),
        ],
    )
    def test_is_narrowed_in_the_accounts_zone(
        self, reception: Reception, query: dict[str, str], fits: bool
    ) -> None:
        delivery(reception, FAILED)

        text = text_of(reception.at_the_desk(), "/deliveries/retry", **query)

        assert ("1 delivery fits." in text) == fits

    def test_says_which_moment_it_cannot_read(self, reception: Reception) -> None:
        answer = reception.at_the_desk().get("/deliveries/retry?since=yesterday")

        assert answer.status_code == 422
        assert "banner" in answer.content.decode()

    def test_carries_its_choice_along(self, reception: Reception) -> None:
        delivery(reception, FAILED)

        text = text_of(reception.at_the_desk(), "/deliveries/retry", partner="helios")

        assert re.search(r'type="hidden" name="partner" value="helios"', text)
