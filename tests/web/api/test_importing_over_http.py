"""Files over HTTP: taken in, tried, followed, cancelled, undone."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
from desk import Answer, Desk

from headgate import clock
from headgate.services.imports import import_jobs, importing, undoing, uploading
from headgate.storage import models

LEADS = b"First name,Mail,Note\nAnn,ann@example.com,x\nBo,bad,y\n,cid@example.com\n"
MAPPED = {"mapping": '{"Mail": "email"}'}


def work(desk: Desk) -> None:
    """Do what a serving process does."""

    def go_on() -> None:
        found = import_jobs.claim_next(now=clock.now())
        assert found is not None
        if found.state == "undoing":
            undo = partial(undoing.undo_some, account_id=found.account_id, import_id=found.id)
            while undo(now=clock.now()):
                pass
            return
        begun, parts = import_jobs.open_rows(found)
        for records in parts:
            importing.take_rows(begun=begun, records=records, now=clock.now())

    desk.run(go_on)


def get(desk: Desk, number: int, more: str = "") -> Answer:
    return desk.call("GET", f"/api/v1/imports/{number}{more}", key="read")


def act(desk: Desk, number: int, what: str) -> Answer:
    return desk.call("POST", f"/api/v1/imports/{number}/{what}")


class TestAFile:
    def test_is_imported_after_the_answer(self, desk: Desk) -> None:
        answer = desk.upload(LEADS, name="leads.csv", **MAPPED)
        work(desk)

        done = get(desk, answer.json["id"]).json
        assert answer.status == 201
        assert (answer.json["state"], answer.json["reached"]) == ("running", 0)
        assert (done["state"], done["stored"], done["failed"]) == ("done", 1, 2)
        assert (done["entity"], done["source"], done["name"]) == ("solar", "api", "leads.csv")

    def test_is_imported_once(self, desk: Desk) -> None:
        first = desk.upload(LEADS, **MAPPED)
        work(desk)

        again = desk.upload(LEADS, **MAPPED)
        anew = desk.upload(LEADS, **MAPPED, force="true")

        assert (again.status, again.json["id"]) == (200, first.json["id"])
        assert (anew.status, anew.json["id"]) == (201, first.json["id"] + 1)
        assert desk.run(models.Upload.objects.count) == 2

    def test_is_tried_without_any_effect(self, desk: Desk) -> None:
        answer = desk.upload(LEADS, **MAPPED, dry_run="true")

        assert answer.json["rows"] == answer.json["looked_at"] == 3
        assert (answer.json["new"], answer.json["failed"]) == (1, 2)
        assert answer.json["reasons"][0] == {
            "line": 3,
            "reason": "email: must be an email address, such as ann@example.com",
        }
        assert not desk.run(models.Import.objects.exists)
        assert not desk.run(models.Upload.objects.exists)

    @pytest.mark.parametrize(
        ("content", "query", "status", "said"),
        [
            (LEADS, {"entity": ""}, 422, "say whose leads they are"),
            (LEADS, {"entity": "gas"}, 404, "no entity"),
            (LEADS, {"source": "elsewhere"}, 404, "no source"),
            (LEADS, {"mapping": '{"Mail": "nothing"}'}, 422, "no field 'nothing'"),
            (LEADS, {"mapping": "Mail=email"}, 422, "a JSON object of texts"),
            (b"a,a\n1,2\n", {}, 422, "both named 'a'"),
            (b"PK\x03\x04", {}, 422, "cannot be read"),
            (LEADS, {"on_duplicate": "skip"}, 422, "one of reject"),
        ],
    )
    def test_is_refused_with_the_reason(
        self, desk: Desk, content: bytes, query: dict[str, str], status: int, said: str
    ) -> None:
        answer = desk.upload(content, **query)

        assert answer.status == status
        assert said in answer.json["detail"]
        assert not desk.run(models.Upload.objects.exists)

    def test_comes_as_a_file(self, desk: Desk) -> None:
        form = {"content-type": "application/x-www-form-urlencoded"}
        answer = desk.call("POST", "/api/v1/imports?entity=solar", LEADS, headers=form)

        assert answer.status == 415

    def test_has_a_size_that_is_read(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(uploading, "MOST_BYTES", 20)

        answer = desk.upload(LEADS)

        assert answer.status == 413


class TestFailedRows:
    def test_come_as_csv(self, desk: Desk) -> None:
        number = desk.upload(LEADS, **MAPPED).json["id"]
        work(desk)

        answer = get(desk, number, "/failed")

        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.body.decode().splitlines()[0] == "line,reason,First name,Mail,Note"
        assert "Bo,bad,y" in answer.body.decode()


class TestImports:
    def test_are_listed_newest_first(self, desk: Desk) -> None:
        numbers = [desk.upload(f"first_name\nA{n}\n".encode()).json["id"] for n in range(3)]

        def page(**query: Any) -> Any:
            path = f"/api/v1/imports?{urlencode(query)}"
            return desk.call("GET", path, key="read").json

        first = page(limit=2)
        rest = page(limit=2, cursor=first["next"])
        assert [each["id"] for each in first["items"] + rest["items"]] == numbers[::-1]
        assert rest["next"] is None
        assert page(state="done")["items"] == []

    def test_are_cancelled_and_go_on(self, desk: Desk) -> None:
        number = desk.upload(LEADS, **MAPPED).json["id"]

        assert act(desk, number, "cancel").json["state"] == "cancelled"
        assert act(desk, number, "cancel").status == 409
        assert act(desk, number, "go-on").json["state"] == "running"

    def test_are_undone(self, desk: Desk) -> None:
        number = desk.upload(LEADS, **MAPPED).json["id"]
        work(desk)

        assert act(desk, number, "undo").json["state"] == "undoing"
        work(desk)

        assert get(desk, number).json["state"] == "undone"
        assert not desk.run(models.Lead.objects.exists)

    def test_have_numbers_that_must_exist(self, desk: Desk) -> None:
        assert get(desk, 77).status == 404
        assert desk.call("GET", "/api/v1/imports/first").status == 404
