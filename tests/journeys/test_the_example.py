"""The example configuration of the contract, from `apply` to what the partner receives."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from house import Account, House, fates
from partners import Partners, body_of

from engines import Engine

EXAMPLE = Path(__file__).with_name("example.yaml").read_text(encoding="utf-8")
# Beside sunpeak, which the example has: one with a lower priority, that takes more.
SECOND_PARTNER = """
  - {slug: brightroof, name: Bright Roof, delivery: {channel: webhook, url: "URL"}}
profiles:"""
SECOND_ASSIGNMENT = """    assignments:
      - partner: brightroof
        priority: 5
        rules: {any: [{field: zip, op: is_not_empty}, {field: budget, op: gt, value: 0}]}
"""


@pytest.fixture(scope="module")
def house(shared_database: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    served = House(
        tmp_path_factory.mktemp("house"),
        SUNPEAK_KEY="key of sunpeak",
        SUNPEAK_TOKEN="token-of-sunpeak",
        SUNPEAK_SECRET="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )
    served.start()
    try:
        yield served
        assert served.stop() == 0
    finally:
        served.leave_nothing()


@pytest.fixture(scope="module")
def acme(house: House, partners: Partners) -> Account:
    """Apply the example with a second partner, both on loopback and open at any hour."""
    text = re.sub(r"^ +hours:.*\n", "", EXAMPLE, flags=re.MULTILINE)
    text = text.replace("https://partner.example/leads", partners.url("price/13.75", "sunpeak"))
    second = SECOND_PARTNER.replace("URL", partners.url("accept", "brightroof"))
    text = text.replace("\nprofiles:", second).replace("    assignments:\n", SECOND_ASSIGNMENT)
    house.does("apply", "-", "--yes", stdin=text.replace("slug: acme,", "slug: routed,"))
    key = house.does("apikey", "create", "--account", "routed", "--scope", "admin").strip()
    return Account(house, key, slug="routed")


class TestTheExample:
    def test_applies_and_comes_back_the_same(
        self, house: House, file_of: Callable[[str], str]
    ) -> None:
        applied = house.does("apply", file_of(EXAMPLE), "--yes")
        exported = house.does("export", "--account", "acme")

        again = house.does("apply", file_of(exported), "--yes")

        assert "Version 1 of acme is in force." in applied
        assert again.endswith("Nothing changed; version 1 of acme stays.\n")

    @pytest.mark.parametrize(
        ("fields", "partner"),
        [
            ({"zip": "90210", "property_type": "house"}, "sunpeak"),
            ({"zip": "91001", "property_type": "House"}, "sunpeak"),
            ({"zip": "90210", "property_type": "condo"}, "brightroof"),
            ({"zip": "10001", "property_type": "house"}, "brightroof"),
            ({"zip": "10001", "budget": 20000}, "sunpeak"),
            ({"zip": "10001", "budget": "50000"}, "sunpeak"),
            ({"zip": "10001", "budget": 50000.01}, "brightroof"),
            ({"zip": "02134"}, "brightroof"),
        ],
    )
    def test_finds_the_partner(self, acme: Account, fields: dict[str, Any], partner: str) -> None:
        lead = acme.post(first_name="Ann", **fields, wait=20)

        assert fates(lead) == {partner: "delivered"}

    def test_offers_nothing_of_another_status(self, acme: Account) -> None:
        answer = acme.call(
            "POST",
            "/leads",
            {"entity": "solar", "fields": {"first_name": "Ann", "zip": "90210"}, "status": "Won"},
        )

        assert answer.json["state"] == "unmatched"
        decision = acme.get(f"/leads/{answer.json['id']}/decision")
        assert decision["profiles"][0]["matched"] is False
        assert decision["profiles"][0]["failed"][0]["field"] == "status"

    def test_sends_what_the_contract_shows(self, acme: Account, partners: Partners) -> None:
        lead = acme.post(first_name="Ann", zip="90210", property_type="house", wait=20)

        request = partners.received_by("sunpeak")[-1]
        delivery_id = lead["deliveries"][0]["id"]
        assert body_of(request) == {
            "delivery_id": delivery_id,
            "lead_id": lead["id"],
            "entity": "solar",
            "profile": "residential",
            "received_at": lead["received_at"],
            "test": False,
            "fields": {
                "first_name": "Ann",
                "email": None,
                "phone": None,
                "zip": "90210",
                "property_type": "house",
                "budget": None,
                "ssn": None,
            },
        }
        headers = request.headers
        assert headers["x-api-key"] == "key of sunpeak"
        assert headers["authorization"] == "Bearer token-of-sunpeak"
        assert headers["webhook-id"] == headers["idempotency-key"] == delivery_id
        assert headers["webhook-signature"].startswith("v1,")

    def test_takes_the_price_of_the_answer(self, acme: Account) -> None:
        lead = acme.post(first_name="Ann", zip="90210", property_type="house", wait=20)

        charge = acme.get("/ledger")["items"][0]

        assert lead["deliveries"][0]["price"] == "13.75"
        assert (charge["delivery"], charge["amount"]) == (lead["deliveries"][0]["id"], "13.75")

    def test_keeps_secrets_out_of_what_it_shows(self, acme: Account) -> None:
        lead = acme.post(first_name="Ann", zip="90210", property_type="house", wait=20)

        shown = acme.call("GET", f"/leads/{lead['id']}").body.decode()

        assert "•••" in shown
        assert "token-of-sunpeak" not in shown
        assert "key of sunpeak" not in shown
