"""A partner is reached in several ways: the next is used where those before certainly failed."""

from typing import Any

from house import OpenAccount, fates
from partners import Partners, body_of
from set_ups import buyer, offer

NOBODY_LISTENS = "http://127.0.0.1:1/leads"


def several(slug: str, *urls: str) -> dict[str, Any]:
    """Return a partner that is tried once more at each address before the next."""
    one = buyer(slug, urls[0], delivery={"retry": [0]})
    return {**one, "delivery": [{**one["delivery"], "url": url} for url in urls]}


class TestALeadWhosePartnerCannotBeReached:
    def test_goes_there_by_the_next_way_once_and_for_one_charge(
        self, open_account: OpenAccount, partners: Partners
    ) -> None:
        account = open_account(
            partners=[
                several("sun", NOBODY_LISTENS, partners.url("accept", "sun")),
                buyer("moon", partners.url("accept", "moon")),
            ],
            profiles=[offer("all", "sun", "moon")],
        )

        lead = account.post(name="Ann", wait=20)

        assert fates(lead) == {"sun": "delivered"}
        (request,) = partners.received_by("sun")
        (delivery,) = account.lead(lead["id"])["deliveries"]
        assert body_of(request)["delivery_id"] == delivery["id"]
        outcomes = [(each["n"], each["outcome"]) for each in delivery["attempts"]]
        assert outcomes == [(1, "not_sent"), (2, "not_sent"), (3, "delivered")]
        assert delivery["fallback"] == 1
        assert len(account.get("/ledger")["items"]) == 1
        told = account.house.does("why", lead["id"], "--account", account.slug)
        assert "Delivery to sun goes by webhook, fall-back 1" in told


class TestALeadThatThePartnerMayHave:
    def test_is_offered_in_no_other_way(
        self, open_account: OpenAccount, partners: Partners
    ) -> None:
        account = open_account(
            partners=[
                several(
                    "mars",
                    partners.url("drop-after-body", "mars"),
                    partners.url("accept", "by-the-way"),
                )
            ],
            profiles=[offer("all", "mars")],
        )

        lead = account.post(name="Ann", wait=20)

        assert fates(lead) == {"mars": "unknown"}
        assert len(partners.received_by("mars")) == 2
        assert partners.received_by("by-the-way") == []
