"""An exclusive lead goes on only when the partner before certainly does not have it."""

from typing import Any

import pytest
from house import Account, OpenAccount, eventually, fates
from partners import Partners, body_of
from set_ups import buyer, offer

ENDED = ("delivered", "undelivered", "unknown", "unmatched")


@pytest.fixture
def waterfall(open_account: OpenAccount, partners: Partners) -> Any:
    """Open an account that offers leads to the partner that behaves so, then to a good one."""

    def build(behaviour: str, *, seat: dict[str, Any] | None = None, **delivery: Any) -> Account:
        first = buyer("first", partners.url(behaviour, "first"), delivery=delivery)
        second = buyer("second", partners.url("accept", "second"))
        place = {"partner": "first", "priority": 9, **(seat or {})}
        return open_account(
            partners=[first, second],
            profiles=[offer("residential", place, {"partner": "second"})],
        )

    return build


def sold_to(partners: Partners, lead: Any) -> list[str]:
    """Return which partners were asked about the lead, in order, each once."""
    asked = [each for each in partners.received if lead["id"].encode() in each.body]
    return list(dict.fromkeys(each.path.rpartition("=")[2] for each in asked))


class TestAPartnerThatSaysNo:
    def test_passes_the_lead_on(self, waterfall: Any, partners: Partners) -> None:
        account = waterfall("refuse")

        lead = account.post(name="Ann", wait=20)

        assert fates(lead) == {"first": "rejected", "second": "delivered"}
        assert account.verdicts(lead["id"]) == {
            "residential/first": "refused",
            "residential/second": "selected",
        }

    def test_keeps_its_place_free(self, waterfall: Any) -> None:
        account = waterfall("refuse", seat={"caps": [{"per": "day", "leads": 1}]})

        leads = [account.post(name="Ann", wait=20), account.post(name="Bob", wait=20)]

        assert [fates(lead)["first"] for lead in leads] == ["rejected", "rejected"]


class TestADeadPartner:
    def test_passes_the_lead_on_within_its_retries(self, waterfall: Any) -> None:
        account = waterfall("accept", url="http://127.0.0.1:1/leads")

        lead = account.lead(account.post(name="Ann", wait=20)["id"])

        assert fates(lead) == {"first": "failed", "second": "delivered"}
        attempts = lead["deliveries"][0]["attempts"]
        assert [each["outcome"] for each in attempts] == ["not_sent"] * 3

    def test_passes_it_on_when_it_redirects(self, waterfall: Any, partners: Partners) -> None:
        account = waterfall("redirect")

        lead = account.post(name="Ann", wait=20)

        assert fates(lead) == {"first": "failed", "second": "delivered"}
        assert len([each for each in partners.received if lead["id"].encode() in each.body]) == 4


class TestAPartnerThatMayHaveTheLead:
    @pytest.mark.parametrize(
        "behaviour",
        [
            "status/500",
            "duplicate",
            "drop-after-body",
            "drop-before-answer",
            "malformed",
            "slow/9",
            "drip",
            "reset",
        ],
    )
    def test_keeps_it_until_a_person_decides(
        self, waterfall: Any, partners: Partners, behaviour: str
    ) -> None:
        account = waterfall(behaviour, timeout_seconds=1, retry=[0])

        lead = account.post(name="Ann", wait=20)

        assert lead["state"] == "unknown"
        assert fates(lead) == {"first": "unknown"}
        assert sold_to(partners, lead) == ["first"]

    @pytest.mark.parametrize("behaviour", ["endless-body", "drip-body", "never-closes"])
    def test_has_it_whatever_follows_its_yes(self, waterfall: Any, behaviour: str) -> None:
        account = waterfall(behaviour, timeout_seconds=1, retry="none")

        lead = account.post(name="Ann", wait=20)

        assert fates(lead) == {"first": "delivered"}

    def test_is_outvoted_by_the_operators_choice(self, waterfall: Any, partners: Partners) -> None:
        account = waterfall("status/500", retry="none", seat={"on_ambiguous": "next"})

        lead = account.post(name="Ann", wait=20)

        assert fates(lead) == {"first": "unknown", "second": "delivered"}

    def test_says_no_by_its_own_rule(self, waterfall: Any) -> None:
        account = waterfall("duplicate", answer={"refuse": {"status": [409]}})

        lead = account.lead(account.post(name="Ann", wait=20)["id"])

        assert fates(lead) == {"first": "rejected", "second": "delivered"}
        attempts = lead["deliveries"][0]["attempts"]
        assert [each["status"] for each in attempts] == [500, 409]

    def test_gets_the_same_bytes_and_ids_again(self, waterfall: Any, partners: Partners) -> None:
        account = waterfall("drop-after-body")

        lead = account.post(name="Ann", wait=20)

        tries = [each for each in partners.received if lead["id"].encode() in each.body]
        assert len(tries) == 3
        assert len({each.body for each in tries}) == 1
        ids = {(t.headers["webhook-id"], t.headers["idempotency-key"]) for t in tries}
        assert ids == {(lead["deliveries"][0]["id"],) * 2}
        assert body_of(tries[0])["delivery_id"] == lead["deliveries"][0]["id"]


class TestAHeldLead:
    def test_goes_on_when_a_person_says_that_it_was_refused(self, waterfall: Any) -> None:
        account = waterfall("status/500", retry="none")
        lead = account.post(name="Ann", wait=20)

        resolved = account.call(
            "POST", f"/deliveries/{lead['deliveries'][0]['id']}/resolve", {"outcome": "refused"}
        )

        assert resolved.status == 200
        lead = account.when(lead["id"], "delivered")
        assert fates(lead) == {"first": "rejected", "second": "delivered"}

    def test_is_charged_once_when_a_person_says_that_it_arrived(self, waterfall: Any) -> None:
        account = waterfall("status/500", retry="none")
        lead = account.post(name="Ann", wait=20)
        delivery_id = lead["deliveries"][0]["id"]
        resolve = f"/deliveries/{delivery_id}/resolve"

        first = account.call("POST", resolve, {"outcome": "delivered"})
        again = account.call("POST", resolve, {"outcome": "delivered"})

        assert (first.status, again.status) == (200, 409)
        charges = [(e["delivery"], e["amount"]) for e in account.get("/ledger")["items"]]
        assert charges == [(delivery_id, "10.00")]

    def test_is_tried_again_by_hand_with_the_same_id(
        self, waterfall: Any, partners: Partners
    ) -> None:
        account = waterfall("status/500", retry="none")
        lead = account.post(name="Ann", wait=20)

        again = account.call("POST", f"/deliveries/{lead['deliveries'][0]['id']}/retry")

        assert again.status == 200
        tries = []

        def two_tries() -> bool:
            tries[:] = [each for each in partners.received if lead["id"].encode() in each.body]
            return len(tries) == 2

        eventually(two_tries)
        assert tries[0].body == tries[1].body
        assert sold_to(partners, lead) == ["first"]


class TestTwoExclusiveProfiles:
    def test_sell_the_lead_once(self, open_account: OpenAccount, partners: Partners) -> None:
        account = open_account(
            partners=[
                buyer("first", partners.url("slow/0.3", "first")),
                buyer("second", partners.url("accept", "second")),
            ],
            profiles=[offer("early", "first"), offer("late", "second")],
        )

        lead = account.post(name="Ann", wait=20)

        assert fates(lead) == {"first": "delivered"}
        assert sold_to(partners, lead) == ["first"]
        assert account.verdicts(lead["id"])["late/second"] == "taken"

    def test_do_not_go_past_a_doubt(self, open_account: OpenAccount, partners: Partners) -> None:
        account = open_account(
            partners=[
                buyer("first", partners.url("drop-after-body", "first")),
                buyer("second", partners.url("accept", "second")),
            ],
            profiles=[offer("early", "first"), offer("late", "second")],
        )

        lead = account.post(name="Ann", wait=20)

        assert fates(lead) == {"first": "unknown"}
        assert sold_to(partners, lead) == ["first"]

    def test_let_the_later_one_offer_what_the_earlier_did_not_sell(
        self, open_account: OpenAccount, partners: Partners
    ) -> None:
        account = open_account(
            partners=[
                buyer("first", partners.url("refuse", "first")),
                buyer("second", partners.url("accept", "second")),
            ],
            profiles=[offer("early", "first"), offer("late", "second")],
        )

        lead = account.post(name="Ann", wait=20)

        assert fates(lead) == {"first": "rejected", "second": "delivered"}


class TestASlowPartner:
    def test_holds_up_nobody_else(self, open_account: OpenAccount, partners: Partners) -> None:
        account = open_account(
            partners=[
                buyer("slow", partners.url("slow/9", "slow"), delivery={"retry": "none"}),
                buyer("quick", partners.url("accept", "quick")),
            ],
            profiles=[
                offer("all", "slow", "quick", strategy="send_to_all", exclusive=False),
            ],
        )

        lead = account.post(name="Ann", wait=20)

        assert fates(lead) == {"slow": "unknown", "quick": "delivered"}
        slow, quick = account.lead(lead["id"])["deliveries"]
        assert slow["attempts"][0]["ms"] < 3_000
        assert quick["attempts"][0]["ms"] < 1_500
