"""Malformed requests get the right 4xx, and nothing of them is stored."""

import json
from typing import Any

import pytest
from desk import Desk

LEADS = "/api/v1/leads"
FLAT = "/api/v1/intake/solar"
BULK = "/api/v1/leads/bulk"


def lead(**said: object) -> bytes:
    """Return a lead; `½` stands for half a character."""
    body = {"entity": "solar", "fields": {"first_name": "Ann"}, **said}
    return json.dumps(body, ensure_ascii=False).replace("½", "\\ud800").encode()


def nested(depth: int) -> bytes:
    inside = b"[" * depth + b"]" * depth
    return lead(consent={"a": "?"}).replace(b'"?"', inside)


MALFORMED = [
    (LEADS, b"", 400),
    (LEADS, b"{", 400),
    (LEADS, b"[]", 422),
    (LEADS, b"null", 422),
    (LEADS, b'{"entity":"sol\xff"}', 400),
    (LEADS, b'{"entity":"solar","fields":{"first_name":NaN}}', 400),
    (LEADS, b'{"entity":"\\ud800","fields":{}}', 404),
    (LEADS, b'{"entity":"\\u0000","fields":{}}', 404),
    (LEADS, lead(source="½"), 404),
    (LEADS, lead(fields={"first_name": "½"}), 422),
    (LEADS, lead(fields={"first_name": "\0"}), 422),
    (LEADS, lead(fields={"first_name": {}}), 422),
    (LEADS, lead(fields={"first_name": "A", "½": 1}), 422),
    (LEADS, lead(consent={"a": "½"}), 422),
    (LEADS, lead(consent={"½": 1}), 422),
    (LEADS, lead(consent={"a": "\0"}), 422),
    (LEADS, lead(note="½"), 422),
    (LEADS, lead(external_id="\0"), 422),
    (LEADS, lead(status="Nope"), 422),
    (LEADS, lead(colour="red"), 422),
    (LEADS, nested(900), 422),
    (LEADS, nested(5_000), 400),
    (LEADS, lead(consent={"a": "?"}).replace(b'"?"', b"1e" + b"9" * 30), 400),
    (LEADS, b'{"entity":"' + b"a" * 1_000_000 + b'"}', 413),
    (BULK, b'{"entity":"solar","leads":{}}', 422),
    (BULK, b'{"entity":"nope","leads":[{}]}', 404),
    (BULK, json.dumps({"entity": "solar", "leads": [{}] * 1_001}).encode(), 422),
    (BULK, b'{"entity":"' + b"a" * 5_000_000 + b'"}', 413),
    (FLAT, b"[]", 400),
    (FLAT, b"{}", 422),
]


def stored(desk: Desk) -> int:
    return len(desk.call("GET", LEADS).json["items"])


class TestABody:
    @pytest.mark.parametrize(("path", "body", "status"), MALFORMED)
    @pytest.mark.parametrize("headers", [{}, {"idempotency-key": "k"}], ids=["", "idempotent"])
    def test_that_is_malformed_stores_nothing(
        self, desk: Desk, path: str, body: bytes, status: int, headers: dict[str, str]
    ) -> None:
        answer = desk.call("POST", path, body, headers=headers)

        assert answer.status == status, answer.body
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json["status"] == status
        assert stored(desk) == 0

    @pytest.mark.parametrize("value", [None, 1, 1.5, True, "x", [], {}])
    @pytest.mark.parametrize(
        "name",
        ["entity", "fields", "status", "source", "test", "distribute", "external_id", "consent"],
    )
    def test_of_any_type_is_no_error_of_ours(self, desk: Desk, name: str, value: object) -> None:
        for path in (LEADS, BULK, FLAT, "/api/v1/simulate"):
            body: dict[str, Any] = {"entity": "solar", "fields": {}, name: value}

            assert desk.call("POST", path, body).status < 500

    def test_in_a_form_may_be_no_utf_8(self, desk: Desk) -> None:
        form = {"content-type": "application/x-www-form-urlencoded"}

        assert desk.call("POST", FLAT, b"first_name=%ff", headers=form).status == 400

    def test_of_another_type_is_refused(self, desk: Desk) -> None:
        assert desk.call("POST", LEADS, b"{}", headers={"content-type": "a/b"}).status == 415

    def test_of_a_bulk_names_each_flawed_lead(self, desk: Desk) -> None:
        body = {"entity": "solar", "leads": [{"first_name": "A"}, {}, {"first_name": "\0"}]}

        results = desk.call("POST", BULK, body).json["results"]

        assert [sorted(each) for each in results] == [["id", "state"], ["errors"], ["errors"]]

    def test_of_a_bulk_does_not_hide_a_revoked_key(self, desk: Desk) -> None:
        unknown = f"hg_{'A' * 40}00000000"

        answer = desk.call("POST", BULK, {"entity": "solar", "leads": []}, key=unknown)

        assert answer.status == 401


class TestAQuery:
    @pytest.mark.parametrize(
        "query", ["wait=31", "wait=-1", "wait=nan", "wait=%C2%B2", "wait=1&wait=2", "weight=1"]
    )
    def test_of_a_post_is_judged_before_anything_is_stored(self, desk: Desk, query: str) -> None:
        assert desk.call("POST", f"{LEADS}?{query}", lead()).status == 422
        assert stored(desk) == 0


class TestAMethod:
    def test_that_is_not_there_names_those_that_are(self, desk: Desk) -> None:
        answer = desk.call("PATCH", LEADS)

        assert answer.status == 405
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"

    def test_options_needs_no_key(self, desk: Desk) -> None:
        answer = desk.call("OPTIONS", LEADS, key=None)

        assert (answer.status, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")

    def test_head_is_get_without_a_body(self, desk: Desk) -> None:
        got, head = desk.call("GET", LEADS), desk.call("HEAD", LEADS)

        assert (head.status, head.body) == (200, b"")
        assert head.headers["content-length"] == got.headers["content-length"]


class TestAnUnforeseenError:
    def test_is_named_by_the_answer(self, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
        desk.has_no_pulse = True

        answer = desk.call("GET", "/metrics")

        assert answer.status == 500
        request_id = answer.json["detail"].split()[-1]
        assert request_id in "".join(capsys.readouterr())
