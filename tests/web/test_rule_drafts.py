"""What the selects and buttons of the rule builder do to a drafted rule."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from headgate.domain.entities import Entity
from headgate.domain.fields import Field, FieldType
from headgate.web import rule_drafts
from headgate.web.drafts import BadPlace, read_posted

ENTITY = Entity(
    "solar",
    "Solar",
    (
        Field("ssn", FieldType.TEXT, "SSN", encrypted=True),
        Field("zip", FieldType.POSTCODE, "ZIP code"),
        Field("budget", FieldType.NUMBER, "Budget"),
        Field("owner", FieldType.BOOLEAN, "Owner"),
    ),
)
ZIP = {"field": "zip", "op": "in", "value": ["90210"]}
BUDGET = {"field": "budget", "op": "gte", "value": "5"}


def posted(**said: str) -> dict[str, Any]:
    names = {name.replace("__", " "): value for name, value in said.items()}
    query = QueryDict(urlencode(names))
    document = read_posted(query)
    rule_drafts.regroup(document, query)
    return document


class TestRegrouping:
    def test_makes_a_group_what_its_select_says(self) -> None:
        query = {"rules.all:entries": "", "_group rules.all": "none", "rules.all[0].field": "zip"}

        assert posted(**query) == {"rules": {"none": [{"field": "zip"}]}}

    def test_takes_the_inner_groups_along(self) -> None:
        query = {
            "rules.all:entries": "",
            "_group rules.all": "any",
            "rules.all[0].any:entries": "",
            "_group rules.all[0].any": "all",
            "rules.all[0].any[0].field": "zip",
            "rules.all[1].field": "budget",
        }

        assert posted(**query) == {
            "rules": {"any": [{"all": [{"field": "zip"}]}, {"field": "budget"}]}
        }

    def test_keeps_empty_groups_at_their_places(self) -> None:
        query = {
            "rules.all:entries": "",
            "_group rules.all": "all",
            "rules.all[0].any:entries": "",
            "_group rules.all[0].any": "any",
            "rules.all[1].field": "budget",
        }

        assert posted(**query) == {"rules": {"all": [{"any": []}, {"field": "budget"}]}}

    def test_knows_an_empty_rule(self) -> None:
        assert posted(**{"rules.all:entries": "", "_group rules.all": "any"}) == {
            "rules": {"any": []}
        }

    @pytest.mark.parametrize(
        "said",
        [
            {"_group rules.all": "most"},
            {"_group rules.most": "all"},
            {"_group rules.all[7].all": "any"},
        ],
    )
    def test_refuses_what_is_no_group(self, said: dict[str, str]) -> None:
        with pytest.raises(BadPlace):
            posted(**said)


class TestFollowingFields:
    @pytest.mark.parametrize(
        ("drawn", "condition", "op"),
        [
            ("zip", BUDGET | {"op": "equals"}, "gte"),
            ("budget", BUDGET | {"op": "equals"}, "equals"),
            ("gone", BUDGET | {"op": "equals"}, "equals"),
        ],
    )
    def test_begins_with_what_is_usual_for_another_nature(
        self, drawn: str, condition: dict[str, Any], op: str
    ) -> None:
        document: dict[str, Any] = {"rules": {"all": [dict(condition)]}}
        query = QueryDict(urlencode({"_drawn rules.all[0]": drawn, "_drawn rules.all[7]": drawn}))

        rule_drafts.follow_fields(document, query, ENTITY)

        assert document["rules"]["all"][0]["op"] == op


class TestDeeds:
    @pytest.mark.parametrize(
        ("deed", "entries"),
        [
            ("condition rules.all", [ZIP, BUDGET, {"field": "budget", "op": "gte"}]),
            ("group rules.all", [ZIP, BUDGET, {"any": [{"field": "budget", "op": "gte"}]}]),
            ("wrap rules.all[0]", [{"all": [ZIP]}, BUDGET]),
            ("wrap rules.all[9]", [ZIP, BUDGET]),
            ("unwrap rules.all[0]", [ZIP, BUDGET]),
        ],
    )
    def test_change_the_entries(self, deed: str, entries: list[object]) -> None:
        document: dict[str, Any] = {"rules": {"all": [ZIP, BUDGET]}}

        rule_drafts.act(document, deed, ENTITY)

        assert document == {"rules": {"all": entries}}

    def test_let_a_groups_entries_stand_in_its_place(self) -> None:
        document: dict[str, Any] = {"rules": {"all": [{"any": [ZIP, BUDGET]}, ZIP]}}

        rule_drafts.act(document, "unwrap rules.all[0]", ENTITY)

        assert document == {"rules": {"all": [ZIP, BUDGET, ZIP]}}

    def test_begin_a_rule_on_a_field_that_is_not_encrypted(self) -> None:
        document: dict[str, Any] = {}

        rule_drafts.act(document, "condition rules.all", ENTITY)

        assert document == {"rules": {"all": [{"field": "zip", "op": "equals"}]}}

    @pytest.mark.parametrize("deed", ["burn rules.all[0]", "condition rules", "wrap rules.all", ""])
    def test_refuse_what_nobody_can_do(self, deed: str) -> None:
        with pytest.raises(BadPlace):
            rule_drafts.act({"rules": {"all": [ZIP]}}, deed, ENTITY)


class TestFitting:
    @pytest.mark.parametrize(
        ("condition", "fitted"),
        [
            (ZIP, ZIP),
            ({**ZIP, "field": "owner"}, {"field": "owner", "op": "is_true"}),
            ({**ZIP, "op": "is_empty"}, {"field": "zip", "op": "is_empty"}),
            ({**ZIP, "value": "1, 2"}, {**ZIP, "value": ["1", "2"]}),
            ({**ZIP, "op": "contains"}, {**ZIP, "op": "contains", "value": "90210"}),
            (
                {**ZIP, "op": "contains", "value": ["a, b"]},
                {**ZIP, "op": "contains", "value": "a, b"},
            ),
            ({"field": "gone", "op": "equals"}, {"field": "gone", "op": "equals"}),
            ({"field": "ssn", "op": "is_true"}, {"field": "ssn", "op": "is_true"}),
        ],
    )
    def test_follows_the_field_and_the_operator(
        self, condition: dict[str, Any], fitted: dict[str, Any]
    ) -> None:
        rule = {"all": [{"none": [dict(condition)]}]}

        rule_drafts.fit(rule, ENTITY)

        assert rule == {"all": [{"none": [fitted]}]}
