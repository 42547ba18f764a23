"""Erasing every lead of a person over the API."""

from typing import Any

from desk import Answer, Desk

from headgate.domain.deliveries import Outcome


def erase(desk: Desk, query: str = "", **said: Any) -> Answer:
    return desk.call("POST", f"/api/v1/erase{query}", said)


class TestErasingAPerson:
    def test_erases_every_lead_and_names_who_has_them(self, desk: Desk) -> None:
        sold = desk.post_lead()
        desk.end_tries(Outcome.DELIVERED)
        again = desk.post_lead(source="rival-site")

        erased = erase(desk, email="ANN@example.com")

        found = {each["id"]: each["partners"] for each in erased.json["leads"]}
        assert found == {sold["id"]: ["sunpeak"], again["id"]: []}
        assert {desk.lead(lead_id)["state"] for lead_id in found} == {"erased"}
        assert b"example.com" not in erased.body

    def test_only_says_which_in_a_dry_run(self, desk: Desk) -> None:
        lead = desk.post_lead()

        found = erase(desk, "?dry_run=true", email="ann@example.com")

        assert [each["id"] for each in found.json["leads"]] == [lead["id"]]
        assert desk.lead(lead["id"])["state"] == "in_delivery"

    def test_puts_the_person_on_a_list_first(self, desk: Desk) -> None:
        desk.post_lead()

        erased = erase(desk, email="ann@example.com", suppress="objections")
        later = desk.post_lead()

        assert erased.json["suppressed_on"] == "objections"
        assert (later["state"], later["deliveries"]) == ("unmatched", [])

    def test_refuses_a_list_that_is_not_there_and_erases_nothing(self, desk: Desk) -> None:
        lead = desk.post_lead()

        refused = erase(desk, email="ann@example.com", suppress="nothing")

        assert refused.status == 404
        assert desk.lead(lead["id"])["state"] == "in_delivery"

    def test_wants_to_know_who(self, desk: Desk) -> None:
        refused = erase(desk, phone="555")

        assert refused.status == 422
        assert refused.json["errors"][0]["field"] == "phone"
