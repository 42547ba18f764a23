"""The editor of a profile: its draft, what its buttons do, and when it may be saved."""

import html
import json
import re
from datetime import datetime
from typing import Any

from django.test import Client
from reception import ACME, Reception, text_of

from headgate.domain.configuration import editing
from headgate.domain.configuration.editing import Thing
from headgate.domain.price_tiers import PriceTier
from headgate.domain.profiles import Profile, Strategy
from headgate.services import administration, configuration, setups
from headgate.storage import accounts, models

PATH = "/distribution/profiles/residential"
NEW = "/distribution/new"
BEGUN = {
    "_seen": "1",
    "strategy": "first_match",
    "rules.all:entries": "",
    "_group rules.all": "all",
}


def profiles(reception: Reception) -> dict[str, Profile]:
    said = setups.in_force(reception.account_id).configuration
    return {profile.slug: profile for profile in said.profiles}


def posted(client: Client, path: str, **said: Any) -> tuple[int, str]:
    answer = client.post(path, {**BEGUN, **said})
    return answer.status_code, answer.content.decode()


def carried(text: str) -> list[dict[str, Any]]:
    """Return the partners that a page has folded up."""
    found = re.findall(r'name="assignments\[\d+\]:json" value="([^"]*)"', text)
    return [json.loads(html.unescape(each)) for each in found]


def seats(*partners: Any) -> dict[str, str]:
    said = [each if isinstance(each, dict) else {"partner": each} for each in partners]
    return {f"assignments[{n}]:json": json.dumps(each) for n, each in enumerate(said)}


class TestTheEditor:
    def test_shows_what_stands_with_its_partners_folded_up(self, reception: Reception) -> None:
        text = text_of(reception.at_the_desk(), PATH)

        assert "Residential" in text
        assert [seat["partner"] for seat in carried(text)] == ["helios", "sunpeak", "paused"]
        assert "ZIP code starts with 90" in text

    def test_opens_a_partner_and_folds_it_up_again(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        seat = {"partner": "helios", "priority": 3, "delivery": [{"channel": "inbox"}]}

        _, opened = posted(client, PATH, name="R", **seats(seat), _do="open assignments[0]")
        _, folded = posted(
            client,
            PATH,
            name="R",
            _do="fold assignments[0]",
            **{"assignments[0].partner": "helios", "assignments[0].priority:number": "3"},
            **{"assignments[0].delivery[0].channel": "inbox"},
        )

        assert 'name="assignments[0].priority:number"' in opened
        assert 'name="assignments[0].delivery[0].channel"' in opened
        assert carried(folded) == [seat]

    def test_shows_how_many_leads_match_as_it_stands(self, reception: Reception) -> None:
        reception.post_lead(first_name="Ann", zip="90210")
        reception.post_lead(first_name="Bob", zip="10001")
        rule = {"rules.all[0].field": "zip", "rules.all[0].op": "starts_with"}

        _, text = posted(
            reception.at_the_desk(),
            PATH,
            **{"name": "R", "_do": "redraw", "rules.all[0].value:pasted": "90"},
            **rule,
        )

        assert "<b>1</b> of the last 2 leads match" in text
        assert "<bdi>Ann</bdi>" in text

    def test_offers_no_encrypted_field_and_says_why(self, reception: Reception) -> None:
        _, text = posted(reception.at_the_desk(), PATH, name="R", _do="condition rules.all")

        assert '<option value="ssn"' not in text
        assert "because it is encrypted" in text

    def test_shows_the_values_of_a_choice_and_counts_those_of_a_list(
        self, reception: Reception
    ) -> None:
        many = " ".join(str(90001 + n) for n in range(500))

        _, text = posted(
            reception.at_the_desk(),
            PATH,
            name="R",
            _do="redraw",
            **{"rules.all[0].field": "status", "rules.all[0].op": "in"},
            **{"rules.all[1].field": "zip", "rules.all[1].op": "in"},
            **{"rules.all[1].value:pasted": many},
        )

        assert 'type="checkbox" name="rules.all[0].value:list" value="New"' in text
        assert "500 values" in text

    def test_refuses_what_no_page_ever_posts(self, reception: Reception) -> None:
        client = reception.at_the_desk()

        answers = [
            posted(client, PATH, **said)[0]
            for said in (
                {"_do": "burn rules.all[0]"},
                {"_do": "redraw", "_seen": "now"},
                {"_do": "redraw", "_group rules.all": "most"},
                {"_do": "redraw", "assignments[0]:json": "{"},
                {"_do": "redraw", "assignments[0]:json": "5"},
                {"_do": "redraw", "assignments": "helios"},
            )
        ]

        assert answers == [400] * 6


def tag_partner(reception: Reception, slug: str, tag: str) -> None:
    version, document = administration.written(account_id=reception.account_id)
    thing = Thing("partners", slug)
    administration.save_thing(
        account_id=reception.account_id,
        kind="partners",
        said=(editing.find(document, thing) or {}) | {"tags": [tag]},
        instead=thing,
        seen=version,
        made_by="test",
        now=reception.now,
    )


class TestPartners:
    def test_are_added_below_those_that_are_there(self, reception: Reception) -> None:
        said = seats({"partner": "helios", "priority": 20})

        _, text = posted(
            reception.at_the_desk(),
            PATH,
            name="R",
            _do="seat",
            _partner=["sunpeak", "helios"],
            **said,
        )

        assert carried(text) == [
            {"partner": "helios", "priority": 30},
            {"partner": "sunpeak", "priority": 20},
            {"partner": "helios", "priority": 10, "slug": "helios-2"},
        ]

    def test_are_added_by_a_tag_that_they_have(self, reception: Reception) -> None:
        desk = reception.at_the_desk()
        for slug in ("sunpeak", "paused", "helios"):
            tag_partner(reception, slug, "north")

        said = seats({"partner": "helios", "priority": 30})
        _, text = posted(desk, PATH, name="R", _do="tagged", _tag="north", **said)

        assert [seat["partner"] for seat in carried(text)] == ["helios", "sunpeak", "paused"]

    def test_take_over_the_number_of_the_place_that_they_move_to(
        self, reception: Reception
    ) -> None:
        said = seats({"partner": "helios", "priority": 2}, {"partner": "sunpeak", "priority": 1})

        _, text = posted(reception.at_the_desk(), PATH, name="R", _do="up assignments[1]", **said)

        assert [(seat["partner"], seat["priority"]) for seat in carried(text)] == [
            ("sunpeak", 2),
            ("helios", 1),
        ]

    def test_are_copied_under_a_slug_of_their_own_without_secrets(
        self, reception: Reception
    ) -> None:
        webhook = {"channel": "webhook", "auth": {"type": "bearer", "token": {"stored": True}}}

        _, text = posted(
            reception.at_the_desk(),
            PATH,
            name="R",
            _do="copy assignments[0]",
            **seats({"partner": "helios", "delivery": [webhook]}),
        )

        assert 'name="assignments[1].slug" value="helios-2"' in text
        assert 'name="assignments[1].delivery[0].auth.token:secret" value="stored"' not in text


class TestSaving:
    def test_makes_a_version(self, reception: Reception) -> None:
        client = reception.at_the_desk()

        status, _ = posted(
            client,
            PATH,
            **{"name": "Homes", "strategy": "weighted", "price": "9.00", "enabled:flag": "yes"},
            **seats("helios"),
        )

        saved = profiles(reception)["residential"]
        assert status == 302
        assert accounts.version_in_force(reception.account_id) == 2
        assert (saved.name, saved.strategy, saved.price_minor) == ("Homes", Strategy.WEIGHTED, 900)
        assert models.ConfigVersion.objects.get(version=2).made_by == "ann@acme.example"

    def test_takes_prices_by_volume(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        seat = {
            "assignments[0].partner": "helios",
            "assignments[0].price": "40",
            "assignments[0].delivery[0].channel": "inbox",
            "assignments[0].price_tiers[0].after:number": "100",
            "assignments[0].price_tiers[0].price": "35",
        }

        _, added = posted(client, PATH, name="R", **seat, _do="add assignments[0].price_tiers")
        status, _ = posted(client, PATH, name="R", **seat)
        text = text_of(client, PATH)

        assert 'name="assignments[0].price_tiers[1].after:number"' in added
        assert status == 302
        tiers = profiles(reception)["residential"].assignments[0].price_tiers
        assert tiers == (PriceTier(100, 3500),)
        assert "35.00 after 100 leads a month" in text

    def test_says_which_prices_by_volume_are_out_of_order(self, reception: Reception) -> None:
        tiers = [{"after": 500, "price": "30"}, {"after": 100, "price": "35"}]
        seat = {"partner": "helios", "price_tiers": tiers}

        status, text = posted(reception.at_the_desk(), PATH, name="R", **seats(seat))

        assert status == 422
        assert "100 stands below 500; list the tiers by rising numbers of leads" in text
        assert "price by volume" in text

    def test_makes_none_when_nothing_changes(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        text = text_of(client, PATH)
        form = {
            "_seen": "1",
            "name": "Residential",
            "strategy": "first_match",
            "exclusive:flag": "yes",
            "price": "12.50",
            "enabled:flag": "yes",
            "rules.all:entries": "",
            "_group rules.all": "all",
            **seats(*carried(text)),
        }

        client.post(PATH, form)

        assert accounts.version_in_force(reception.account_id) == 1

    def test_makes_the_slug_of_a_new_one_from_its_name(self, reception: Reception) -> None:
        client = reception.at_the_desk()

        posted(client, NEW, entity="solar", name="Übrige Häuser")
        posted(client, NEW, entity="solar", name="شركة")

        assert list(profiles(reception)) == ["residential", "ubrige-hauser", "new"]
        assert not profiles(reception)["ubrige-hauser"].enabled

    def test_needs_a_name(self, reception: Reception) -> None:
        status, text = posted(reception.at_the_desk(), NEW, entity="solar")

        assert status == 422
        assert "the profile has no name" in text

    def test_does_not_switch_on_what_is_not_ready(self, reception: Reception) -> None:
        status, text = posted(
            reception.at_the_desk(), NEW, **{"entity": "solar", "name": "N", "enabled:flag": "yes"}
        )

        assert status == 422
        assert "It has no partners yet." in text
        assert list(profiles(reception)) == ["residential"]

    def test_opens_the_partner_in_which_something_is_wrong(self, reception: Reception) -> None:
        status, text = posted(
            reception.at_the_desk(),
            PATH,
            name="R",
            **seats({"partner": "helios", "price": "cheap"}, "sunpeak"),
        )

        assert status == 422
        assert 'name="assignments[0].price"' in text
        assert [seat["partner"] for seat in carried(text)] == ["sunpeak"]
        assert 'href="#f-assignments-0-price"' in text

    def test_names_the_condition_that_is_wrong(self, reception: Reception) -> None:
        status, text = posted(
            reception.at_the_desk(),
            PATH,
            **{"name": "R", "rules.all[0].field": "zip", "rules.all[0].op": "equals"},
        )

        assert status == 422
        assert "a value is missing" in text

    def test_undoes_nothing_that_another_changed(self, reception: Reception, now: datetime) -> None:
        changed = ACME.replace(b"name: Residential", b"name: Homes")
        configuration.apply_configuration(
            source=changed, account_slug="acme", trusted=True, made_by="bob", now=now
        )

        status, text = posted(reception.at_the_desk(), PATH, name="Mine", **seats("helios"))

        assert status == 409
        assert "Somebody else changed this" in text
        assert profiles(reception)["residential"].name == "Homes"

    def test_lets_another_strategy_have_its_own_habit(self, reception: Reception) -> None:
        posted(
            reception.at_the_desk(),
            PATH,
            name="R",
            strategy="send_to_all",
            _strategy="first_match",
            **{"exclusive:flag": "yes"},
        )

        assert not profiles(reception)["residential"].exclusive


class TestATest:
    def test_shows_what_a_draft_would_do_with_a_lead(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Ann", zip="10001", ssn="078-05-1120")

        status, text = posted(
            reception.at_the_desk(),
            PATH,
            name="R",
            price="77.00",
            _do="simulate",
            _test=str(lead_id),
            **seats("helios"),
        )

        assert status == 200
        assert "Would go to Helios Homes because it was the only one eligible" in text
        assert "77.00 USD" in text
        assert "POST https://helios.example/" in text
        assert "078-05-1120" not in text
        assert profiles(reception)["residential"].price_minor == 1250

    def test_takes_a_lead_that_is_typed_in(self, reception: Reception) -> None:
        _, text = posted(
            reception.at_the_desk(),
            NEW,
            entity="solar",
            _do="simulate",
            _test="typed",
            name="N",
            **{"_value.email": "not an address"},
            **seats("helios"),
        )

        assert 'aria-describedby="f-_value-email-error"' in text

    def test_needs_no_draft(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Ann", zip="10001")
        reception.answer()

        text = text_of(reception.at_the_desk(), "/distribution/test", lead=str(lead_id))

        assert "Would go to Helios Homes" in text
        assert models.Delivery.objects.count() == 1

    def test_says_when_the_lead_is_gone(self, reception: Reception) -> None:
        client = reception.at_the_desk()

        answer = client.get("/distribution/test", {"lead": "nonsense"})

        assert answer.status_code == 422
        assert "there is no such lead" in answer.content.decode()


class TestWhatIsSwitchedOn:
    def test_stays_ready(self, reception: Reception) -> None:
        status, text = posted(reception.at_the_desk(), PATH, **{"name": "R", "enabled:flag": "yes"})

        assert status == 422
        assert "It has no partners yet." in text
        assert "Switched on" in text

    def test_may_be_changed_although_something_else_is_wrong(
        self, reception: Reception, now: datetime
    ) -> None:
        bare = ACME.replace(
            b'delivery: {channel: webhook, url: "https://helios.example/", retry: none}', b""
        )
        configuration.apply_configuration(
            source=bare, account_slug="acme", trusted=True, made_by="bob", now=now
        )

        status, _ = posted(
            reception.at_the_desk(),
            PATH,
            **{"_seen": "2", "name": "Better", "enabled:flag": "yes"},
            **seats("helios"),
        )

        assert status == 302
        assert profiles(reception)["residential"].name == "Better"

    def test_says_where_something_is_wrong(self, reception: Reception) -> None:
        _, text = posted(
            reception.at_the_desk(), PATH, name="R", **seats({"partner": "helios", "price": "x"})
        )

        assert "<bdi>Helios Homes, price</bdi>" in text
