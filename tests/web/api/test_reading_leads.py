"""Leads and deliveries are read by programs."""

import pytest
from desk import Desk

from headgate.domain.deliveries import Outcome


def ids(answer: object) -> list[str]:
    return [item["id"] for item in answer["items"]]  # type: ignore[index]


class TestALead:
    def test_shows_its_fields_deliveries_and_attempts(self, desk: Desk) -> None:
        posted = desk.post_lead(external_id="abc-1", consent={"url": "https://x"})
        desk.end_tries(Outcome.REFUSED, status=422, answer="no")

        lead = desk.lead(posted["id"])

        (delivery,) = lead["deliveries"]
        (attempt,) = delivery["attempts"]
        assert lead["fields"]["first_name"] == "Ann"
        assert lead["external_id"] == "abc-1"
        assert lead["consent"] == {"url": "https://x"}
        assert (attempt["n"], attempt["outcome"], attempt["status"]) == (1, "refused", 422)
        assert attempt["answer"] == "no"

    @pytest.mark.parametrize(("key", "seen"), [("admin", "078-05-1120"), ("read", "•••")])
    def test_shows_encrypted_values_to_admins_alone(self, desk: Desk, key: str, seen: str) -> None:
        lead = desk.post_lead()

        one = desk.call("GET", f"/api/v1/leads/{lead['id']}", key=key).json
        (listed,) = desk.call("GET", "/api/v1/leads", key=key).json["items"]

        assert (one["fields"]["ssn"], listed["fields"]["ssn"]) == (seen, seen)

    def test_tells_its_decision(self, desk: Desk) -> None:
        lead = desk.post_lead()

        decision = desk.call("GET", f"/api/v1/leads/{lead['id']}/decision", key="read").json

        (profile,) = decision["profiles"]
        results = {each["assignment"]: each["result"] for each in profile["assignments"]}
        assert results == {"sunpeak": "selected", "helios": "rules_not_met"}
        assert decision["rounds"][0]["because"] == "received"

    @pytest.mark.parametrize(
        "id",
        [
            "x",
            "%00",
            "0199AAAA-0000-7000-8000-000000000000",
            "{0199aaaa-0000-7000-8000-000000000000}",
            "0199aaaa-0000-7000-8000-000000000000",
        ],
    )
    def test_is_not_found_by_another_id(self, desk: Desk, id: str) -> None:
        answer = desk.call("GET", f"/api/v1/leads/{id}")

        assert answer.status == 404
        assert answer.headers["content-type"] == "application/problem+json"


class TestTheList:
    def test_goes_on_where_a_page_ended_newest_first(self, desk: Desk) -> None:
        posted = [desk.post_lead(fields={"email": f"{n}@example.com"})["id"] for n in range(3)]

        first = desk.call("GET", "/api/v1/leads?limit=2").json
        second = desk.call("GET", f"/api/v1/leads?limit=2&cursor={first['next']}").json

        assert ids(first) + ids(second) == posted[::-1]
        assert second["next"] is None

    @pytest.mark.parametrize(
        "query",
        [
            "entity=solar",
            "state=in_delivery",
            "partner=sunpeak",
            "source=site",
            "external_id=abc",
            "q=needle",
            "from=2020-01-01",
            "to=2199-01-01T00:00:00Z",
        ],
    )
    def test_is_narrowed_by_what_a_lead_is(self, desk: Desk, query: str) -> None:
        lead = desk.post_lead(source="site", external_id="abc", fields={"first_name": "Needle"})

        assert ids(desk.call("GET", f"/api/v1/leads?{query}").json) == [lead["id"]]

    @pytest.mark.parametrize(
        "query",
        [
            "entity=other",
            "state=held",
            "partner=helios",
            "source=api",
            "external_id=ab",
            "q=hay",
            "from=2199-01-01",
            "to=2020-01-01",
        ],
    )
    def test_leaves_out_what_a_lead_is_not(self, desk: Desk, query: str) -> None:
        desk.post_lead(source="site", external_id="abc")

        assert ids(desk.call("GET", f"/api/v1/leads?{query}").json) == []

    def test_holds_test_leads_only_when_asked(self, desk: Desk) -> None:
        real, test = desk.post_lead()["id"], desk.post_lead(test=True)["id"]

        assert ids(desk.call("GET", "/api/v1/leads").json) == [real]
        assert ids(desk.call("GET", "/api/v1/leads?test=true").json) == [test]

    @pytest.mark.parametrize("path", ["/api/v1/leads", "/api/v1/deliveries", "/api/v1/ledger"])
    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("colour=red", "colour"),
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=%C2%B2", "limit"),
            ("limit=5&limit=6", "limit"),
            ("cursor=x", "cursor"),
            ("from=yesterday", "from"),
            ("to=2026-13-01", "to"),
            ("partner=%00", "partner"),
            ("partner=%ff", ""),
        ],
    )
    def test_names_the_parameter_that_is_wrong(
        self, desk: Desk, path: str, query: str, field: str
    ) -> None:
        answer = desk.call("GET", f"{path}?{query}")

        assert answer.status == 422
        assert field in {each["field"] for each in answer.json["errors"]}


class TestTheLedger:
    def test_lists_the_charge_of_a_delivered_lead(self, desk: Desk) -> None:
        lead = desk.post_lead()
        desk.end_tries(Outcome.DELIVERED, status=200)

        (entry,) = desk.call("GET", "/api/v1/ledger?partner=sunpeak&kind=charge").json["items"]

        assert entry["delivery"] == lead["deliveries"][0]["id"]
        assert (entry["kind"], entry["amount"], entry["currency"]) == ("charge", "12.50", "USD")


class TestDeliveries:
    @pytest.mark.parametrize(
        ("query", "found"),
        [("state=sending", 1), ("state=failed", 0), ("partner=sunpeak", 1), ("profile=x", 0)],
    )
    def test_are_narrowed(self, desk: Desk, query: str, found: int) -> None:
        desk.post_lead()

        assert len(desk.call("GET", f"/api/v1/deliveries?{query}").json["items"]) == found
