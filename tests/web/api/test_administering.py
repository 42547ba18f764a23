"""The set-up is changed over HTTP one thing at a time; each change is a configuration version."""

from typing import Any

import pytest
from desk import Desk

THIRD = {"slug": "third", "name": "Third", "delivery": {"channel": "inbox"}}


def version(desk: Desk) -> Any:
    exported = desk.call("GET", "/api/v1/config", headers={"accept": "application/json"})
    return exported.json["based_on"]


class TestAdding:
    def test_answers_with_the_thing_as_it_is_read(self, desk: Desk) -> None:
        added = desk.call("POST", "/api/v1/partners", THIRD)

        assert added.status == 201
        assert added.json == desk.call("GET", "/api/v1/partners/third").json
        assert version(desk) == 2

    def test_takes_yaml_too(self, desk: Desk) -> None:
        added = desk.call("POST", "/api/v1/partners", b"{slug: third, name: Third}")

        assert added.status == 201

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({**THIRD, "slug": "sunpeak"}, "slug"),
            ({"name": "Nameless"}, "slug"),
            ({**THIRD, "caps": [{"per": "aeon", "leads": 1}]}, "caps[0].per"),
            ({**THIRD, "colour": "red"}, "colour"),
        ],
    )
    def test_names_the_field_as_seen_from_the_thing(
        self, desk: Desk, said: dict[str, Any], field: str
    ) -> None:
        refused = desk.call("POST", "/api/v1/partners", said)

        assert refused.status == 422
        assert field in [error["field"] for error in refused.json["errors"]]
        assert version(desk) == 1

    def test_decides_the_next_lead(self, desk: Desk) -> None:
        desk.call("POST", "/api/v1/partners", THIRD)

        desk.call(
            "POST",
            "/api/v1/profiles/residential/assignments",
            {"partner": "third", "priority": 99},
        )

        (delivery,) = desk.post_lead()["deliveries"]
        assert delivery["partner"] == "third"


class TestChanging:
    def test_keeps_the_secrets_that_it_was_shown_as_stored(self, desk: Desk) -> None:
        shown = desk.call("GET", "/api/v1/partners/sunpeak").json

        changed = desk.call("PUT", "/api/v1/partners/sunpeak", {**shown, "name": "Sun & Peak"})

        assert changed.json == {**shown, "name": "Sun & Peak"}

    def test_changes_nothing_by_what_was_read(self, desk: Desk) -> None:
        for path in ("entities/solar", "sources/site", "profiles/residential", "forms/quote"):
            shown = desk.call("GET", f"/api/v1/{path}").json
            desk.call("PUT", f"/api/v1/{path}", shown)

        assert version(desk) == 1

    def test_takes_the_slug_from_the_path(self, desk: Desk) -> None:
        changed = desk.call("PUT", "/api/v1/partners/helios", {"name": "Helios Homes"})

        assert (changed.json["slug"], changed.json["name"]) == ("helios", "Helios Homes")

    def test_does_not_rename(self, desk: Desk) -> None:
        refused = desk.call("PUT", "/api/v1/partners/helios", THIRD)

        assert refused.status == 422
        assert refused.json["errors"][0]["code"] == "other_slug"

    def test_changes_the_built_in_source_that_no_file_lists(self, desk: Desk) -> None:
        said = {"entity": "solar", "name": "Our own", "rate": {"per_minute": 60}}

        changed = desk.call("PUT", "/api/v1/sources/api?entity=solar", said)

        assert (changed.status, changed.json["rate"]) == (200, {"per_minute": 60})

    def test_refuses_what_it_is_not_based_on(self, desk: Desk) -> None:
        desk.call("PUT", "/api/v1/partners/helios", {"name": "Helios Homes"})

        refused = desk.call("PUT", "/api/v1/partners/helios?based_on=1", {"name": "Helios"})

        assert refused.status == 409
        assert "Helios Homes" in refused.json["detail"]

    def test_changes_one_assignment_of_a_profile(self, desk: Desk) -> None:
        path = "/api/v1/profiles/residential/assignments/sunpeak"

        changed = desk.call("PUT", path, {"partner": "sunpeak", "priority": 77})

        assert (changed.json["priority"], changed.json["slug"]) == (77, "sunpeak")
        profile = desk.call("GET", "/api/v1/profiles/residential").json
        assert [seat["priority"] for seat in profile["assignments"]] == [77, 5]

    @pytest.mark.parametrize("path", ["partners/nobody", "profiles/residential/assignments/nobody"])
    def test_finds_nothing_that_is_not_there(self, desk: Desk, path: str) -> None:
        refused = desk.call("PUT", f"/api/v1/{path}", {"name": "Nobody", "partner": "helios"})

        assert refused.status == 404


class TestArchiving:
    def test_shows_when_it_was(self, desk: Desk) -> None:
        archived = desk.call("DELETE", "/api/v1/forms/quote")

        assert archived.status == 200
        assert archived.json["archived_at"] is not None

    def test_refuses_while_something_names_it(self, desk: Desk) -> None:
        refused = desk.call("DELETE", "/api/v1/partners/helios")

        assert refused.status == 422
        assert refused.json["errors"][0]["field"] == "profiles[0].assignments[1].partner"

    def test_leaves_the_profile_without_the_assignment(self, desk: Desk) -> None:
        left = desk.call("DELETE", "/api/v1/profiles/residential/assignments/helios")

        assert [seat["partner"] for seat in left.json["assignments"]] == ["sunpeak"]
