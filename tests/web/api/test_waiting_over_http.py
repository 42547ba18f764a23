"""Waiting leads over the API: since when and until when, decided now, or waiting no longer."""

from datetime import datetime
from typing import Any

import pytest
from desk import ACME, Desk

WAITS = ACME.replace("per: total, leads: 2", "per: total, leads: 1").replace(
    "{partner: sunpeak, priority: 10,", "{partner: sunpeak, priority: 10, at_cap: wait,"
)
YAML = {"content-type": "application/yaml"}


@pytest.fixture
def waiting(desk: Desk) -> str:
    """Give a lead that waits for a place at sunpeak."""
    assert desk.call("POST", "/api/v1/config/apply", WAITS.encode(), headers=YAML).status == 200
    desk.post_lead()
    return str(desk.post_lead(fields={"email": "bo@example.com"})["id"])


def act(desk: Desk, lead: str, name: str) -> Any:
    answer = desk.call("POST", f"/api/v1/leads/{lead}/{name}")
    return answer.json if answer.status == 200 else (answer.status, answer.json["type"][21:])


class TestAWaitingLead:
    def test_says_since_when_and_until_when(self, desk: Desk, waiting: str) -> None:
        (lead,) = desk.call("GET", "/api/v1/leads?state=waiting").json["items"]

        since, look_at, until = (
            datetime.fromisoformat(lead["waiting"][name]) for name in ("since", "look_at", "until")
        )
        assert lead["id"] == waiting
        assert since < look_at <= until
        assert (until - since).total_seconds() == pytest.approx(240 * 60, abs=1)

    def test_says_nothing_of_it_while_it_does_not_wait(self, desk: Desk) -> None:
        assert desk.lead(desk.post_lead()["id"])["waiting"] is None


class TestActingOnIt:
    def test_decides_it_now(self, desk: Desk, waiting: str) -> None:
        roomy = WAITS.replace("per: total, leads: 1", "per: total, leads: 9").encode()
        assert desk.call("POST", "/api/v1/config/apply", roomy, headers=YAML).status == 200

        assert act(desk, waiting, "decide")["state"] == "in_delivery"

    def test_lets_it_go_on_waiting_without_room(self, desk: Desk, waiting: str) -> None:
        assert act(desk, waiting, "decide")["state"] == "waiting"

    def test_stops_the_wait(self, desk: Desk, waiting: str) -> None:
        stopped = act(desk, waiting, "stop-waiting")

        assert (stopped["state"], stopped["waiting"]) == ("unmatched", None)

    @pytest.mark.parametrize("name", ["decide", "stop-waiting"])
    def test_needs_a_lead_that_waits(self, desk: Desk, name: str) -> None:
        assert act(desk, desk.post_lead()["id"], name) == (409, "wrong_state")
