"""Configuration as code over the API."""

import pytest
from desk import ACME, Desk

from headgate.domain.deliveries import Outcome

YAML = {"content-type": "application/yaml"}


class TestExporting:
    def test_writes_yaml_that_changes_nothing_when_it_is_applied(self, desk: Desk) -> None:
        exported = desk.call("GET", "/api/v1/config", key="read")

        applied = desk.call("POST", "/api/v1/config/apply", exported.body, headers=YAML)

        assert exported.headers["content-type"] == "application/yaml"
        assert b"s3cr3t" not in exported.body
        assert (applied.json["version"], applied.json["changes"]) == (1, [])

    def test_writes_json_when_that_is_accepted(self, desk: Desk) -> None:
        exported = desk.call("GET", "/api/v1/config", headers={"accept": "application/json"})

        applied = desk.call("POST", "/api/v1/config/apply", exported.json)

        assert exported.json["based_on"] == 1
        assert applied.json["changes"] == []


class TestApplying:
    changed = ACME.replace("priority: 10", "priority: 11").encode()

    def test_puts_a_file_in_force(self, desk: Desk) -> None:
        applied = desk.call("POST", "/api/v1/config/apply", self.changed, headers=YAML).json

        (profile,) = desk.call("GET", "/api/v1/profiles").json["items"]
        assert (applied["account"], applied["version"]) == ("acme", 2)
        assert len(applied["changes"]) == 1
        assert profile["assignments"][0]["priority"] == 11

    def test_plans_without_changing_anything(self, desk: Desk) -> None:
        planned = desk.call("POST", "/api/v1/config/plan", self.changed, headers=YAML).json

        assert (planned["version"], len(planned["changes"])) == (1, 1)
        assert b"based_on: 1" in desk.call("GET", "/api/v1/config").body

    def test_refuses_a_file_based_on_another_version_unless_forced(self, desk: Desk) -> None:
        exported = desk.call("GET", "/api/v1/config").body
        desk.call("POST", "/api/v1/config/apply", self.changed, headers=YAML)

        refused = desk.call("POST", "/api/v1/config/apply", exported, headers=YAML)
        forced = desk.call("POST", "/api/v1/config/apply?force=true", exported, headers=YAML)

        assert refused.status == 409
        assert "version 2" in refused.json["detail"]
        assert (forced.status, forced.json["version"]) == (200, 3)

    def test_names_every_flaw(self, desk: Desk) -> None:
        flawed = ACME.replace("limit: 2", "limit: x").replace("priority: 10", "priority: ten")
        flawed = flawed.replace("strategy", "strategem") + "colour: red\n"

        answer = desk.call("POST", "/api/v1/config/apply", flawed.encode(), headers=YAML)

        fields = {each["field"] for each in answer.json["errors"]}
        assert answer.status == 422
        assert {"colour", "profiles[0].assignments[0].priority"} <= fields

    def test_does_not_touch_another_account(self, desk: Desk) -> None:
        answer = desk.call(
            "POST", "/api/v1/config/apply", ACME.encode(), key="rival admin", headers=YAML
        )

        assert answer.status == 422
        assert answer.json["errors"][0]["code"] == "other_account"

    def test_reads_no_environment_variable_that_is_new(self, desk: Desk) -> None:
        stolen = ACME.replace("s3cr3t-token", "{env: HOME}").encode()

        answer = desk.call("POST", "/api/v1/config/apply", stolen, headers=YAML)

        assert answer.json["errors"][0]["code"] == "new_variable"

    @pytest.mark.parametrize(
        ("body", "headers", "status"),
        [
            (b"a" * 1_100_000, YAML, 413),
            (b"{}", {"content-type": "text/plain"}, 415),
            (b"\xff", YAML, 422),
            (b"a: &b [x]", YAML, 422),
            (b"[" * 5_000, YAML, 422),
            (b"", YAML, 422),
        ],
    )
    def test_answers_nonsense(
        self, desk: Desk, body: bytes, headers: dict[str, str], status: int
    ) -> None:
        answer = desk.call("POST", "/api/v1/config/apply", body, headers=headers)

        assert answer.status == status


class TestThings:
    def test_stay_readable_when_they_are_archived(self, desk: Desk) -> None:
        without = "version: 1\naccount: {slug: acme, name: Acme, timezone: UTC, currency: USD}\n"
        desk.call("POST", "/api/v1/config/apply", f"{without}profiles: []".encode(), headers=YAML)

        profile = desk.call("GET", "/api/v1/profiles/residential").json

        assert (profile["slug"], profile["name"]) == ("residential", "Residential")
        assert profile["archived_at"] is not None

    def test_come_in_pages(self, desk: Desk) -> None:
        first = desk.call("GET", "/api/v1/sources?limit=2").json
        second = desk.call("GET", f"/api/v1/sources?limit=2&cursor={first['next']}").json

        slugs = [each["slug"] for each in first["items"] + second["items"]]
        assert slugs == ["site", "rival-site", "api"]
        assert second["next"] is None

    @pytest.mark.parametrize(("query", "found"), [("?entity=solar", 3), ("?entity=x", 0)])
    def test_of_one_entity_are_listed(self, desk: Desk, query: str, found: int) -> None:
        assert len(desk.call("GET", f"/api/v1/sources{query}").json["items"]) == found
        assert desk.call("GET", f"/api/v1/partners{query}").status == 422


class TestAHaltedChannel:
    path = "/api/v1/profiles/residential/assignments/sunpeak"

    def test_is_enabled_again(self, desk: Desk) -> None:
        desk.post_lead()
        desk.end_tries(Outcome.REFUSED, status=410, gone=True)
        halted = desk.call("GET", self.path).json["channel_down"]

        enabled = desk.call("POST", f"{self.path}/enable-channel").json["channel_down"]

        assert (halted, enabled) == (True, False)
        assert desk.post_lead(fields={"email": "b@example.com"})["state"] == "in_delivery"
