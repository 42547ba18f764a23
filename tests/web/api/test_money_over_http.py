"""Balances over HTTP: read, topped up, adjusted, and told by the ledger."""

from typing import Any

from desk import Desk


def post(desk: Desk, act: str, body: dict[str, Any]) -> Any:
    answer = desk.call("POST", f"/api/v1/partners/sunpeak/{act}", body)
    return answer.json if answer.status == 200 else (answer.status, answer.json["type"][21:])


class TestABalance:
    def test_is_what_was_paid_and_adjusted(self, desk: Desk) -> None:
        post(desk, "top-up", {"amount": "100.00", "reference": "payment 7"})

        shown = post(desk, "adjust", {"amount": "-20.00", "reason": "Agreed"})

        entries = desk.call("GET", "/api/v1/ledger?partner=sunpeak").json["items"]
        assert shown == desk.call("GET", "/api/v1/partners/sunpeak/balance").json
        assert (shown["balance"], shown["prepaid"]) == ("80.00", False)
        assert [(each["kind"], each["amount"], each["reason"]) for each in entries] == [
            ("adjustment", "-20.00", "Agreed"),
            ("top_up", "100.00", None),
        ]

    def test_takes_nothing_that_is_wrong(self, desk: Desk) -> None:
        post(desk, "top-up", {"amount": "100.00", "reference": "payment 7"})

        assert post(desk, "top-up", {"amount": "1.00", "reference": "payment 7"}) == (
            409,
            "repeated_reference",
        )
        assert post(desk, "top-up", {"amount": "0.00"}) == (422, "invalid_values")
        assert post(desk, "adjust", {"amount": "1.00", "reason": ""}) == (422, "invalid_values")
        assert desk.call("GET", "/api/v1/partners/nobody/balance").status == 404
