"""A dry run over the API shows what would be sent, and changes nothing."""

from desk import Desk
from django.apps import apps

LEAD = {
    "entity": "solar",
    "fields": {"first_name": "Bo", "email": "bo@example.com", "ssn": "078-05-1120"},
}


def rows() -> dict[str, list[object]]:
    """Return every row but those of keys, which note when they were used."""
    return {
        model.__name__: list(model.objects.order_by("pk").values_list())
        for model in apps.get_app_config("storage").get_models()
        if model.__name__ != "ApiKey"
    }


class TestSimulating:
    def test_shows_the_request_without_secrets(self, desk: Desk) -> None:
        simulated = desk.call("POST", "/api/v1/simulate", LEAD).json

        (delivery,) = simulated["deliveries"]
        request = delivery["request"]
        assert (delivery["partner"], delivery["channel"]) == ("sunpeak", "webhook")
        assert (request["method"], request["url"]) == ("POST", "https://sunpeak.example/leads")
        assert request["headers"]["Authorization"] == "Bearer •••"
        assert '"ssn":"•••"' in request["body"]
        assert "s3cr3t" not in str(simulated)

    def test_writes_no_row_and_takes_no_place(self, desk: Desk) -> None:
        before = desk.run(rows)

        for at in ("2026-12-24T10:00:00Z", "2080-01-01T00:00:00Z"):
            assert desk.call("POST", "/api/v1/simulate", {**LEAD, "at": at}).status == 200

        assert desk.run(rows) == before
        assert desk.errands == []

    def test_moves_no_id_ahead_of_its_time(self, desk: Desk) -> None:
        desk.call("POST", "/api/v1/simulate", {**LEAD, "at": "2080-01-01T00:00:00Z"})

        first, second = desk.post_lead()["id"], desk.post_lead()["id"]

        assert first < second < "03"

    def test_decides_as_the_lead_then_is(self, desk: Desk) -> None:
        simulated = desk.call("POST", "/api/v1/simulate", LEAD).json
        lead = desk.call("POST", "/api/v1/leads", LEAD).json
        decided = desk.call("GET", f"/api/v1/leads/{lead['id']}/decision").json

        assert simulated["decision"]["profiles"] == decided["profiles"]
        assert simulated["state"] == "in_delivery"

    def test_says_that_a_duplicate_would_go_to_nobody(self, desk: Desk) -> None:
        lead = desk.call("POST", "/api/v1/leads", LEAD).json

        simulated = desk.call("POST", "/api/v1/simulate", LEAD).json

        assert (simulated["state"], simulated["duplicate_of"]) == ("duplicate", lead["id"])
        assert simulated["deliveries"] == []

    def test_refuses_what_posting_refuses(self, desk: Desk) -> None:
        answer = desk.call("POST", "/api/v1/simulate", {"entity": "solar", "fields": {}})

        assert answer.status == 422
        assert answer.json["errors"][0]["field"] == "first_name"
