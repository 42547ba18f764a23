"""A lead that finds only full or closed partners waits, where one of them says so."""

from datetime import UTC, datetime, timedelta
from typing import Any

from house import OpenAccount, eventually, fates
from partners import Partners
from set_ups import buyer, offer

FULL = {"caps": [{"per": "day", "leads": 1}], "at_cap": "wait"}


def closed_today() -> dict[str, Any]:
    today = datetime.now(UTC).date()
    days = [str(today + timedelta(days=day)) for day in range(-1, 3)]
    every_day = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "00:00-24:00")
    return {"hours": {**every_day, "closed_on": days}, "when_closed": "wait", "wait_minutes": 600}


class TestALeadAtACap:
    def test_waits_and_goes_out_when_the_cap_is_raised(
        self, open_account: OpenAccount, partners: Partners
    ) -> None:
        def parts(limit: int) -> dict[str, Any]:
            seat = {"partner": "only", **FULL, "caps": [{"per": "day", "leads": limit}]}
            return {
                "partners": [buyer("only", partners.url("accept", "only"))],
                "profiles": [offer("all", seat)],
            }

        account = open_account(**parts(1))
        first = account.post(name="Ann", wait=20)
        waiting = [account.post(name="Bob"), account.post(name="Cy")]

        account.apply(**parts(2))

        assert [each["state"] for each in (first, *waiting)] == ["delivered", "waiting", "waiting"]
        older = account.when(waiting[0]["id"], "delivered", within_seconds=10)
        assert fates(older) == {"only": "delivered"}
        assert account.lead(waiting[1]["id"])["state"] == "waiting"

    def test_takes_the_place_that_a_refusal_gives_back(
        self, open_account: OpenAccount, partners: Partners
    ) -> None:
        account = open_account(
            partners=[buyer("slow", partners.url("answer/422/{}", "slow"))],
            profiles=[offer("all", {"partner": "slow", **FULL})],
        )
        leads = [account.post(name=name) for name in ("Ann", "Bob", "Cy")]

        ended = [account.when(each["id"], "undelivered", within_seconds=15) for each in leads]

        assert [fates(each) for each in ended] == [{"slow": "rejected"}] * 3

    def test_does_not_wait_beside_an_open_seller(
        self, open_account: OpenAccount, partners: Partners
    ) -> None:
        account = open_account(
            partners=[
                buyer("full", partners.url("accept", "full")),
                buyer("open", partners.url("accept", "open")),
            ],
            profiles=[
                offer("all", {"partner": "full", "priority": 9, **FULL}, {"partner": "open"})
            ],
        )
        account.post(name="Ann", wait=20)

        lead = account.post(name="Bob", wait=20)

        assert fates(lead) == {"open": "delivered"}


class TestALeadOutsideHours:
    def test_waits_and_goes_out_when_the_partner_opens(
        self, open_account: OpenAccount, partners: Partners
    ) -> None:
        buyers = [buyer("only", partners.url("accept", "only"))]
        account = open_account(
            partners=buyers, profiles=[offer("all", {"partner": "only", **closed_today()})]
        )
        lead = account.post(name="Ann")

        account.apply(partners=buyers, profiles=[offer("all", "only")])

        assert lead["state"] == "waiting"
        assert lead["deliveries"] == []
        account.when(lead["id"], "delivered", within_seconds=10)

    def test_is_turned_away_where_nobody_waits(
        self, open_account: OpenAccount, partners: Partners
    ) -> None:
        account = open_account(
            partners=[buyer("only", partners.url("accept", "only"))],
            profiles=[offer("all", {"partner": "only", **closed_today(), "when_closed": "skip"})],
        )

        lead = account.post(name="Ann")

        assert lead["state"] == "unmatched"


class TestWaitingLeads:
    def test_go_before_newer_ones(self, open_account: OpenAccount, partners: Partners) -> None:
        def parts(limit: int) -> dict[str, Any]:
            seat = {"partner": "only", **FULL, "caps": [{"per": "day", "leads": limit}]}
            return {
                "partners": [buyer("only", partners.url("accept", "only"))],
                "profiles": [offer("all", seat)],
            }

        account = open_account(**parts(0))
        older = account.post(name="Ann")

        account.apply(**parts(1))
        newer = account.post(name="Bob")

        account.when(older["id"], "delivered")
        assert newer["state"] == "waiting"
        eventually(lambda: len(account.get("/deliveries")["items"]) == 1)
