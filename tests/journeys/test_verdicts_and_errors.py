"""What does not take part says why: in the decision, or when the configuration is applied."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from house import OpenAccount
from partners import Partners
from set_ups import buyer, offer

# Closed for the whole of today and tomorrow, whenever that is.
CLOSED = {
    "hours": {
        "mon": "00:00-24:00",
        "closed_on": [
            str((datetime.now(UTC) + timedelta(days=day)).date()) for day in range(-1, 3)
        ],
    }
}


class TestWhoDoesNotTakePart:
    @pytest.mark.parametrize(
        ("partner", "seat", "result"),
        [
            ({"active": False}, {}, "partner_inactive"),
            ({}, {"enabled": False}, "assignment_disabled"),
            (CLOSED, {}, "closed"),
            ({}, CLOSED, "closed"),
            ({"caps": [{"per": "day", "leads": 0}]}, {}, "cap_reached"),
            (
                {},
                {"rules": {"all": [{"field": "zip", "op": "equals", "value": "1"}]}},
                "rules_not_met",
            ),
        ],
    )
    def test_has_its_verdict(
        self,
        open_account: OpenAccount,
        partners: Partners,
        partner: dict[str, Any],
        seat: dict[str, Any],
        result: str,
    ) -> None:
        account = open_account(
            partners=[
                buyer("absent", partners.url("accept", "absent"), **partner),
                buyer("other", partners.url("accept", "other")),
            ],
            profiles=[
                offer("all", {"partner": "absent", "priority": 9, **seat}, {"partner": "other"})
            ],
        )

        lead = account.post(name="Ann", wait=20)

        verdicts = {"all/absent": result, "all/other": "selected"}
        assert account.verdicts(lead["id"]) == verdicts
        assert [each["partner"] for each in lead["deliveries"]] == ["other"]

    def test_is_a_disabled_profile_without_assignments(
        self, open_account: OpenAccount, partners: Partners
    ) -> None:
        account = open_account(
            partners=[buyer("only", partners.url("accept", "only"))],
            profiles=[offer("resting", "only", enabled=False)],
        )

        lead = account.post(name="Ann")

        assert lead["state"] == "unmatched"
        (profile,) = account.get(f"/leads/{lead['id']}/decision")["profiles"]
        assert (profile["enabled"], profile["assignments"]) == (False, [])

    def test_is_a_partner_that_has_the_person(
        self, open_account: OpenAccount, partners: Partners
    ) -> None:
        account = open_account(
            sources=[
                {"slug": "api", "entity": "solar", "name": "API", "on_duplicate": "flag"},
            ],
            partners=[buyer("only", partners.url("accept", "only"), duplicate_days=90)],
            profiles=[offer("all", "only")],
        )
        account.post(email="ann@example.com", wait=20)

        again = account.post(email="Ann@Example.com")

        assert account.verdicts(again["id"]) == {"all/only": "already_has_person"}


class TestAWrongConfiguration:
    def test_is_refused_whole_with_the_place_of_every_flaw(
        self, open_account: OpenAccount, partners: Partners
    ) -> None:
        account = open_account(partners=[buyer("only", partners.url("accept", "only"))])
        hidden = {"all": [{"field": "ssn", "op": "is_not_empty"}]}
        number = {"all": [{"field": "zip", "op": "equals", "value": 90210}]}

        answer = account.apply(
            profiles=[
                offer("first", "only", rules=hidden),
                offer("second", {"partner": "only", "rules": number, "price": 12.5}),
            ],
        )

        assert answer.status == 422
        places = {each["field"]: each["message"] for each in answer.json["errors"]}
        assert set(places) == {
            "profiles[0].rules.all[0].field",
            "profiles[1].assignments[0].rules.all[0].value",
            "profiles[1].assignments[0].price",
        }
        assert "encrypted" in places["profiles[0].rules.all[0].field"]
        assert "quote" in places["profiles[1].assignments[0].rules.all[0].value"]
        assert account.post(name="Ann")["state"] == "unmatched"
        assert (
            "profiles: []"
            in account.call("GET", "/config", Accept="application/yaml").body.decode()
        )
