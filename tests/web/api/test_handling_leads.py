"""What a person does to leads over the API: distribute and erase."""

from datetime import UTC, datetime
from typing import Any

import pytest
from desk import ACME, Desk

from headgate.domain.deliveries import Outcome
from headgate.services import verification
from headgate.storage import erasures

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


def distribute(desk: Desk, lead: str) -> Any:
    answer = desk.call("POST", f"/api/v1/leads/{lead}/distribute")
    return answer.json if answer.status == 200 else (answer.status, answer.json["type"][21:])


def breaches() -> list[Any]:
    return list(verification.verify())


class TestDistributing:
    def test_decides_a_held_lead(self, desk: Desk) -> None:
        held = desk.post_lead(distribute=False)

        distributed = distribute(desk, held["id"])

        assert held["state"] == "held"
        assert distributed["state"] == "in_delivery"
        assert [each["partner"] for each in distributed["deliveries"]] == ["sunpeak"]

    def test_hands_the_lead_to_nobody_who_had_it(self, desk: Desk) -> None:
        lead = desk.post_lead()
        desk.end_tries(Outcome.REFUSED)

        distributed = distribute(desk, lead["id"])

        assert (distributed["state"], len(distributed["deliveries"])) == ("undelivered", 1)

    def test_accepts_a_duplicate_for_good(self, desk: Desk) -> None:
        desk.post_lead()
        duplicate = desk.post_lead()

        distributed = distribute(desk, duplicate["id"])

        assert duplicate["state"] == "duplicate"
        assert distributed["state"] == "in_delivery"
        assert desk.run(breaches) == []

    def test_counts_an_accepted_lead_for_its_source(self, desk: Desk) -> None:
        capped = ACME.replace('cost: "2.00"}', "caps: [{per: day, leads: 1}]}").encode()
        yaml = {"content-type": "application/yaml"}
        desk.call("POST", "/api/v1/config/apply", capped, headers=yaml)
        desk.post_lead(source="site")
        over = desk.post_lead(source="site", fields={"email": "b@example.com"})

        refused = distribute(desk, over["id"])

        raised = capped.replace(b"day, leads: 1}", b"day, leads: 2}")
        desk.call("POST", "/api/v1/config/apply", raised, headers=yaml)
        assert over["outcome"]["reason"] == "source_cap"
        assert refused == (409, "cap_reached")
        assert distribute(desk, over["id"])["state"] == "in_delivery"
        assert desk.run(breaches) == []

    def test_leaves_a_lead_alone_that_somebody_has(self, desk: Desk) -> None:
        assert distribute(desk, desk.post_lead()["id"]) == (409, "wrong_state")


class TestErasing:
    def erase(self, desk: Desk, lead: str) -> Any:
        answer = desk.call("DELETE", f"/api/v1/leads/{lead}")
        assert answer.status == 200
        return answer.json

    def test_leaves_nothing_of_the_person(self, desk: Desk) -> None:
        note = {"note": "calls Ann", "external_id": "ann-1", "consent": {"who": "Ann"}}
        lead = desk.post_lead(**note, fields={"budget": 7})
        desk.end_tries(Outcome.DELIVERED, answer="thank you Ann")

        erased = self.erase(desk, lead["id"])

        decision = desk.call("GET", f"/api/v1/leads/{lead['id']}/decision")
        assert erased["state"] == "erased"
        assert (erased["fields"], erased["consent"], erased["note"]) == ({}, {}, None)
        assert "Ann" not in str(erased)
        assert "ann-1" not in str(erased)
        assert '"actual":7' not in decision.body.decode()

    def test_leaves_counts_and_charges(self, desk: Desk) -> None:
        lead = desk.post_lead()
        desk.end_tries(Outcome.DELIVERED)

        self.erase(desk, lead["id"])

        assert len(desk.call("GET", "/api/v1/ledger").json["items"]) == 1
        assert desk.run(breaches) == []

    def test_cancels_an_unknown_delivery(self, desk: Desk) -> None:
        lead = desk.post_lead()
        desk.end_tries(Outcome.AMBIGUOUS)

        erased = self.erase(desk, lead["id"])

        assert erased["deliveries"][0]["state"] == "cancelled"
        assert desk.run(breaches) == []

    @pytest.mark.parametrize(
        ("outcome", "state"),
        [
            (Outcome.DELIVERED, "delivered"),
            (Outcome.REFUSED, "rejected"),
            (Outcome.AMBIGUOUS, "cancelled"),
        ],
    )
    def test_lets_a_try_under_way_end_without_keeping_its_words(
        self, desk: Desk, outcome: Outcome, state: str
    ) -> None:
        lead = desk.post_lead()
        self.erase(desk, lead["id"])
        desk.end_tries(outcome, answer="thank you Ann")

        desk.end_tries(Outcome.NOT_SENT)

        left = desk.lead(lead["id"])
        assert left["deliveries"][0]["state"] == state
        assert "Ann" not in str(left)
        assert desk.run(breaches) == []

    def test_sends_nothing_again(self, desk: Desk) -> None:
        lead = desk.post_lead()
        desk.end_tries(Outcome.DELIVERED)
        self.erase(desk, lead["id"])

        again = desk.call("POST", f"/api/v1/deliveries/{lead['deliveries'][0]['id']}/retry")

        assert (again.status, again.json["type"][21:]) == (409, "lead_erased")

    def test_is_remembered_for_a_restored_backup(self, desk: Desk) -> None:
        lead = desk.post_lead()

        self.erase(desk, lead["id"])
        self.erase(desk, lead["id"])

        (listed,) = desk.run(lambda: erasures.list_since(ALWAYS))
        assert str(listed[1]) == lead["id"]

    def test_makes_the_same_person_new(self, desk: Desk) -> None:
        self.erase(desk, desk.post_lead()["id"])

        assert desk.post_lead()["state"] == "in_delivery"
