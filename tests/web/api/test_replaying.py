"""Many deliveries are retried by one request, each by the rules for one."""

from typing import Any

import pytest
from desk import Desk

from headgate.domain.deliveries import Outcome
from headgate.services import verification


def failed(desk: Desk, *, leads: int = 1) -> list[str]:
    """Have some leads' deliveries fail; return the deliveries, the oldest first."""
    made = []
    for n in range(leads):
        lead = desk.post_lead(fields={"email": f"{n}@x.example"})
        made.append(lead["deliveries"][0]["id"])
        desk.end_tries(Outcome.NOT_SENT)
    return made


def retry(desk: Desk, query: str = "", **body: Any) -> Any:
    return desk.call("POST", f"/api/v1/deliveries/retry{query}", body).json


def state(desk: Desk, delivery: str) -> Any:
    return desk.call("GET", f"/api/v1/deliveries/{delivery}").json["state"]


class TestRetryingMany:
    def test_makes_all_of_a_state_due(self, desk: Desk) -> None:
        made = failed(desk, leads=2)

        answer = retry(desk, state="failed")

        assert answer == {"dry_run": False, "matched": 2, "retried": 2, "left_out": []}
        assert [state(desk, each) for each in made] == ["pending", "pending"]
        assert desk.looked == 1

    def test_only_counts_in_a_dry_run(self, desk: Desk) -> None:
        (delivery,) = failed(desk)

        answer = retry(desk, "?dry_run=true", state="failed")

        assert (answer["dry_run"], answer["matched"], answer["retried"]) == (True, 1, 0)
        assert state(desk, delivery) == "failed"

    def test_lists_what_was_left_out_and_why(self, desk: Desk) -> None:
        made = failed(desk, leads=3)

        answer = retry(desk, state="failed")

        assert answer["retried"] == 2
        assert [(each["id"], each["reason"]) for each in answer["left_out"]] == [
            (made[2], "cap_reached")
        ]
        assert list(desk.run(lambda: list(verification.verify()))) == []

    def test_keeps_the_id_and_raises_the_attempts_number(self, desk: Desk) -> None:
        (delivery,) = failed(desk)
        retry(desk, state="failed")

        desk.end_tries(Outcome.DELIVERED)

        shown = desk.call("GET", f"/api/v1/deliveries/{delivery}").json
        assert [(each["n"], each["outcome"]) for each in shown["attempts"]] == [
            (1, "not_sent"),
            (2, "delivered"),
        ]

    def test_sends_delivered_ones_again_without_a_second_charge(self, desk: Desk) -> None:
        desk.post_lead()
        desk.end_tries(Outcome.DELIVERED)

        answer = retry(desk, state="delivered")
        desk.end_tries(Outcome.DELIVERED)

        assert answer["retried"] == 1
        assert len(desk.call("GET", "/api/v1/ledger").json["items"]) == 1

    @pytest.mark.parametrize(
        ("narrowed", "matched"),
        [
            ({"partner": "sunpeak"}, 1),
            ({"partner": "helios"}, 0),
            ({"profile": "residential"}, 1),
            ({"profile": "other"}, 0),
            ({"since": "2020-01-01T00:00:00Z"}, 1),
            ({"until": "2020-01-01"}, 0),
            ({"ids": []}, 0),
        ],
    )
    def test_is_narrowed(self, desk: Desk, narrowed: dict[str, Any], matched: int) -> None:
        failed(desk)

        assert retry(desk, "?dry_run=true", state="failed", **narrowed)["matched"] == matched

    def test_says_which_named_ones_it_did_not_find(self, desk: Desk) -> None:
        open_one = desk.post_lead()["deliveries"][0]["id"]

        answer = retry(desk, state="failed", ids=[open_one])

        assert (answer["matched"], answer["retried"]) == (0, 0)
        assert [(each["id"], each["reason"]) for each in answer["left_out"]] == [
            (open_one, "not_found")
        ]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"state": "rejected"}, "state"),
            ({"state": "failed", "since": "yesterday"}, "since"),
            ({"state": "failed", "ids": ["x"]}, "ids[0]"),
            ({"state": "failed", "source": "site"}, "source"),
        ],
    )
    def test_names_a_wrong_part(self, desk: Desk, body: dict[str, Any], field: str) -> None:
        answer = desk.call("POST", "/api/v1/deliveries/retry", body)

        assert answer.status == 422
        assert [each["field"] for each in answer.json["errors"]] == [field]


class TestADeliveryThatIsSentAgain:
    def delivered(self, desk: Desk) -> str:
        lead = desk.post_lead()
        desk.end_tries(Outcome.DELIVERED)
        return str(lead["deliveries"][0]["id"])

    def test_is_sent_although_the_process_dies_before(self, desk: Desk) -> None:
        delivery = self.delivered(desk)
        desk.call("POST", f"/api/v1/deliveries/{delivery}/retry")
        desk.errands.clear()

        (errand,) = desk.claim()

        assert (str(errand.delivery.id), errand.resend) == (delivery, True)

    def test_is_sent_once_for_each_time_it_is_asked_for(self, desk: Desk) -> None:
        delivery = self.delivered(desk)
        desk.call("POST", f"/api/v1/deliveries/{delivery}/retry")
        desk.end_tries(Outcome.DELIVERED)

        assert desk.claim() == []
        shown = desk.call("GET", f"/api/v1/deliveries/{delivery}").json
        assert (shown["state"], shown["tries"], shown["next_try_at"]) == ("delivered", 2, None)

    def test_counts_only_under_its_own_lease(self, desk: Desk) -> None:
        delivery = self.delivered(desk)
        desk.call("POST", f"/api/v1/deliveries/{delivery}/retry")
        desk.errands += desk.claim()
        desk.errands[0].delivery.lease -= 1

        desk.end_tries(Outcome.DELIVERED)

        assert desk.call("GET", f"/api/v1/deliveries/{delivery}").json["tries"] == 1
