"""Webhooks for events over HTTP: set up like everything else, looked at, and sent again."""

from typing import Any

import pytest
from desk import Desk

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAA"
WAREHOUSE = {
    "slug": "warehouse",
    "url": "https://warehouse.example/events",
    "secret": SECRET,
    "events": ["lead.received"],
}


@pytest.fixture
def listening(desk: Desk) -> Desk:
    desk.call("POST", "/api/v1/webhooks", WAREHOUSE)
    return desk


def events(desk: Desk, query: str = "") -> Any:
    return desk.call("GET", f"/api/v1/webhooks/warehouse/events{query}").json


class TestAWebhook:
    def test_is_added_without_showing_its_secret(self, desk: Desk) -> None:
        added = desk.call("POST", "/api/v1/webhooks", WAREHOUSE)

        assert added.status == 201
        assert added.json["secret"] == {"stored": True}
        assert SECRET not in added.body.decode()
        assert (added.json["failing_since"], added.json["halted_at"]) == (None, None)

    def test_is_read_and_put_back_without_a_change(self, listening: Desk) -> None:
        shown = listening.call("GET", "/api/v1/webhooks/warehouse").json

        put = listening.call("PUT", "/api/v1/webhooks/warehouse", shown)

        assert put.json == shown

    def test_is_taken_out(self, listening: Desk) -> None:
        gone = listening.call("DELETE", "/api/v1/webhooks/warehouse")

        assert (gone.status, gone.json["slug"]) == (200, "warehouse")
        assert listening.call("GET", "/api/v1/webhooks/warehouse").status == 404

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"secret": None}, "secret"),
            ({"secret": "short"}, "secret"),
            ({"url": "ftp://warehouse.example"}, "url"),
            ({"events": []}, "events"),
            ({"events": ["lead.sold"]}, "events[0]"),
            ({"events": ["webhook.tested"]}, "events[0]"),
            ({"entities": ["roofs"]}, "entities[0]"),
            ({"sources": ["nobody"]}, "sources[0]"),
            ({"audience": "source"}, "sources"),
            (
                {"audience": "source", "sources": ["site"], "events": ["invoice.paid"]},
                "events[0]",
            ),
        ],
    )
    def test_names_what_is_wrong(self, desk: Desk, said: dict[str, Any], field: str) -> None:
        refused = desk.call("POST", "/api/v1/webhooks", {**WAREHOUSE, **said})

        assert refused.status == 422
        assert [error["field"] for error in refused.json["errors"]] == [field]

    def test_at_another_host_asks_for_its_secret_again(self, listening: Desk) -> None:
        shown = listening.call("GET", "/api/v1/webhooks/warehouse").json

        moved = {**shown, "url": "https://elsewhere.example/events"}
        refused = listening.call("PUT", "/api/v1/webhooks/warehouse", moved)

        assert [error["code"] for error in refused.json["errors"]] == ["host_changed"]


class TestItsEvents:
    def test_are_listed_with_their_bodies(self, listening: Desk) -> None:
        lead = listening.post_lead()

        (event,) = events(listening)["items"]
        assert (event["type"], event["state"], event["tries"]) == ("lead.received", "pending", 0)
        assert event["body"]["data"]["lead"]["id"] == lead["id"]

    def test_are_filtered_by_state(self, listening: Desk) -> None:
        listening.post_lead()

        assert events(listening, "?state=failed")["items"] == []
        assert len(events(listening, "?state=pending")["items"]) == 1

    def test_are_sent_again(self, listening: Desk) -> None:
        listening.post_lead()
        (event,) = events(listening)["items"]

        again = listening.call("POST", f"/api/v1/webhooks/warehouse/events/{event['id']}/resend")

        assert (again.status, again.json["id"]) == (200, event["id"])

    def test_that_are_not_there_are_not_found(self, listening: Desk) -> None:
        nobody = "0190a000-0000-7000-8000-000000000000"

        again = listening.call("POST", f"/api/v1/webhooks/warehouse/events/{nobody}/resend")

        assert again.status == 404

    @pytest.mark.parametrize(
        ("act", "expected"),
        [
            ("test", {"type": "webhook.tested"}),
            ("resend-failed", {"events": 0}),
            ("enable", {"slug": "warehouse"}),
        ],
    )
    def test_are_acted_on(self, listening: Desk, act: str, expected: dict[str, Any]) -> None:
        answer = listening.call("POST", f"/api/v1/webhooks/warehouse/{act}")

        assert answer.status == 200
        assert expected.items() <= answer.json.items()

    @pytest.mark.parametrize("act", ["test", "enable"])
    def test_of_no_webhook_are_not_found(self, desk: Desk, act: str) -> None:
        assert desk.call("POST", f"/api/v1/webhooks/nobody/{act}").status == 404
