"""Suppression lists over the API: made, filled, asked, exported and deleted."""

import hashlib
from typing import Any

from desk import Answer, Desk

LISTS = "/api/v1/suppressions"


def make(desk: Desk, slug: str = "dnc", **said: Any) -> Answer:
    return desk.call("POST", LISTS, {"slug": slug, "name": "Do not call", **said})


def send_file(desk: Desk, content: bytes, query: str = "") -> Answer:
    headers = {"content-type": "text/csv"}
    return desk.call("POST", f"{LISTS}/dnc/import{query}", content, headers=headers)


class TestMakingAList:
    def test_answers_with_it(self, desk: Desk) -> None:
        made = make(desk, partner="sunpeak")

        assert made.status == 201
        assert (made.json["name"], made.json["partner"], made.json["entries"]) == (
            "Do not call",
            "sunpeak",
            0,
        )
        assert desk.call("GET", LISTS).json["items"] == [made.json]

    def test_is_refused_where_the_slug_is_taken(self, desk: Desk) -> None:
        make(desk)

        again = make(desk)

        assert (again.status, again.json["type"]) == (409, "urn:headgate:problem:list_exists")

    def test_names_what_is_wrong(self, desk: Desk) -> None:
        refused = make(desk, slug="No slug", partner="nobody")

        assert refused.status == 422
        assert [each["field"] for each in refused.json["errors"]] == ["slug", "partner"]


class TestValues:
    def test_are_added_found_and_removed(self, desk: Desk) -> None:
        make(desk)

        added = desk.call("POST", f"{LISTS}/dnc/add", {"values": ["ann@example.com", "x.example"]})
        found = desk.call("POST", "/api/v1/suppressed", {"value": "Bo@mail.x.example"})
        gone = desk.call("POST", f"{LISTS}/dnc/remove", {"values": ["x.example"]})

        assert added.json == {"added": 2, "already": 0}
        assert [each["slug"] for each in found.json["lists"]] == ["dnc"]
        assert gone.json == {"removed": 1, "absent": 0}

    def test_keep_a_lead_back_and_are_not_in_its_verdict(self, desk: Desk) -> None:
        make(desk)
        desk.call("POST", f"{LISTS}/dnc/add", {"values": ["ann@example.com"]})

        lead = desk.post_lead()
        decision = desk.call("GET", f"/api/v1/leads/{lead['id']}/decision")

        assert (lead["state"], lead["deliveries"]) == ("unmatched", [])
        (check,) = [
            each
            for each in decision.json["profiles"][0]["assignments"][0]["checks"]
            if each["check"] == "suppressed"
        ]
        assert check == {"check": "suppressed", "passed": False, "list": "Do not call"}
        assert b"ann@example.com" not in decision.body


class TestAFile:
    def test_is_put_on_the_list_with_its_bad_lines_named(self, desk: Desk) -> None:
        make(desk)

        done = send_file(desk, b"who,mail\nAnn,ann@example.com\nBo,bo\n", "?column=mail")

        assert (done.status, done.json["added"], done.json["failed"]) == (200, 1, 1)
        assert done.json["errors"][0]["line"] == 3

    def test_replaces_what_stood_there(self, desk: Desk) -> None:
        make(desk)
        send_file(desk, b"ann@example.com\n")

        done = send_file(desk, b"bo@example.com\n", "?mode=replace")

        assert (done.json["added"], done.json["removed"]) == (1, 1)

    def test_without_a_value_is_refused(self, desk: Desk) -> None:
        make(desk)

        refused = send_file(desk, b"mail\nAnn\n")

        assert (refused.status, refused.json["type"][21:]) == (422, "nothing_listable")
        assert refused.json["errors"][0]["field"] == "line 2"

    def test_comes_back_as_hashes(self, desk: Desk) -> None:
        make(desk)
        send_file(desk, b"ann@example.com\n")

        exported = desk.call("GET", f"{LISTS}/dnc/export")

        wanted = hashlib.sha256(b"ann@example.com").hexdigest()
        assert exported.body.decode().splitlines()[1].startswith(f"{wanted},sha256,")


class TestDeletingAList:
    def test_leaves_nothing(self, desk: Desk) -> None:
        make(desk)
        send_file(desk, b"ann@example.com\n")

        deleted = desk.call("DELETE", f"{LISTS}/dnc")

        assert (deleted.status, deleted.body) == (204, b"")
        assert desk.call("GET", f"{LISTS}/dnc").status == 404
        assert desk.post_lead()["state"] == "in_delivery"
