"""A posted form reads as the part of the configuration that its controls are named after."""

from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.template import Context, Template

from headgate.domain.flaws import Flaw
from headgate.web import drafts
from headgate.web.drafts import BadPlace, Draft, read_posted


class TestReading:
    @pytest.mark.parametrize(
        ("posted", "document"),
        [
            ("name=%20Helios%20", {"name": "Helios"}),
            ("name=", {}),
            ("caps[0].per=day&caps[0].leads:number=10", {"caps": [{"per": "day", "leads": 10}]}),
            ("caps[7].per=day&caps[9].per=week", {"caps": [{"per": "day"}, {"per": "week"}]}),
            ("caps[0].per=&caps[1].per=day", {"caps": [{}, {"per": "day"}]}),
            ("priority:number=ten", {"priority": "ten"}),
            ("active:flag=no&active:flag=yes", {"active": True}),
            ("active:flag=no", {"active": False}),
            ("delivery.to:lines=a%0D%0A%0D%0Ab", {"delivery": {"to": ["a", "b"]}}),
            ("attach:list=&attach:list=csv&attach:list=json", {"attach": ["csv", "json"]}),
            ("options:pairs=a%3DApple%0Ab", {"options": {"a": "Apple", "b": "b"}}),
            ("auth.token:secret=stored&auth.token:secret=", {"auth": {"token": {"stored": True}}}),
            ("auth.token:secret=stored&auth.token:secret=new", {"auth": {"token": "new"}}),
            ("auth.token:secret=env:TOKEN", {"auth": {"token": {"env": "TOKEN"}}}),
            ("auth.token:secret=", {}),
            ("_seen=7&csrfmiddlewaretoken=x&name=Ann", {"name": "Ann"}),
            ("value:pasted=90210+90211%0A90212", {"value": ["90210", "90211", "90212"]}),
            ("value:pasted=", {}),
            ("value[0]:end=&value[1]:end=5", {"value": [None, "5"]}),
            ("all:entries=&all[0].field=zip", {"all": [{"field": "zip"}]}),
            ("all[0].any:entries=&all[1].field=zip", {"all": [{}, {"field": "zip"}]}),
            ('caps[0]:json={"per":"day"}', {"caps": [{"per": "day"}]}),
            ("any[0].all[1].value:lines=9%0A8", {"any": [{"all": [{"value": ["9", "8"]}]}]}),
        ],
    )  # fmt: skip
    def test_puts_each_control_at_its_place(self, posted: str, document: dict[str, object]) -> None:
        assert read_posted(QueryDict(posted)) == document

    @pytest.mark.parametrize(
        "name", ["name:spell", "name:json", "[0]", "a..b", "a[x]", "a[0", "a b", ""]
    )
    def test_refuses_what_is_no_place(self, name: str) -> None:
        with pytest.raises(BadPlace):
            read_posted(QueryDict(urlencode({name: "x"})))

    def test_refuses_a_place_within_a_value(self) -> None:
        with pytest.raises(BadPlace):
            read_posted(QueryDict("name=Ann&name.first=Ann"))


class TestDeeds:
    @pytest.mark.parametrize(
        ("deed", "left"),
        [
            ("add caps", ["a", "b", "c", {}]),
            ("remove caps[1]", ["a", "c"]),
            ("copy caps[0]", ["a", "a", "b", "c"]),
            ("up caps[1]", ["b", "a", "c"]),
            ("up caps[0]", ["a", "b", "c"]),
            ("down caps[1]", ["a", "c", "b"]),
            ("down caps[2]", ["a", "b", "c"]),
            ("remove caps[9]", ["a", "b", "c"]),
        ],
    )
    def test_change_the_entries_of_a_list(self, deed: str, left: list[object]) -> None:
        document = {"caps": ["a", "b", "c"]}

        drafts.act(document, deed)

        assert document["caps"] == left

    def test_begin_a_list_that_was_not_there(self) -> None:
        document = {"name": "Helios"}

        drafts.act(document, "add delivery.headers")

        assert document == {"name": "Helios", "delivery": {"headers": [{}]}}

    @pytest.mark.parametrize("deed", ["burn caps[0]", "remove caps", "", "remove"])
    def test_refuse_what_nobody_can_do(self, deed: str) -> None:
        with pytest.raises(BadPlace):
            drafts.act({"caps": ["a"]}, deed)


def shown(draft: Draft, tag: str) -> str:
    return Template("{% load console %}" + tag).render(Context({"draft": draft}))


class TestControl:
    def test_shows_what_is_said_and_what_is_wrong_with_it(self) -> None:
        draft = Draft({"name": 'A "b"'}, 1, (Flaw("name", "bad", "too odd"),))

        html = shown(draft, '{% control draft "name" "Name" %}')

        assert 'value="A &quot;b&quot;"' in html
        assert "too odd" in html
        assert 'aria-invalid="true"' in html

    def test_never_shows_a_stored_secret(self) -> None:
        draft = Draft({"token": {"stored": True}}, 1)

        html = shown(draft, '{% control draft "token" "Token" kind="secret" type="password" %}')

        assert 'value=""' in html
        assert 'type="hidden" name="token:secret" value="stored"' in html

    def test_shows_the_flaws_of_the_lines_it_holds(self) -> None:
        draft = Draft({"to": ["a", "b"]}, 1, (Flaw("to[1]", "bad", "no address"),))

        html = shown(draft, '{% control draft "to" "To" kind="lines" type="textarea" %}')

        assert "a\nb</textarea>" in html
        assert "no address" in html
