"""Leads changed over HTTP: the parts that are named, nothing that somebody changed meanwhile."""

from typing import Any

from desk import Answer, Desk


def patch(desk: Desk, lead_id: str, **said: Any) -> Answer:
    return desk.call("PATCH", f"/api/v1/leads/{lead_id}", said)


class TestPatchingALead:
    def test_changes_what_is_named_and_answers_the_lead(self, desk: Desk) -> None:
        lead = desk.post_lead(fields={"budget": 50})

        answer = patch(desk, lead["id"], fields={"budget": 60.5, "ssn": None}, status="won")

        assert answer.status == 200, answer.body
        assert answer.json["fields"] == {
            "first_name": "Ann",
            "email": "ann@example.com",
            "budget": 60.5,
        }
        assert (answer.json["status"], answer.json["revision"]) == ("Won", 1)
        (line,) = answer.json["history"]
        assert line["by"].startswith("API key ")
        assert line["changes"] == {"budget": [50, 60.5], "ssn": "•••"}

    def test_refuses_bad_values_by_name(self, desk: Desk) -> None:
        lead = desk.post_lead()

        answer = patch(desk, lead["id"], fields={"email": "ann@", "first_name": ""})

        assert answer.status == 422
        assert {each["field"] for each in answer.json["errors"]} == {"email", "first_name"}

    def test_stands_back_for_what_came_meanwhile(self, desk: Desk) -> None:
        lead = desk.post_lead()
        patch(desk, lead["id"], note="Call after six")

        answer = patch(desk, lead["id"], note="Call before six", based_on=0)

        assert (answer.status, answer.json["type"][21:]) == (409, "changed_meanwhile")


class TestTheListOfLeads:
    def test_narrows_by_status_and_assignee(self, desk: Desk) -> None:
        won = desk.post_lead(fields={"email": "won@example.com"}, status="Won")
        desk.post_lead()

        found = desk.call("GET", "/api/v1/leads?status=Won&assignee=nobody").json["items"]

        assert [each["id"] for each in found] == [won["id"]]
        assert desk.call("GET", "/api/v1/leads?assignee=ann@acme.example").json["items"] == []
