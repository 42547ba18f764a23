"""Leads are sold at the price of their number in the month, whoever sells at the same moment."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
from small_world import DEARER, DELIVERED, REFUSED, SmallWorld

from headgate.domain.ids import DeliveryId, LeadId
from headgate.services import configuration, handling, history, tracking
from headgate.services.identity import fresh_id
from headgate.services.intake import receive_leads
from headgate.services.people import api_keys
from headgate.services.rates import Rates
from headgate.services.routing import Leases
from headgate.services.submissions import Submission
from headgate.services.verification import verify
from headgate.storage import models
from headgate.storage.caps import CapFull

pytestmark = pytest.mark.usefixtures("database", "installation")

TIERS = [{"after": 2, "price": "8.00"}, {"after": 4, "price": "5.00"}]


def said(tiers: Sequence[dict[str, Any]], *, timezone: str = "UTC", **partner: Any) -> bytes:
    webhook = {"channel": "webhook", "url": "https://only.example/", "retry": "none"}
    document = {
        "version": 1,
        "account": {"slug": "acme", "name": "Acme", "timezone": "UTC", "currency": "USD"},
        "entities": [
            {
                "slug": "solar",
                "name": "Solar",
                "fields": [{"key": "name", "type": "text"}, {"key": "kind", "type": "text"}],
                "statuses": ["New"],
            }
        ],
        "sources": [{"slug": "site", "entity": "solar", "name": "Site"}],
        "partners": [
            {
                "slug": "only",
                "name": "Only",
                "timezone": timezone,
                "delivery": {**webhook, "answer": {"price": "$.price"}},
                **partner,
            }
        ],
        "profiles": [
            {
                "slug": "all",
                "entity": "solar",
                "name": "All",
                "enabled": True,
                "strategy": "first_match",
                "price": "10.00",
                "assignments": [{"partner": "only", "price_tiers": list(tiers)}],
            }
        ],
    }
    return json.dumps(document).encode()


def prices(lead_ids: Sequence[LeadId] | None = None) -> list[int]:
    """Return what the held places cost, in the order of their leads."""
    rows = models.Delivery.objects.filter(holds_place=True).order_by("id")
    if lead_ids is not None:
        rows = rows.filter(lead_id__in=lead_ids)
    return list(rows.values_list("price_minor", flat=True))


class TestVolumeTiers:
    def test_price_each_lead_of_one_batch_by_its_number(self, now: datetime) -> None:
        world = SmallWorld(now, said(TIERS))
        submissions = [
            Submission(
                id=LeadId(fresh_id(now)),
                caller=api_keys.digest_of(world.key),
                entity="solar",
                fields={"name": str(number)},
                received_at=now,
            )
            for number in range(6)
        ]

        receive_leads(submissions=submissions, rates=Rates(), leases=Leases(0), now=now)

        assert prices() == [1000, 1000, 800, 800, 500, 500]

    def test_count_a_refused_lead_no_more_and_change_no_frozen_price(self, now: datetime) -> None:
        world = SmallWorld(now, said(TIERS))
        world.post("refused")
        world.answer(REFUSED)

        sold = [world.post(str(number)) for number in range(3)]

        assert prices(sold) == [1000, 1000, 800]
        assert list(verify()) == []

    def test_let_an_answered_price_replace_the_tiers(self, now: datetime) -> None:
        world = SmallWorld(now, said(TIERS))
        for number in range(3):
            world.post(str(number))
            world.answer(DEARER if number == 0 else DELIVERED)

        assert prices() == [2500, 1000, 800]
        assert list(verify()) == []

    def test_price_a_retried_lead_anew(self, now: datetime) -> None:
        world = SmallWorld(now, said([{"after": 1, "price": "8.00"}]))
        failed = world.post("failed")
        models.Delivery.objects.update(state="failed", holds_place=False)
        models.CapCounter.objects.update(used=0)
        world.post("sold")
        row = models.Delivery.objects.get(lead_id=failed)

        handling.retry_delivery(
            account_id=world.account_id,
            delivery_id=DeliveryId(row.pk),
            leases=Leases(0),
            now=now,
        )

        assert prices([failed]) == [800]

    def test_leave_test_leads_uncounted(self, now: datetime) -> None:
        world = SmallWorld(now, said([{"after": 1, "price": "8.00"}]))
        for number in range(3):
            world.post(str(number), test=True)

        world.post("real")

        assert prices() == [1000]

    def test_begin_in_mid_month_with_what_was_sold_of_it(self, now: datetime) -> None:
        world = SmallWorld(now, said([]))
        for number in range(3):
            world.post(str(number))
        configuration.apply_configuration(
            source=said(TIERS), account_slug="acme", trusted=True, made_by="test", now=now
        )

        world.post("next")

        assert prices()[-1] == 800

    def test_are_told_by_the_version_that_decided(self, now: datetime) -> None:
        world = SmallWorld(now, said([{"after": 1, "price": "8.00"}]))
        world.post("first")
        lead_id = world.post("second")
        configuration.apply_configuration(
            source=said([]), account_slug="acme", trusted=True, made_by="test", now=now
        )

        told = tracking.explain_lead(account_id=world.account_id, lead_id=lead_id)

        assert ", at 8.00 USD (tier after 1, the 2nd lead this month)" in told.sentence


class TestTheMonth:
    @pytest.mark.parametrize(
        ("timezone", "moments", "expected"),
        [
            # The clocks of New York go back on the 1st of November 2026.
            (
                "America/New_York",
                [
                    "2026-10-20T12:00Z",
                    "2026-11-01T03:59Z",
                    "2026-11-01T04:00Z",
                    "2026-12-01T04:59Z",
                    "2026-12-01T05:00Z",
                ],
                [1000, 800, 1000, 800, 1000],
            ),
            (
                "Asia/Tokyo",
                ["2026-11-30T14:59Z", "2026-11-30T15:00Z", "2026-12-31T14:59Z"],
                [1000, 1000, 800],
            ),
        ],
    )
    def test_is_that_of_the_partners_time_zone(
        self, timezone: str, moments: list[str], expected: list[int]
    ) -> None:
        moved = [datetime.fromisoformat(each) for each in moments]
        tiers = [{"after": 1, "price": "8.00"}]
        world = SmallWorld(moved[0], said(tiers, timezone=timezone))

        for world.now in moved:
            world.post("somebody")

        assert prices() == expected
        assert list(verify()) == []


class TestTheCounter:
    def test_is_one_row_beside_a_cap_of_the_same_leads(self, now: datetime) -> None:
        document = json.loads(said(TIERS))
        (seat,) = document["profiles"][0]["assignments"]
        seat["caps"] = [{"per": "month", "leads": 5}]
        world = SmallWorld(now, json.dumps(document).encode())

        for number in range(6):
            world.post(str(number))

        assert prices() == [1000, 1000, 800, 800, 500]
        assert list(models.CapCounter.objects.values_list("used", flat=True)) == [5]

    def test_is_recounted(self, now: datetime) -> None:
        world = SmallWorld(now, said(TIERS))
        world.post("somebody")
        models.CapCounter.objects.update(used=7)

        assert [breach.check for breach in verify()] == ["counter_differs"]


class TestManyAtOnce:
    @pytest.mark.parametrize("budget", [None, "400.00"])
    def test_get_each_number_once(
        self, now: datetime, at_once: Callable[..., list[Any]], budget: str | None
    ) -> None:
        tiers = [{"after": 20, "price": "8.00"}, {"after": 40, "price": "5.00"}]
        caps = [{"per": "month", "spend": budget}] if budget else []
        world = SmallWorld(now, said(tiers, caps=caps))

        def post() -> None:
            for number in range(15):
                while True:
                    try:
                        world.post(str(number))
                        break
                    except CapFull:
                        continue

        at_once(*[post] * 4)

        # 20 at 10.00 and 20 at 8.00 leave 40.00 of the budget.
        last = 20 if budget is None else 8
        expected = {1000: 20, 800: 20, 500: last}
        assert Counter(prices()) == Counter(expected)
        assert list(verify()) == []


class TestReplaying:
    def test_finds_no_difference_under_the_same_tiers(self, now: datetime) -> None:
        world = SmallWorld(now, said(TIERS))
        for number, answer in enumerate((DELIVERED, REFUSED, DELIVERED, DEARER, DELIVERED)):
            world.post(str(number))
            world.answer(answer)

        shown = _replayed(world, said(TIERS))

        assert (shown.leads, shown.moved) == (5, 0)
        assert shown.revenue_before == shown.revenue_after == "53.00"
        assert shown.caps == []

    def test_tells_what_other_tiers_would_have_brought(self, now: datetime) -> None:
        world = SmallWorld(now, said(TIERS))
        for number in range(5):
            world.post(str(number))
            world.answer(DELIVERED)

        shown = _replayed(world, said([{"after": 1, "price": "9.00"}]))

        assert (shown.revenue_before, shown.revenue_after) == ("41.00", "46.00")


def _replayed(world: SmallWorld, source: bytes) -> history.HistoryShown:
    planned = configuration.plan_configuration(
        source=source, account_slug="acme", trusted=True, force=True
    )
    found = history.replay_history(
        account_id=world.account_id,
        configuration=planned.configuration,
        since=None,
        until=None,
    )
    return history.show(found)
