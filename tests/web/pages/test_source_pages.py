"""Sources in the console: how they stand, their keys, their specification, and a lead to try."""

import re
from typing import Any

from reception import RON, Reception, text_of

from headgate.services import setups, sources
from headgate.services.reports import tallying
from headgate.services.sources import FlawTold, Refused, RefusedNow
from headgate.storage import keys, models

API = "/sources/of/solar/api"


def key_of(text: str) -> str:
    found = re.search("hg_[0-9A-Za-z]{48}", text)
    assert found is not None
    return found[0]


def configuration_of(reception: Reception) -> Any:
    return setups.in_force(reception.account_id).configuration


class TestTheList:
    def test_has_the_built_in_source_too(self, reception: Reception) -> None:
        reception.post_lead(first_name="Ann")
        tallying.count_stale_hours(now=reception.now)

        text = text_of(reception.at_the_desk(), "/sources")

        assert f'href="{API}"' in text
        assert '<td class="number second">1</td>' in text

    def test_says_what_comes_first_where_nothing_is_set_up(self, reception: Reception) -> None:
        assert "no kind of leads yet" in text_of(reception.at_the_desk(RON), "/sources")


class TestASource:
    def test_is_the_accounts_own(self, reception: Reception) -> None:
        rival = reception.at_the_desk(RON)

        assert rival.get(API).status_code == 404
        assert rival.post(f"{API}/keys").status_code == 404

    def test_is_made_and_changed(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        seen = str(setups.in_force(reception.account_id).version)
        said = {"_seen": seen, "name": "Fine Affiliates", "entity": "solar", "cost": "2.50"}

        made = client.post("/sources/new", said)
        seen = str(setups.in_force(reception.account_id).version)
        changed = {"_seen": seen, "name": "Fine", "on_duplicate": "flag"}
        client.post("/sources/of/solar/fine-affiliates/edit", changed)

        assert made.headers["Location"] == "/sources/of/solar/fine-affiliates?done=made"
        (source,) = configuration_of(reception).sources
        assert (source.name, source.on_duplicate, source.cost_minor) == ("Fine", "flag", 0)

    def test_is_archived(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        seen = str(setups.in_force(reception.account_id).version)
        client.post("/sources/new", {"_seen": seen, "name": "Site", "entity": "solar"})

        page = client.post("/sources/of/solar/site/archive", follow=True)

        assert "archived" in page.content.decode()
        assert configuration_of(reception).sources == ()
        assert client.get("/sources/of/solar/site").status_code == 404

    def test_may_be_the_built_in_one(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        seen = str(setups.in_force(reception.account_id).version)

        client.post(f"{API}/edit", {"_seen": seen, "name": "API", "rate.per_minute:number": "60"})

        assert configuration_of(reception).source("solar", "api").rate_per_minute == 60

    def test_says_what_is_wrong(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        seen = str(setups.in_force(reception.account_id).version)

        page = client.post(f"{API}/edit", {"_seen": seen, "name": "API", "cost": "much"})

        assert page.status_code == 422
        assert 'href="#f-cost"' in page.content.decode()


class TestAKey:
    def test_is_shown_once(self, reception: Reception) -> None:
        client = reception.at_the_desk()

        key = key_of(client.post(f"{API}/keys", {"name": "Live"}).content.decode())

        later = text_of(client, API)
        assert key not in later
        assert key[:9] in later
        assert "Live" in later

    def test_is_revoked(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        client.post(f"{API}/keys")
        source_id = setups.in_force(reception.account_id).plan.identities.sources["solar", "api"]
        (made,) = keys.list_of(reception.account_id, source_id)

        client.post(f"{API}/keys/{made.id}/revoke")

        assert keys.list_of(reception.account_id, source_id) == []


class TestLastRequests:
    def test_are_leads_and_refusals(self, reception: Reception) -> None:
        from headgate.services.people.api_keys import digest_of

        client = reception.at_the_desk()
        key = key_of(client.post(f"{API}/keys").content.decode())
        reception.post_lead(first_name="Ann")
        flaws = [FlawTold("email", "must be an email address")]
        refused = Refused("/api/v1/leads", "not valid", flaws)
        now = RefusedNow(digest_of(key), reception.now, 422, refused)
        sources.keep_refusals(refusals=[now] * 30)

        text = text_of(client, API)

        assert "must be an email address" in text
        assert models.RefusedRequest.objects.count() == 20
        sealed = bytes(models.RefusedRequest.objects.all()[0].sealed)
        assert b"e-mail" not in sealed


class TestTheSpecification:
    def test_names_the_real_fields(self, reception: Reception) -> None:
        text = text_of(reception.at_the_desk(), f"{API}/specification")

        assert "POST http://testserver/api/v1/intake/solar" in text
        assert "<code>zip</code>" in text
        assert "Social security number" in text
        assert "hg_YOUR_KEY" in text

    def test_is_a_file_that_needs_nothing_else(self, reception: Reception) -> None:
        answer = reception.at_the_desk().get(f"{API}/specification.html")

        text = answer.content.decode()
        assert "attachment" in answer.headers["Content-Disposition"]
        assert "<style>" in text
        assert "<link" not in text

    def test_is_read_by_whoever_has_its_address(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        client.post(f"{API}/address", {"do": "open"})
        address = re.search("/posting/[\\w-]+", text_of(client, API))
        assert address is not None

        shown = reception.visit().get(address[0])
        client.post(f"{API}/address", {"do": "close"})
        closed = reception.visit().get(address[0])

        assert shown.status_code == 200
        assert shown.headers["Referrer-Policy"] == "no-referrer"
        assert closed.status_code == 404


class TestATriedLead:
    def test_says_who_would_get_it(self, reception: Reception) -> None:
        page = reception.at_the_desk().post(API, {"lead": '{"First-Name": "Ann", "zip": "90"}'})

        text = page.content.decode()
        assert "It would be taken" in text
        assert "<bdi>helios</bdi>" in text
        assert not models.Lead.objects.exists()

    def test_says_what_is_wrong_with_it(self, reception: Reception) -> None:
        client = reception.at_the_desk()

        bad = client.post(API, {"lead": '{"email": "bad"}'}).content.decode()
        broken = client.post(API, {"lead": "{"}).content.decode()

        assert "must be an email address" in bad
        assert "no JSON object" in broken
