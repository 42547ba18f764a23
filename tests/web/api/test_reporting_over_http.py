"""Reports over the API."""

import pytest
from desk import Desk

from headgate.domain.deliveries import Outcome


class TestSummary:
    def test_says_what_became_of_the_leads(self, desk: Desk) -> None:
        desk.post_lead(source="site")
        desk.end_tries(Outcome.DELIVERED)
        desk.post_lead(fields={"email": "bo@example.com"})

        report = desk.call("GET", "/api/v1/reports/summary?by=source", key="read").json

        by_source = {line["key"]: line["figures"] for line in report["lines"]}
        assert by_source["site"]["sold"] == 1
        assert (by_source["site"]["cost"], by_source["site"]["margin"]) == ("2.00", "10.50")
        assert (report["total"]["received"], report["total"]["open"]) == (2, 1)
        assert report["complete"] is True

    def test_is_by_day_and_takes_a_span_in_the_accounts_zone(self, desk: Desk) -> None:
        desk.post_lead()

        report = desk.call("GET", "/api/v1/reports/summary?from=2020-01-01&to=2020-01-02").json

        assert (report["by"], report["lines"]) == ("day", [])
        assert report["from"] == "2020-01-01T08:00:00.000Z"

    @pytest.mark.parametrize("query", ["by=moon", "from=yesterday", "colour=red"])
    def test_refuses_what_it_does_not_know(self, desk: Desk, query: str) -> None:
        assert desk.call("GET", f"/api/v1/reports/summary?{query}").status == 422


class TestShares:
    def test_say_what_was_expected_and_why_not(self, desk: Desk) -> None:
        desk.post_lead()

        answer = desk.call("GET", "/api/v1/reports/shares?entity=solar", key="read").json

        assert answer["looked_at"] == 1
        assert answer["profiles"][0]["expected_by"] == "eligible"
        assert answer["profiles"][0]["assignments"][0]["selected"] == 1


class TestLatency:
    def test_is_of_what_was_delivered(self, desk: Desk) -> None:
        desk.post_lead()
        desk.end_tries(Outcome.DELIVERED)

        answer = desk.call("GET", "/api/v1/reports/latency?from=2020-01-01", key="read").json

        assert answer["looked_at"] == 1
        assert answer["partners"][0]["deliveries"] == 1
        assert desk.call("GET", "/api/v1/reports/latency?by=day").status == 422


class TestForecast:
    def test_is_of_the_rest_of_today(self, desk: Desk) -> None:
        desk.post_lead()

        answer = desk.call("GET", "/api/v1/reports/forecast", key="read").json

        assert (answer["days"], answer["caps"]) == (0, [])
        assert answer["from"] < answer["to"]
