"""What a person does to deliveries over the API."""

from typing import Any

import pytest
from desk import ACME, Desk

from headgate.domain.deliveries import Outcome
from headgate.services import verification


def posted(desk: Desk, **said: Any) -> tuple[str, str]:
    """Store a lead; return its id and that of its delivery."""
    lead = desk.post_lead(**said)
    return lead["id"], lead["deliveries"][0]["id"]


def act(desk: Desk, delivery: str, name: str, body: object = None) -> Any:
    answer = desk.call("POST", f"/api/v1/deliveries/{delivery}/{name}", body)
    return answer.json if answer.status == 200 else (answer.status, answer.json["type"][21:])


def unknown(desk: Desk) -> tuple[str, str]:
    lead, delivery = posted(desk)
    desk.end_tries(Outcome.AMBIGUOUS)
    return lead, delivery


def failed(desk: Desk, **said: Any) -> tuple[str, str]:
    lead, delivery = posted(desk, **said)
    desk.end_tries(Outcome.NOT_SENT)
    return lead, delivery


def used(desk: Desk) -> int:
    """Return how many of sunpeak's places are taken."""
    simulated = desk.call(
        "POST", "/api/v1/simulate", {"entity": "solar", "fields": {"first_name": "X"}}
    ).json
    (profile,) = simulated["decision"]["profiles"]
    checks = profile["assignments"][0]["checks"]
    return int(next(check["used"] for check in checks if check["check"] == "cap"))


class TestResolving:
    def test_as_delivered_charges_once(self, desk: Desk) -> None:
        lead, delivery = unknown(desk)

        resolved = act(desk, delivery, "resolve", {"outcome": "delivered"})

        assert resolved["state"] == "delivered"
        assert len(desk.call("GET", "/api/v1/ledger").json["items"]) == 1
        assert desk.lead(lead)["state"] == "delivered"

    def test_as_refused_gives_the_place_back_and_goes_on(self, desk: Desk) -> None:
        lead, delivery = unknown(desk)

        resolved = act(desk, delivery, "resolve", {"outcome": "refused"})

        decision = desk.call("GET", f"/api/v1/leads/{lead}/decision").json
        assert resolved["state"] == "rejected"
        assert used(desk) == 0
        assert [each["because"] for each in decision["rounds"]] == ["received", "resolved"]

    def test_needs_an_unknown_delivery(self, desk: Desk) -> None:
        _, delivery = posted(desk)

        assert act(desk, delivery, "resolve", {"outcome": "refused"}) == (409, "wrong_state")


class TestReturning:
    def delivered(self, desk: Desk) -> tuple[str, str]:
        lead, delivery = posted(desk)
        desk.end_tries(Outcome.DELIVERED, status=200)
        return lead, delivery

    def test_credits_the_charge_at_once(self, desk: Desk) -> None:
        lead, delivery = self.delivered(desk)

        returned = act(desk, delivery, "return", {"reason": "Bad number"})

        entries = desk.call("GET", "/api/v1/ledger").json["items"]
        assert (returned["state"], returned["error"]) == ("returned", "Returned: Bad number")
        assert [(each["kind"], each["amount"]) for each in entries] == [
            ("credit", "12.50"),
            ("charge", "12.50"),
        ]
        assert desk.lead(lead)["state"] == "undelivered"
        assert act(desk, delivery, "return", {"reason": "Again"}) == (409, "wrong_state")

    def test_needs_a_delivered_lead_and_a_reason(self, desk: Desk) -> None:
        _, delivery = posted(desk)

        assert act(desk, delivery, "return", {"reason": "Bad number"}) == (409, "wrong_state")
        assert act(desk, delivery, "return", {"reason": " "}) == (422, "invalid_values")

    def test_may_be_asked_for_listed_and_refused(self, desk: Desk) -> None:
        _, delivery = self.delivered(desk)

        asked = act(desk, delivery, "request-return", {"reason": "Bad number", "remark": "Rings"})
        listed = desk.call("GET", "/api/v1/returns?state=pending").json["items"]
        refused = desk.call("POST", f"/api/v1/returns/{asked['id']}/refuse", {"note": "It rings"})

        assert listed == [asked]
        assert (refused.json["state"], refused.json["note"]) == ("refused", "It rings")
        again = desk.call("POST", f"/api/v1/returns/{asked['id']}/grant")
        assert again.status == 409


class TestCancelling:
    def test_ends_an_unknown_delivery_and_gives_its_place_back(self, desk: Desk) -> None:
        lead, delivery = unknown(desk)

        assert act(desk, delivery, "cancel")["state"] == "cancelled"
        assert used(desk) == 0
        assert desk.lead(lead)["state"] == "undelivered"

    def test_waits_for_a_try_that_is_under_way(self, desk: Desk) -> None:
        _, delivery = posted(desk)

        assert act(desk, delivery, "cancel") == (409, "wrong_state")


class TestRetrying:
    def test_an_unknown_one_keeps_its_place_and_has_its_tries_again(self, desk: Desk) -> None:
        lead, delivery = unknown(desk)

        retried = act(desk, delivery, "retry")
        desk.end_tries(Outcome.DELIVERED, status=200)

        assert (retried["state"], retried["id"]) == ("pending", delivery)
        assert desk.looked == 1
        assert used(desk) == 1
        attempts = desk.lead(lead)["deliveries"][0]["attempts"]
        assert [each["outcome"] for each in attempts] == ["ambiguous", "delivered"]

    def test_a_failed_one_takes_its_places_anew(self, desk: Desk) -> None:
        _, delivery = failed(desk)
        before = used(desk)

        retried = act(desk, delivery, "retry")

        assert (before, used(desk), retried["state"]) == (0, 1, "pending")

    def test_a_failed_one_needs_room(self, desk: Desk) -> None:
        _, delivery = failed(desk)
        for n in range(2):
            posted(desk, fields={"email": f"{n}@example.com"})

        assert act(desk, delivery, "retry") == (409, "cap_reached")

    def test_a_failed_one_needs_the_lead_to_be_free(self, desk: Desk) -> None:
        _, delivery = failed(desk, fields={"budget": 50})

        assert act(desk, delivery, "retry") == (409, "lead_taken")

    def test_an_unknown_one_says_the_same_whatever_was_changed(self, desk: Desk) -> None:
        _, delivery = unknown(desk)
        changed = ACME.replace("retry: none", 'retry: none\n      template: "other"').encode()
        yaml = {"content-type": "application/yaml"}
        applied = desk.call("POST", "/api/v1/config/apply", changed, headers=yaml)

        act(desk, delivery, "retry")

        (errand,) = desk.claim()
        assert applied.status == 200
        assert errand.settings.template is None
        assert errand.delivery.body is not None

    def test_a_failed_one_is_sent_where_the_mended_set_up_says(self, desk: Desk) -> None:
        _, delivery = failed(desk)
        mended = ACME.replace("/leads", "/mended").encode()
        yaml = {"content-type": "application/yaml"}
        applied = desk.call("POST", "/api/v1/config/apply", mended, headers=yaml)

        act(desk, delivery, "retry")

        (errand,) = desk.claim()
        assert applied.status == 200
        assert errand.settings.url == "https://sunpeak.example/mended"

    def test_a_delivered_one_is_sent_again_and_charged_once(self, desk: Desk) -> None:
        lead, delivery = posted(desk)
        desk.end_tries(Outcome.DELIVERED)

        again = act(desk, delivery, "retry")
        desk.end_tries(Outcome.REFUSED)

        shown = desk.lead(lead)["deliveries"][0]
        assert (again["state"], shown["state"]) == ("delivered", "delivered")
        assert [each["outcome"] for each in shown["attempts"]] == ["delivered", "refused"]
        assert len(desk.call("GET", "/api/v1/ledger").json["items"]) == 1

    @pytest.mark.parametrize("outcome", [None, Outcome.REFUSED])
    def test_leaves_an_open_or_rejected_one_alone(
        self, desk: Desk, outcome: Outcome | None
    ) -> None:
        _, delivery = posted(desk)
        if outcome:
            desk.end_tries(outcome)

        assert act(desk, delivery, "retry") == (409, "wrong_state")


class TestThePortal:
    def test_charges_what_its_partner_accepts(self, desk: Desk) -> None:
        lead, delivery = posted(desk, fields={"budget": 500})

        accepted = act(desk, delivery, "accept")

        assert (accepted["state"], accepted["partner"]) == ("delivered", "helios")
        assert desk.lead(lead)["state"] == "delivered"
        assert len(desk.call("GET", "/api/v1/ledger").json["items"]) == 1

    def test_goes_on_when_its_partner_rejects(self, desk: Desk) -> None:
        lead, delivery = posted(desk, fields={"budget": 500})

        rejected = act(desk, delivery, "reject", {"reason": "wrong area"})

        assert (rejected["state"], rejected["error"]) == ("rejected", "wrong area")
        assert desk.lead(lead)["state"] == "undelivered"

    @pytest.mark.parametrize("act_name", ["accept", "reject"])
    def test_answers_for_no_other_channel(self, desk: Desk, act_name: str) -> None:
        _, delivery = posted(desk)
        desk.end_tries(Outcome.AMBIGUOUS)
        act(desk, delivery, "retry")

        assert act(desk, delivery, act_name, {}) == (409, "not_awaited")


class TestCounting:
    def test_comes_out_even_after_every_act(self, desk: Desk) -> None:
        for name, body in (
            ("retry", None),
            ("resolve", {"outcome": "delivered"}),
            ("resolve", {"outcome": "refused"}),
            ("cancel", None),
        ):
            lead, delivery = unknown(desk)
            act(desk, delivery, name, body)
            desk.call("DELETE", f"/api/v1/leads/{lead}")

        assert not desk.run(breaches)


def breaches() -> list[Any]:
    return list(verification.verify())
