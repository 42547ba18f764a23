"""A test delivery over the API: sent for real, and nothing of it is kept."""

from typing import Any

import pytest
from desk import ACME, Desk

from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome

YAML = {"content-type": "application/yaml"}


def try_out(desk: Desk, partner: str = "sunpeak", **body: Any) -> Any:
    answer = desk.call("POST", f"/api/v1/partners/{partner}/test-delivery", body)
    return answer.json if answer.status == 200 else (answer.status, answer.json["type"][21:])


class TestATestDelivery:
    def test_shows_request_and_answer(self, desk: Desk) -> None:
        shown = try_out(desk)

        assert (shown["outcome"], shown["status"], shown["answer"]) == ("delivered", 200, "yes")
        assert shown["request"]["url"] == "https://sunpeak.example/leads"
        assert '"test":true' in shown["request"]["body"].replace(" ", "")
        assert "accepted" in shown["meaning"]

    def test_is_sent_once_by_the_channel(self, desk: Desk) -> None:
        try_out(desk)

        assert [channel for channel, _ in desk.asked] == ["webhook"]

    def test_shows_neither_secret_nor_encrypted_value(self, desk: Desk) -> None:
        shown = str(try_out(desk))

        assert "s3cr3t-token" not in shown
        assert "Test Ssn" not in shown

    def test_keeps_nothing(self, desk: Desk) -> None:
        try_out(desk)

        for kind in ("leads", "deliveries", "ledger", "leads?test=true"):
            assert desk.call("GET", f"/api/v1/{kind}").json["items"] == []

    @pytest.mark.parametrize("outcome", Outcome)
    def test_says_what_every_outcome_means(self, desk: Desk, outcome: Outcome) -> None:
        desk.told = Sent(outcome=outcome, ms=1, written=True, error="why")

        shown = try_out(desk)

        assert (shown["outcome"], shown["error"]) == (outcome, "why")
        assert shown["meaning"]

    def test_sends_nothing_to_a_portal(self, desk: Desk) -> None:
        shown = try_out(desk, "helios")

        assert (shown["outcome"], shown["request"], desk.asked) == (None, None, [])
        assert "Nothing is sent" in shown["meaning"]

    def test_takes_the_settings_of_an_assignment(self, desk: Desk) -> None:
        own = "{partner: sunpeak, delivery: {channel: webhook, url: 'https://own.example/'}, "
        changed = ACME.replace("{partner: sunpeak, ", own).encode()
        assert desk.call("POST", "/api/v1/config/apply", changed, headers=YAML).status == 200

        shown = try_out(desk, profile="residential", assignment="sunpeak")

        assert shown["request"]["url"] == "https://own.example/"
        assert shown["assignment"] == "sunpeak"

    def test_says_that_there_is_no_mail_server(self, desk: Desk) -> None:
        mail = "delivery: {channel: email, to: [a@helios.example]}"
        changed = ACME.replace("delivery: {channel: portal, accept: required}", mail).encode()
        assert desk.call("POST", "/api/v1/config/apply", changed, headers=YAML).status == 200

        shown = try_out(desk, "helios")

        assert shown["outcome"] == "not_sent"
        assert "SMTP is not configured" in shown["error"]

    @pytest.mark.parametrize(
        ("partner", "body"), [("nobody", {}), ("sunpeak", {"profile": "nowhere"})]
    )
    def test_needs_what_it_names(self, desk: Desk, partner: str, body: dict[str, str]) -> None:
        assert try_out(desk, partner, **body) == (404, "not_found")
