"""The counters of caps: begun by a recount, taken within limits, moved by what they count."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from rows import NOW, Ground

from headgate.domain.cap_slots import CapSlot
from headgate.domain.caps import Cap, Per, Scope, Unit, Window, window
from headgate.storage import caps, deliveries, leads, models

pytestmark = pytest.mark.usefixtures("database")
ZONE = ZoneInfo("UTC")


def slot_of(
    ground: Ground,
    scope: Scope = Scope.PARTNER,
    *,
    per: Per = Per.DAY,
    unit: Unit = Unit.LEADS,
    zone: ZoneInfo = ZONE,
) -> CapSlot:
    owner: int = {
        Scope.PARTNER: ground.ids.partners["sunpeak"],
        Scope.ASSIGNMENT: ground.ids.assignments["main", "sunpeak"],
        Scope.PROFILE: ground.ids.profiles["main"],
        Scope.SOURCE: ground.ids.sources["solar", "site"],
    }[scope]
    return CapSlot(scope, owner, Cap(per, unit, 10), zone)


def locked(ground: Ground, slot: CapSlot, *, now: datetime = NOW) -> caps.Counter:
    wanted = {0: (slot, window(slot.cap.per, slot.zone, now))}
    with transaction.atomic():
        return caps.lock(ground.account_id, wanted, now=now)[0]


def used() -> list[int]:
    return list(models.CapCounter.objects.order_by("id").values_list("used", flat=True))


class TestLock:
    @pytest.mark.parametrize("scope", [Scope.PARTNER, Scope.ASSIGNMENT, Scope.PROFILE])
    @pytest.mark.parametrize(("unit", "counted"), [(Unit.LEADS, 2), (Unit.SPEND, 2500)])
    def test_begins_with_what_the_rows_say(self, scope: Scope, unit: Unit, counted: int) -> None:
        ground = Ground()
        ground.stored(price_minor=1000)
        ground.stored(price_minor=1500)
        ground.stored(price_minor=7, holds_place=False, state="rejected")
        ground.stored(price_minor=7, placed_at=NOW - timedelta(days=1))

        counter = locked(ground, slot_of(ground, scope, unit=unit))

        assert counter.used == counted

    def test_begins_a_sources_counter_with_its_accepted_leads(self) -> None:
        ground = Ground()
        leads.add(
            [
                ground.lead(),
                ground.lead(accepted=False),
                ground.lead(test=True),
                ground.lead(received_at=NOW - timedelta(days=1)),
            ]
        )

        assert locked(ground, slot_of(ground, Scope.SOURCE)).used == 1

    def test_counts_a_total_from_the_beginning(self) -> None:
        ground = Ground()
        ground.stored(placed_at=NOW - timedelta(days=900))

        assert locked(ground, slot_of(ground, per=Per.TOTAL)).used == 1

    def test_finds_the_counter_again(self) -> None:
        ground = Ground()
        slot = slot_of(ground)
        first = locked(ground, slot)
        caps.take([caps.Taking(first.id, 3, 10)])

        again = locked(ground, slot)

        assert (again.id, again.used) == (first.id, 3)

    def test_begins_another_in_the_next_window(self) -> None:
        ground = Ground()
        slot = slot_of(ground)
        first = locked(ground, slot)

        second = locked(ground, slot, now=NOW + timedelta(days=1))

        assert second.id != first.id

    def test_finds_a_window_again_when_the_clock_steps_back(self) -> None:
        ground = Ground()
        slot = slot_of(ground, per=Per.HOUR)
        first = locked(ground, slot)
        locked(ground, slot, now=NOW + timedelta(hours=1))

        again = locked(ground, slot, now=NOW + timedelta(minutes=59))

        assert again.id == first.id

    def test_makes_one_counter_for_two_at_once(self, at_once: Callable[..., list[Any]]) -> None:
        ground = Ground()
        slot = slot_of(ground)

        first, second = at_once(lambda: locked(ground, slot), lambda: locked(ground, slot))

        assert first.id == second.id


class TestTake:
    def test_takes_up_to_the_limit(self) -> None:
        counter = locked(ground := Ground(), slot_of(ground))

        caps.take([caps.Taking(counter.id, 10, 10)])

        assert used() == [10]

    def test_refuses_the_whole_when_one_does_not_fit(self) -> None:
        ground = Ground()
        roomy = locked(ground, slot_of(ground))
        tight = locked(ground, slot_of(ground, Scope.PROFILE))

        with pytest.raises(caps.CapFull), transaction.atomic():
            caps.take([caps.Taking(roomy.id, 1, 10), caps.Taking(tight.id, 2, 1)])

        assert used() == [0, 0]

    def test_gives_the_last_place_to_one_of_many(self, at_once: Callable[..., list[Any]]) -> None:
        counter = locked(ground := Ground(), slot_of(ground))

        def take_one() -> bool:
            try:
                with transaction.atomic():
                    caps.take([caps.Taking(counter.id, 1, 3)])
            except caps.CapFull:
                return False
            return True

        got = at_once(*[take_one] * 8)

        assert (sum(got), used()) == (3, [3])

    def test_refuses_while_a_lowered_limit_is_exceeded(self) -> None:
        counter = locked(ground := Ground(), slot_of(ground))
        caps.take([caps.Taking(counter.id, 5, 10)])

        with pytest.raises(caps.CapFull):
            caps.take([caps.Taking(counter.id, 1, 4)])


class TestMove:
    def test_moves_every_counter_that_counts_the_place(self) -> None:
        ground = Ground()
        ground.stored(price_minor=1000)
        wanted = [slot_of(ground), slot_of(ground, unit=Unit.SPEND), slot_of(ground, per=Per.TOTAL)]
        for slot in wanted:
            locked(ground, slot)

        caps.move([(Scope.PARTNER, wanted[0].owner_id)], NOW, leads=-1, spend=-1000)

        assert used() == [0, 0, 0]

    def test_gives_back_to_the_window_in_which_it_was_taken(self) -> None:
        ground = Ground()
        slot = slot_of(ground)
        ground.stored(placed_at=NOW)
        ground.stored(placed_at=NOW + timedelta(days=1))
        locked(ground, slot)
        locked(ground, slot, now=NOW + timedelta(days=1))

        caps.move([(Scope.PARTNER, slot.owner_id)], NOW, leads=-1, spend=0)

        assert used() == [0, 1]

    def test_moves_nobody_elses(self) -> None:
        ground = Ground()
        slot = slot_of(ground)
        ground.stored()
        locked(ground, slot)

        caps.move([(Scope.PROFILE, slot.owner_id)], NOW, leads=-1, spend=0)

        assert used() == [1]

    def test_never_goes_below_nothing(self) -> None:
        ground = Ground()
        slot = slot_of(ground)
        locked(ground, slot)

        with pytest.raises(IntegrityError), transaction.atomic():
            caps.move([(Scope.PARTNER, slot.owner_id)], NOW, leads=-1, spend=0)


class TestDropOthers:
    def standing(self, slot: CapSlot, now: datetime = NOW) -> dict[caps.StandingCap, Window]:
        key = caps.StandingCap(slot.scope, slot.owner_id, slot.cap.per, slot.cap.unit)
        return {key: window(slot.cap.per, slot.zone, now)}

    def test_keeps_what_stands(self) -> None:
        ground = Ground()
        slot = slot_of(ground)
        kept = locked(ground, slot)

        caps.drop_others(ground.account_id, self.standing(slot))

        assert locked(ground, slot).id == kept.id

    def test_forgets_a_cap_that_is_gone(self) -> None:
        ground = Ground()
        locked(ground, slot_of(ground))

        caps.drop_others(ground.account_id, {})

        assert used() == []

    def test_begins_anew_in_another_zone(self) -> None:
        ground = Ground()
        ground.stored(placed_at=datetime(2026, 11, 23, 3, 0, tzinfo=UTC))
        locked(ground, slot_of(ground))
        denver = slot_of(ground, zone=ZoneInfo("America/Denver"))

        caps.drop_others(ground.account_id, self.standing(denver))

        assert locked(ground, denver).used == 0  # 3:00 UTC was yesterday there

    def test_leaves_other_accounts_alone(self) -> None:
        ground, other = Ground(), Ground("other")
        locked(other, slot_of(other))

        caps.drop_others(ground.account_id, {})

        assert len(used()) == 1


def test_recounting_follows_a_place_given_back() -> None:
    ground = Ground()
    slot = slot_of(ground)
    delivery = ground.stored()
    delivery.holds_place, delivery.state = False, "rejected"
    deliveries.save([delivery])

    assert caps.recount(slot, window(Per.DAY, ZONE, NOW)) == 0
