"""A form's rows and choices become the delivery settings of a document, and come from them."""

from typing import Any

import pytest

from headgate.domain.flaws import Flaw
from headgate.web import delivery_drafts
from headgate.web.delivery_drafts import act, closed, opened, suggest

WEBHOOK: dict[str, Any] = {"channel": "webhook", "url": "https://helios.example/"}
SAID: list[dict[str, Any]] = [
    WEBHOOK,
    WEBHOOK | {"headers": {"X-Api-Key": {"stored": True}, "Accept": "text/plain"}},
    WEBHOOK | {"auth": {"type": "oauth2", "token_url": "https://a.example/", "scope": "leads"}},
    WEBHOOK | {"fields": ["zip", "email"]},
    WEBHOOK | {"fields": {"Postcode": "zip", "email": "email"}},
    WEBHOOK | {"template": "{{ lead.zip }}"},
    WEBHOOK | {"retry": "none"},
    WEBHOOK | {"retry": [60, 300], "timeout_seconds": 5},
    WEBHOOK | {"answer": {"refuse": {"status": [400, "5xx"]}, "price": "$.price"}},
    WEBHOOK | {"answer": {"accept": {"path": "$.status", "equals": "ok"}}},
    {"channel": "email", "to": ["a@b.example"], "attach": ["csv"], "digest": "daily 07:00"},
    {"channel": "email", "to": ["a@b.example"], "digest": "hourly", "html": "<p>"},
    {"channel": "portal", "accept": "required"},
    {"channel": "inbox"},
    {"channel": "telegram", "token": {"env": "T"}, "chat_id": "1", "retry": [5], "fields": ["zip"]},
]


class TestAForm:
    @pytest.mark.parametrize("said", SAID)
    def test_says_what_it_was_opened_from(self, said: dict[str, Any]) -> None:
        thing = {"slug": "helios", "delivery": said}

        assert closed(opened(thing)).said == thing

    def test_shows_one_way_as_the_first_of_a_list(self) -> None:
        assert opened({"delivery": WEBHOOK})["delivery"] == [WEBHOOK]

    def test_keeps_the_order_of_fall_backs(self) -> None:
        thing = {"delivery": [WEBHOOK, {"channel": "inbox"}]}

        assert closed(opened(thing)).said == thing

    def test_reaches_into_assignments(self) -> None:
        thing = {"assignments": [{"partner": "helios"}, {"partner": "x", "delivery": SAID[3]}]}

        form = opened(thing)

        assert form["assignments"][1]["delivery"][0]["fields"]["which"] == "chosen"
        assert closed(form).said == thing

    @pytest.mark.parametrize(
        "hours",
        [
            {"mon": "09:00-17:00", "sat": "10:00-12:00,13:00-24:00", "closed_on": ["2026-12-25"]},
            {"fri": "22:00-06:00"},
            {},
        ],
    )
    def test_says_the_hours_it_was_opened_from(self, hours: dict[str, Any]) -> None:
        assert closed(opened({"hours": hours})).said == {"hours": hours}

    def test_leaves_hours_out_that_are_always_open(self) -> None:
        form = {"hours": {"mon": [{"from": "09:00", "to": "17:00"}]}}

        assert closed(form).said == {}


class TestClosing:
    def test_leaves_out_what_belongs_to_another_channel(self) -> None:
        form = {"delivery": [WEBHOOK | {"channel": "inbox", "retry": {"kind": "none"}}]}

        assert closed(form).said == {"delivery": {"channel": "inbox"}}

    def test_leaves_out_a_login_of_another_type(self) -> None:
        way = WEBHOOK | {"auth": {"type": "bearer", "token": "t", "username": "ann"}}

        assert closed({"delivery": [way]}).said["delivery"]["auth"] == {
            "type": "bearer",
            "token": "t",
        }

    def test_leaves_out_ways_without_a_channel(self) -> None:
        assert closed({"delivery": [{}, {"url": "https://x.example/"}]}).said == {}

    @pytest.mark.parametrize(
        ("way", "place"),
        [
            ({"headers": [{"value": "x"}]}, "delivery[0].headers[0].name"),
            ({"headers": [{"name": "A"}, {"name": "A"}]}, "delivery[0].headers[1].name"),
            (
                {"fields": {"which": "chosen", "rows": [{"key": "a", "name": "b"}, {"key": "b"}]}},
                "delivery[0].fields.rows[1].name",
            ),
            ({"retry": {"kind": "own"}}, "delivery[0].retry.pauses"),
            ({"body": "own"}, "delivery[0].template"),
        ],
    )
    def test_says_what_no_document_could_hold(self, way: dict[str, Any], place: str) -> None:
        (flaw,) = closed({"delivery": [WEBHOOK | way]}).flaws

        assert flaw.place == place

    @pytest.mark.parametrize(
        ("said", "shown"),
        [
            ("delivery.url", "delivery[1].url"),
            ("delivery.headers.X-Api-Key", "delivery[1].headers[1].value"),
            ("delivery.fields.Postcode", "delivery[1].fields.rows[0].key"),
            ("delivery.retry[1]", "delivery[1].retry.pauses[1]"),
            ("name", "name"),
        ],
    )
    def test_finds_the_control_of_a_flaw(self, said: str, shown: str) -> None:
        way = WEBHOOK | {
            "headers": [{"name": "A", "value": "a"}, {"name": "X-Api-Key"}],
            "fields": {"which": "chosen", "rows": [{"key": "zip", "name": "Postcode"}]},
            "retry": {"kind": "own", "pauses": "5, x"},
        }

        (flaw,) = closed({"delivery": [{}, way]}).seen([Flaw(said, "code", "wrong")])

        assert flaw.place == shown


class TestDeeds:
    def test_ask_for_secrets_again_where_settings_moved(self) -> None:
        stored = WEBHOOK | {"auth": {"type": "bearer", "token": {"stored": True}}}
        form = {"delivery": [{"channel": "inbox"}, stored, stored]}

        act(form, "up delivery[1]")

        assert form["delivery"][0]["auth"] == {"type": "bearer"}
        assert form["delivery"][2] == stored

    def test_open_the_workdays_as_monday_is(self) -> None:
        form: dict[str, Any] = {"hours": {"mon": [{"from": "09:00", "to": "17:00"}]}}

        act(form, "workdays hours")

        assert [day for day in form["hours"] if form["hours"][day]] == [
            "mon",
            "tue",
            "wed",
            "thu",
            "fri",
        ]

    def test_do_what_every_draft_can(self) -> None:
        form: dict[str, Any] = {}

        act(form, "add caps")

        assert form == {"caps": [{}]}

    def test_begin_a_choice_of_fields_with_all(self) -> None:
        form = {"delivery": [WEBHOOK | {"fields": {"which": "chosen"}}]}

        suggest(form, ["zip", "email"])

        assert delivery_drafts.closed(form).said["delivery"]["fields"] == ["zip", "email"]
