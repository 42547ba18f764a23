"""What a source sent to another system is taken as it comes."""

from typing import Any

import pytest
from desk import Desk

from headgate.storage import models

ANN = {"First Name": "Ann", "email": "ann@example.com"}


def post(desk: Desk, key: str, **more: Any) -> str:
    answer = desk.call("POST", "/api/v1/intake/solar", {**ANN, **more}, key=key)
    assert answer.status == 201, answer.body
    return str(answer.json["state"])


class TestDedupMode:
    @pytest.mark.parametrize(
        ("key", "mode", "state"),
        [
            ("admin", "skip", "duplicate"),
            ("admin", "create", "in_delivery"),
            ("intake", "create", "duplicate"),
            ("intake", "reject", "duplicate"),
        ],
    )
    def test_counts_where_the_key_may_say_so(
        self, desk: Desk, key: str, mode: str, state: str
    ) -> None:
        post(desk, key)

        assert post(desk, key, dedup_mode=mode) == state

    def test_is_kept_beside_the_lead_where_it_does_not_count(self, desk: Desk) -> None:
        post(desk, "intake", dedup_mode="create")

        assert desk.run(lambda: models.Lead.objects.get().extra) == '{"dedup_mode":"allow"}'


class TestNotes:
    def test_become_the_note(self, desk: Desk) -> None:
        post(desk, "admin", note="first", notes=["second", {"text": "third", "tag": "call"}])

        assert desk.run(lambda: models.Lead.objects.get().note) == "first\nsecond\nthird"
