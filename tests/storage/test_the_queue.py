"""Deliveries as the work queue: what is due is leased once, and a lost lease is found again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from rows import NOW, Ground

from headgate.domain.ids import AccountId, DeliveryId, PartnerId
from headgate.storage import deliveries, postponed

pytestmark = pytest.mark.usefixtures("database")


def claimed(limit: int = 100, **more: Any) -> list[deliveries.Delivery]:
    given: dict[str, Any] = {"busy_partners": (), "now": NOW} | more
    with transaction.atomic():
        return deliveries.claim_due(limit, **given)


class TestClaiming:
    def test_leases_what_is_due(self) -> None:
        ground = Ground()
        made = ground.stored(timeout_seconds=20)

        (delivery,) = claimed()

        stored = deliveries.get(ground.account_id, made.id)
        assert (stored.state, stored.lease) == ("sending", 1)
        assert stored.due_at == NOW + timedelta(seconds=35)
        assert (delivery.state, delivery.lease) == ("pending", 1)

    @pytest.mark.parametrize(
        "other",
        [
            {"due_at": NOW + timedelta(milliseconds=1)},
            {"due_at": None},
            {"state": "delivered", "due_at": None},
            {"parked_at": NOW},
            {"state": "unknown"},
        ],
    )
    def test_leaves_what_is_not(self, other: dict[str, Any]) -> None:
        Ground().stored(**other)

        assert claimed() == []

    def test_leases_what_is_sent_again_and_leaves_it_delivered(self) -> None:
        ground = Ground()
        made = ground.stored(state="delivered", ended_at=NOW)

        (delivery,) = claimed()

        stored = deliveries.get(ground.account_id, made.id)
        assert (delivery.state, stored.state, stored.lease) == ("delivered", "delivered", 1)
        assert claimed() == []

    def test_gives_nothing_twice(self) -> None:
        Ground().stored()
        claimed()

        assert claimed() == []

    def test_takes_a_lease_over_at_its_end_under_a_new_token(self) -> None:
        Ground().stored(timeout_seconds=20)
        claimed()

        early = claimed(now=NOW + timedelta(seconds=34))
        (late,) = claimed(now=NOW + timedelta(seconds=35))

        assert early == []
        assert (late.state, late.lease) == ("sending", 2)

    def test_begins_with_what_is_due_longest(self) -> None:
        ground = Ground()
        second = ground.stored(due_at=NOW - timedelta(seconds=1))
        first = ground.stored(due_at=NOW - timedelta(seconds=2))
        ground.stored()

        assert [each.id for each in claimed(2)] == [first.id, second.id]

    def test_skips_busy_partners(self) -> None:
        ground = Ground()
        ground.stored("sunpeak")
        free = ground.stored("helios")

        found = claimed(busy_partners={ground.ids.partners["sunpeak"]})

        assert [each.id for each in found] == [free.id]

    def test_leaves_due_what_a_partner_has_no_room_for(self) -> None:
        ground = Ground()
        for _ in range(3):
            ground.stored("sunpeak")
        ground.stored("helios")

        places = [*ground.ids.partners.values()] * 2

        def take_place(partner_id: PartnerId) -> bool:
            has_one = partner_id in places
            if has_one:
                places.remove(partner_id)
            return has_one

        found = claimed(take_place=take_place)

        assert [each.partner_id for each in found] == [
            *[ground.ids.partners["sunpeak"]] * 2,
            ground.ids.partners["helios"],
        ]
        assert len(claimed()) == 1

    def test_divides_the_work_among_several(self, at_once: Callable[..., list[Any]]) -> None:
        ground = Ground()
        made = {ground.stored().id for _ in range(40)}

        batches = at_once(*[lambda: claimed(10)] * 4)

        got = [each.id for batch in batches for each in batch]
        assert sorted(got) == sorted(made)

    def test_reads_the_kept_body_as_bytes(self) -> None:
        Ground().stored(body=b"\x00{}")

        (delivery,) = claimed()

        assert delivery.body == b"\x00{}"


class TestOrphans:
    def test_are_due_at_once(self) -> None:
        Ground().stored()
        claimed()

        orphaned = deliveries.orphan_all(now=NOW)
        (again,) = claimed()

        assert (orphaned, again.lease) == (1, 2)

    def test_are_only_what_was_being_sent(self) -> None:
        ground = Ground()
        ground.stored(due_at=NOW + timedelta(hours=1))
        ground.stored(state="unknown", due_at=None)

        assert deliveries.orphan_all(now=NOW) == 0


class TestReading:
    def test_groups_by_lead_in_the_order_of_selection(self) -> None:
        ground = Ground()
        first = ground.stored()
        second = ground.delivery(ground.lead(id=first.lead_id), "helios")
        deliveries.add([second])
        lonely = ground.fresh()

        found = deliveries.of_leads([first.lead_id, lonely])  # type: ignore[list-item]

        assert [each.id for each in found[first.lead_id]] == [first.id, second.id]
        assert list(found.values())[1] == []

    def test_finds_no_other_accounts_delivery(self) -> None:
        made = Ground().stored()
        other = Ground("other")

        with pytest.raises(deliveries.DeliveryNotFound):
            deliveries.get(other.account_id, made.id)

    def test_pages_from_the_newest(self) -> None:
        ground = Ground()
        made = [ground.stored().id for _ in range(5)]

        first = deliveries.list_page(ground.account_id, before=None, limit=2)
        second = deliveries.list_page(ground.account_id, before=first[-1].id, limit=9)

        assert [each.id for each in [*first, *second]] == made[::-1]

    def test_saves_progress_and_keeps_the_rest(self) -> None:
        ground = Ground()
        made = ground.stored()
        made.state, made.attempts, made.channel = "unknown", 3, "webhook"

        deliveries.save([made])

        stored = deliveries.get(ground.account_id, DeliveryId(made.id))
        assert (stored.state, stored.attempts, stored.channel) == ("unknown", 3, "inbox")

    def test_tells_since_when_work_is_due(self) -> None:
        ground = Ground()
        ground.stored(due_at=NOW - timedelta(minutes=2))
        ground.stored(due_at=NOW + timedelta(minutes=2))

        assert deliveries.oldest_due(now=NOW) == NOW - timedelta(minutes=2)


def release(account_id: AccountId, **more: Any) -> None:
    with transaction.atomic():
        postponed.release(account_id, **more)


class TestParking:
    def test_keeps_what_is_pending_from_being_claimed_until_it_is_released(self) -> None:
        ground = Ground()
        parked = ground.stored("sunpeak")
        other = ground.stored("helios")

        postponed.park([parked.partner_id], now=NOW)
        before = [each.id for each in claimed()]
        release(ground.account_id, but_not=[], now=NOW)
        after = [each.id for each in claimed()]

        assert (before, after) == ([other.id], [parked.id])

    def test_takes_none_of_the_time_that_is_left(self) -> None:
        ground = Ground()
        due_at = NOW + timedelta(minutes=5)
        made = ground.stored(due_at=due_at)
        postponed.park([made.partner_id], now=NOW)
        postponed.park([made.partner_id], now=NOW + timedelta(hours=1))

        release(ground.account_id, but_not=[], now=NOW + timedelta(hours=2))

        stored = deliveries.get(ground.account_id, made.id)
        assert stored.due_at == due_at + timedelta(hours=2)
        assert stored.give_up_at == made.give_up_at + timedelta(hours=2)
        assert stored.parked_at is None

    def test_goes_on_for_partners_that_stay_paused(self) -> None:
        ground = Ground()
        made = ground.stored()
        postponed.park([made.partner_id], now=NOW)

        release(ground.account_id, but_not=[made.partner_id], now=NOW)

        assert deliveries.get(ground.account_id, made.id).parked_at == NOW

    def test_leaves_what_is_being_sent(self) -> None:
        ground = Ground()
        made = ground.stored(state="sending")

        postponed.park([made.partner_id], now=NOW)

        assert deliveries.get(ground.account_id, made.id).parked_at is None
