"""Leads of the past are decided again under another set-up, and nothing is touched."""

from datetime import datetime, timedelta

import pytest
from small_world import CONFIGURATION, DEARER, DELIVERED, REFUSED, SmallWorld

from headgate.services import configuration, history
from headgate.services.history import HistoryShown
from headgate.storage import models

pytestmark = pytest.mark.usefixtures("database", "installation")


def replayed(world: SmallWorld, source: bytes = CONFIGURATION, **span: datetime) -> HistoryShown:
    planned = configuration.plan_configuration(
        source=source, account_slug="acme", trusted=True, force=True
    )
    return history.show(
        history.replay_history(
            account_id=world.account_id,
            configuration=planned.configuration,
            since=span.get("since"),
            until=span.get("until"),
        )
    )


class TestReplay:
    @pytest.fixture
    def world(self, now: datetime) -> SmallWorld:
        """Ann and Cem went to the first, who refused Bob; nobody matched Dora."""
        world = SmallWorld(now)
        world.post("Ann")
        world.answer(DELIVERED)
        world.post("Bob")
        world.answer(REFUSED, DELIVERED)
        world.post("Cem")
        world.answer(DEARER)
        world.post("Dora", kind="nobody")
        return world

    def test_changes_nothing_under_the_same_set_up(self, world: SmallWorld) -> None:
        shown = replayed(world)

        assert (shown.leads, shown.moved, shown.matched_before) == (4, 0, 3)
        assert shown.revenue_before == shown.revenue_after == "45.00"

    def test_moves_leads_by_other_priorities_but_keeps_what_partners_said(
        self, world: SmallWorld
    ) -> None:
        shown = replayed(world, CONFIGURATION.replace(b"priority: 2", b"priority: 0"))

        assert [(move.before, move.after) for move in shown.moves] == [
            (["first"], ["second"]),
            (["first"], ["second"]),
        ]

    def test_lets_no_balance_end(self, world: SmallWorld) -> None:
        ahead = CONFIGURATION.replace(b"name: First\n", b"name: First\n    prepaid: true\n")

        shown = replayed(world, ahead)

        assert (shown.moved, shown.revenue_after, shown.caps) == (0, "45.00", [])

    def test_finds_newly_matched_leads(self, world: SmallWorld) -> None:
        wider = CONFIGURATION.replace(b"value: nobody", b"value: somebody")

        shown = replayed(world, wider)

        assert (shown.newly_matched, shown.newly_unmatched, shown.matched_after) == (1, 0, 4)

    def test_says_why_leads_are_newly_unmatched(self, world: SmallWorld) -> None:
        narrower = CONFIGURATION.replace(
            b"caps: [{per: hour, leads: 50}]", b"caps: [{per: hour, leads: 1}]"
        ).replace(b"{partner: second, priority: 1}", b"{partner: second, enabled: false}")

        shown = replayed(world, narrower)

        assert shown.newly_unmatched == 2
        assert shown.unmatched_because == {"cap_reached": 2, "assignment_disabled": 2}
        assert [(cap.of, cap.full_windows) for cap in shown.caps] == [("exclusive/first", 1)]

    def test_tells_the_price_that_a_changed_seat_would_have_brought(
        self, world: SmallWorld
    ) -> None:
        shown = replayed(world, CONFIGURATION.replace(b'price: "10.00"', b'price: "11.00"'))

        assert (shown.moved, shown.revenue_after) == (0, "33.00")

    def test_counts_partners_that_are_new(self, world: SmallWorld) -> None:
        third = b"{partner: third, priority: 9}"
        more = CONFIGURATION.replace(
            b"profiles:", b"  - {slug: third, name: Third, delivery: {channel: inbox}}\nprofiles:"
        ).replace(b"- {partner: second", b"- " + third + b"\n      - {partner: second")

        shown = replayed(world, more)

        assert (shown.partners[0].partner, shown.partners[0].leads_after) == ("third", 3)

    def test_leaves_out_what_came_outside_the_span(self, world: SmallWorld) -> None:
        assert replayed(world, until=world.now).leads == 0
        assert replayed(world, since=world.now + timedelta(days=1)).leads == 0
        assert replayed(world, since=world.now).leads == 4

    def test_writes_nothing(self, world: SmallWorld) -> None:
        before = list(models.CapCounter.objects.order_by("id").values())

        replayed(world, CONFIGURATION.replace(b"priority: 2", b"priority: 0"))

        assert list(models.CapCounter.objects.order_by("id").values()) == before
        assert models.ConfigVersion.objects.count() == 1
