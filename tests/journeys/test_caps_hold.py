"""Caps stop at the limit: not one lead over it, and none turned away while a place is free."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from house import Account, OpenAccount, fates
from partners import Partners, body_of
from set_ups import buyer, offer

CLIENTS = 64
LEADS_PER_CLIENT = 4


def states(leads: list[Any]) -> Counter[str]:
    return Counter(lead["state"] for lead in leads)


@pytest.fixture
def capped(open_account: OpenAccount, partners: Partners) -> Callable[..., Account]:
    """Open an account with one accepting partner under these caps."""

    def build(*caps: dict[str, Any], **more: Any) -> Account:
        return open_account(
            partners=[buyer("only", partners.url("accept", "only"), caps=list(caps))],
            profiles=[offer("residential", "only", **more)],
        )

    return build


def post_at_once(account: Account, *, wait: int = 20) -> list[Any]:
    """Post from many clients at the same time, each over its own connection."""

    def post_some(client: int) -> list[Any]:
        with account.house.caller(account.key) as caller:
            answers = [
                caller.call(
                    "POST",
                    f"/api/v1/leads?wait={wait}",
                    {"entity": "solar", "fields": {"name": f"{client} {number}"}},
                )
                for number in range(LEADS_PER_CLIENT)
            ]
        return [answer.json for answer in answers if answer.status == 201]

    with ThreadPoolExecutor(CLIENTS) as clients:
        leads = [lead for some in clients.map(post_some, range(CLIENTS)) for lead in some]
    assert len(leads) == CLIENTS * LEADS_PER_CLIENT
    return leads


class TestACap:
    def test_stops_exactly_at_its_limit(self, capped: Callable[..., Account]) -> None:
        account = capped({"per": "day", "leads": 3})

        leads = [account.post(name="Ann", wait=20) for _ in range(5)]

        assert [lead["state"] for lead in leads] == ["delivered"] * 3 + ["unmatched"] * 2
        assert account.verdicts(leads[3]["id"]) == {"residential/only": "cap_reached"}

    def test_shows_the_last_place_in_the_decision(self, capped: Callable[..., Account]) -> None:
        account = capped({"per": "day", "leads": 1})
        account.post(name="Ann", wait=20)

        turned_away = account.post(name="Bob")

        profile = account.get(f"/leads/{turned_away['id']}/decision")["profiles"][0]
        cap = next(c for c in profile["assignments"][0]["checks"] if c["check"] == "cap")
        assert (cap["passed"], cap["used"], cap["limit"]) == (False, 1, 1)
        assert (cap["per"], cap["scope"]) == ("day", "partner")

    @pytest.mark.parametrize(
        ("caps", "limit"),
        [
            ([{"per": "day", "leads": 7}], 7),
            ([{"per": "hour", "leads": 1}], 1),
            ([{"per": "day", "leads": 7}, {"per": "hour", "leads": 1}], 1),
            ([{"per": "total", "leads": 200}, {"per": "week", "leads": 201}], 200),
            ([{"per": "month", "spend": "79.99"}], 7),
        ],
        ids=["7 a day", "1 an hour", "both", "200 in all", "79.99 a month at 10.00"],
    )
    def test_holds_against_64_clients(
        self,
        capped: Callable[..., Account],
        partners: Partners,
        caps: list[dict[str, Any]],
        limit: int,
    ) -> None:
        account = capped(*caps)

        leads = post_at_once(account)

        assert states(leads) == {"delivered": limit, "unmatched": len(leads) - limit}
        ids = {lead["id"] for lead in leads}
        seen = [each for each in partners.received_by("only") if body_of(each)["lead_id"] in ids]
        assert len(seen) == limit

    def test_gives_the_place_of_a_refused_lead_to_another(
        self, open_account: OpenAccount, partners: Partners
    ) -> None:
        account = open_account(
            partners=[
                buyer("choosy", partners.url("refuse", "choosy")),
                buyer(
                    "second", partners.url("accept", "second"), caps=[{"per": "day", "leads": 9}]
                ),
            ],
            profiles=[
                offer(
                    "residential",
                    {"partner": "choosy", "priority": 2, "caps": [{"per": "day", "leads": 1}]},
                    {"partner": "second", "priority": 1},
                )
            ],
        )

        leads = post_at_once(account)

        assert Counter(fates(lead).get("second") for lead in leads)["delivered"] == 9
        assert account.post(name="Zoe", wait=20)["deliveries"][0]["partner"] == "choosy"

    def test_is_not_touched_by_test_leads(self, capped: Callable[..., Account]) -> None:
        account = capped({"per": "day", "leads": 1})
        tried = account.call(
            "POST", "/leads?wait=20", {"entity": "solar", "fields": {"name": "T"}, "test": True}
        )

        lead = account.post(name="Ann", wait=20)

        assert tried.json["state"] == "delivered"
        assert lead["state"] == "delivered"


class TestASourcesCap:
    def test_sends_what_is_over_it_into_quarantine(
        self, open_account: OpenAccount, partners: Partners
    ) -> None:
        account = open_account(
            sources=[
                {
                    "slug": "api",
                    "entity": "solar",
                    "name": "API",
                    "caps": [{"per": "day", "leads": 2}],
                }
            ],
            partners=[buyer("only", partners.url("accept", "only"))],
            profiles=[offer("residential", "only")],
        )

        leads = [account.post(name="Ann", wait=20) for _ in range(3)]

        assert [lead["state"] for lead in leads] == ["delivered", "delivered", "quarantined"]
        assert leads[2]["outcome"]["reason"] == "source_cap"


class TestARaisedCap:
    def test_lets_the_next_lead_in(self, open_account: OpenAccount, partners: Partners) -> None:
        def parts(limit: int) -> dict[str, Any]:
            cap = {"per": "day", "leads": limit}
            return {
                "partners": [buyer("only", partners.url("accept", "only"), caps=[cap])],
                "profiles": [offer("residential", "only")],
            }

        account = open_account(**parts(1))
        first, second = account.post(name="Ann", wait=20), account.post(name="Bob")

        account.apply(**parts(2))
        third, fourth = account.post(name="Cy", wait=20), account.post(name="Di")

        assert [each["state"] for each in (first, second)] == ["delivered", "unmatched"]
        assert [each["state"] for each in (third, fourth)] == ["delivered", "unmatched"]
