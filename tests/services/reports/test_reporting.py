"""Reports add up what became of leads, and follow every change of their rows."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from small_world import AMBIGUOUS, CONFIGURATION, SmallWorld, with_every_fate

from headgate.domain.deliveries import Outcome
from headgate.domain.ids import DeliveryId, LeadId
from headgate.domain.reports import By
from headgate.services import configuration, handling, verification
from headgate.services.privacy import erasing
from headgate.services.reports import portions, reporting, tallying
from headgate.services.reports.reporting import Report
from headgate.services.routing import Leases
from headgate.storage import models, tallies
from headgate.storage.reports import ReportFilter

pytestmark = pytest.mark.usefixtures("database", "installation")


def reported(world: SmallWorld, by: By, **wanted: Any) -> Report:
    return reporting.report(
        account_id=world.account_id, by=by, wanted=ReportFilter(**wanted), now=world.now
    )


def fates(report: Report) -> dict[str, Any]:
    """Return the figures of the total that are not nothing."""
    total = report.total
    return {
        name: getattr(total, name)
        for name in total.__struct_fields__
        if getattr(total, name) not in (None, 0, "0.00")
    }


class TestReport:
    def test_counts_every_fate_once(self, now: datetime) -> None:
        world = with_every_fate(now)

        assert fates(reported(world, By.DAY)) == {
            "received": 9,
            "accepted": 8,
            "matched": 6,
            "sold": 3,
            "duplicate": 1,
            "held": 1,
            "unmatched": 1,
            "undelivered": 1,
            "deliveries": 8,
            "open": 1,
            "delivered": 3,
            "refused": 3,
            "unknown": 1,
            "acceptance": 0.5,
            "revenue": "45.00",
            "margin": "45.00",
        }

    def test_gives_each_partner_what_it_got(self, now: datetime) -> None:
        report = reported(with_every_fate(now), By.PARTNER)

        lines = {line.key: (line.figures.delivered, line.figures.revenue) for line in report.lines}
        assert lines == {"first": (2, "35.00"), "second": (1, "10.00")}
        assert report.lines[0].name == "First"
        assert report.total.received is None

    @pytest.mark.parametrize("by", By)
    def test_adds_up_to_the_same_whatever_it_is_by(self, now: datetime, by: By) -> None:
        report = reported(with_every_fate(now), by)

        assert (report.total.delivered, report.total.revenue) == (3, "45.00")
        assert sum(line.figures.delivered for line in report.lines) == 3

    def test_follows_what_happens_later(self, now: datetime) -> None:
        world = SmallWorld(now)
        world.post("Ann")
        world.answer(AMBIGUOUS)
        before = reported(world, By.DAY).total

        handling.resolve_delivery(
            account_id=world.account_id,
            delivery_id=DeliveryId(models.Delivery.objects.get().id),
            outcome=Outcome.DELIVERED,
            leases=Leases(0),
            now=now,
        )

        after = reported(world, By.DAY).total
        assert (before.unknown, before.revenue) == (1, "0.00")
        assert (after.unknown, after.delivered, after.revenue) == (0, 1, "10.00")

    def test_keeps_erased_leads_in_its_figures(self, now: datetime) -> None:
        world = with_every_fate(now)
        before = reported(world, By.SOURCE).total

        for lead in models.Lead.objects.exclude(state="in_delivery"):
            erasing.erase_lead(
                account_id=world.account_id, lead_id=LeadId(lead.id), leases=Leases(0), now=now
            )

        after = reported(world, By.SOURCE).total
        assert (after.received, after.sold, after.duplicate) == (
            before.received,
            before.sold,
            before.duplicate,
        )
        assert after.revenue == before.revenue

    def test_leaves_out_what_came_outside_the_span(self, now: datetime) -> None:
        world = with_every_fate(now)
        hour = now.replace(minute=0, second=0, microsecond=0)

        assert reported(world, By.DAY, until=hour).total.received == 0
        assert reported(world, By.DAY, since=hour, until=hour + timedelta(hours=1)).total.sold == 3

    def test_narrows_to_a_partner(self, now: datetime) -> None:
        report = reported(with_every_fate(now), By.DAY, partner="second")

        assert (report.total.delivered, report.total.received) == (1, None)

    def test_counts_by_the_accounts_clock(self, now: datetime) -> None:
        world = SmallWorld(now)  # at 10:00 in UTC
        world.post("Ann")
        assert [line.key for line in reported(world, By.HOUR).lines] == ["10"]

        for zone, hour in ((b"Asia/Kathmandu", "15"), (b"America/St_Johns", "06")):
            configuration.apply_configuration(
                source=CONFIGURATION.replace(b"timezone: UTC", b"timezone: " + zone),
                account_slug=None,
                trusted=True,
                made_by="test",
                now=now,
            )

            assert [line.key for line in reported(world, By.HOUR).lines] == [hour]

    def test_takes_the_cost_that_a_source_had_when_the_lead_came(self, now: datetime) -> None:
        costly = CONFIGURATION.replace(b"name: Site,", b'name: Site, cost: "2.00",')
        world = SmallWorld(now, costly)
        world.post("Ann")
        configuration.apply_configuration(
            source=costly.replace(b"2.00", b"5.00"),
            account_slug=None,
            trusted=True,
            made_by="test",
            now=now + timedelta(minutes=5),
        )
        world.now = now + timedelta(minutes=10)
        world.post("Bob", received_at=world.now)

        assert reported(world, By.SOURCE).total.cost == "7.00"


class TestTallies:
    def test_need_no_counting_while_nothing_changes(self, now: datetime) -> None:
        with_every_fate(now)

        assert tallying.count_stale_hours(now=now) == 1
        assert tallying.count_stale_hours(now=now) == 0

    def test_stay_stale_when_a_lead_changes_while_they_are_counted(self, now: datetime) -> None:
        world = SmallWorld(now)
        world.post("Ann")
        (stale,) = tallies.stale_hours(limit=9)
        tallies.take(stale, now=now)

        world.post("Bob")
        tallies.finish(stale, taken_at=now)

        assert tallies.stale_hours(limit=9) == [stale]

    def test_are_verified_where_nothing_is_stale(self, now: datetime) -> None:
        with_every_fate(now)
        tallying.count_stale_hours(now=now)
        assert list(verification.verify()) == []

        models.LeadTally.objects.update(sold=7)

        assert [(each.check, "7 sold" in each.message) for each in verification.verify()] == [
            ("wrong_tally", True)
        ]


class TestPortions:
    def test_cover_a_span_and_hold_few_leads_each(
        self, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(portions, "MOST_LEADS", 2)
        world = SmallWorld(now)
        for number in range(8):
            world.now = now + timedelta(minutes=7 * number)
            world.post(f"Lead {number}")
        end = now + timedelta(hours=1)

        found = list(portions.portions_of(world.account_id, now, end))

        assert [(now, end)] != found
        assert [found[0][0], *(until for _, until in found)] == [*(at for at, _ in found), end]
        counted = [tallies.count_leads(world.account_id, *each) for each in found]
        assert sum(each.received for some in counted for each in some) == 8
        assert max(sum(each.received for each in some) for some in counted) <= 2
