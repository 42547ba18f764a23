"""What stands behind slugs and between leads: lasting ids, turns, persons, the version in force."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import transaction
from rows import NOW, SET_UP, Ground, configuration

from headgate.domain.ids import AssignmentId
from headgate.domain.strategies import Standing
from headgate.storage import accounts, leads, match_keys, models, setup, turns

pytestmark = pytest.mark.usefixtures("database")


class TestRegistering:
    def test_archives_what_is_absent_and_keeps_its_row(self) -> None:
        ground = Ground()
        less = SET_UP.replace("[{partner: sunpeak}, {partner: helios}]", "[{partner: sunpeak}]")

        setup.register(ground.account_id, configuration(less), now=NOW)

        archived = models.Assignment.objects.filter(archived_at=NOW).values_list("slug", flat=True)
        assert list(archived) == ["helios"]
        assert setup.identities(ground.account_id) == ground.ids

    def test_revives_what_returns_under_the_same_id(self) -> None:
        ground = Ground()
        less = SET_UP.replace("[{partner: sunpeak}, {partner: helios}]", "[{partner: sunpeak}]")
        setup.register(ground.account_id, configuration(less), now=NOW)

        setup.register(ground.account_id, configuration(), now=NOW + timedelta(days=1))

        assert not models.Assignment.objects.exclude(archived_at=None).exists()
        assert setup.identities(ground.account_id) == ground.ids

    def test_changes_nothing_the_second_time(self) -> None:
        ground = Ground()

        setup.register(ground.account_id, configuration(), now=NOW)

        assert setup.identities(ground.account_id) == ground.ids

    def test_keeps_the_turns_of_a_profile(self) -> None:
        ground = Ground()
        turns.save({ground.profile_id: Standing(turn=7)})

        setup.register(ground.account_id, configuration(), now=NOW)

        with transaction.atomic():
            assert turns.lock([ground.profile_id])[ground.profile_id].turn == 7

    def test_gives_every_account_its_own(self) -> None:
        one, other = Ground("one"), Ground("other")

        assert set(one.ids.partners.values()).isdisjoint(other.ids.partners.values())

    def test_builds_the_api_source_in(self) -> None:
        assert ("solar", "api") in Ground().ids.sources


class TestTurns:
    def test_are_read_as_they_were_saved(self) -> None:
        ground = Ground()
        seat = AssignmentId(3)
        standing = Standing(turn=2, last={seat: 2}, credit={seat: -1})

        turns.save({ground.profile_id: standing})

        with transaction.atomic():
            assert turns.lock([ground.profile_id]) == {ground.profile_id: standing}

    def test_are_counted_by_one_at_a_time(self, at_once: Callable[..., list[Any]]) -> None:
        ground = Ground()

        def count() -> None:
            with transaction.atomic():
                standing = turns.lock([ground.profile_id])[ground.profile_id]
                turns.save({ground.profile_id: Standing(turn=standing.turn + 1)})

        at_once(*[count] * 6)

        with transaction.atomic():
            assert turns.lock([ground.profile_id])[ground.profile_id].turn == 6

    def test_of_nobody_are_none(self) -> None:
        turns.save({})

        assert turns.lock([]) == {}


class TestPersons:
    def key(self, ground: Ground, lead: leads.Lead, **more: Any) -> match_keys.MatchKey:
        values: dict[str, Any] = {
            "entity_id": ground.ids.entities["solar"],
            "digest": b"p" * 16,
            "lead_id": lead.id,
            "received_at": NOW,
        }
        return match_keys.MatchKey(**(values | more))

    def test_are_found_by_their_newest_lead_within_the_window(self) -> None:
        ground = Ground()
        rows = [ground.lead() for _ in range(3)]
        leads.add(rows)
        match_keys.add(
            [
                self.key(ground, rows[0], received_at=NOW - timedelta(days=2)),
                self.key(ground, rows[2]),
                self.key(ground, rows[1], received_at=NOW - timedelta(days=1)),
            ]
        )
        entity = ground.ids.entities["solar"]

        newest = match_keys.find_earlier(entity, [b"p" * 16], since=NOW - timedelta(days=30))
        nobody = match_keys.find_earlier(entity, [b"p" * 16], since=NOW + timedelta(seconds=1))

        assert newest == {b"p" * 16: rows[2].id}
        assert nobody == {}

    @pytest.mark.parametrize(
        ("state", "counts"),
        [
            *[(state, True) for state in ("pending", "sending", "delivered", "unknown")],
            *[(state, False) for state in ("rejected", "failed", "cancelled", "returned")],
        ],
    )
    def test_are_with_the_partners_that_may_have_them(self, state: str, counts: bool) -> None:
        ground = Ground()
        delivery = ground.stored(state=state, holds_place=False)
        match_keys.add([self.key(ground, ground.lead(id=delivery.lead_id))])

        had = match_keys.partners_with(ground.ids.entities["solar"], [b"p" * 16])

        assert had == ({b"p" * 16: {delivery.partner_id: NOW}} if counts else {})

    def test_are_forgotten_with_their_lead(self) -> None:
        ground = Ground()
        lead = ground.lead()
        leads.add([lead])
        match_keys.add([self.key(ground, lead)])

        match_keys.forget(lead.id)

        assert not models.MatchKey.objects.exists()

    @pytest.mark.only_on("postgresql")
    def test_are_judged_by_one_at_a_time(self, at_once: Callable[..., list[Any]]) -> None:
        ground = Ground()
        entity, order = ground.ids.entities["solar"], []
        held = Event()

        def judge(*, first: bool) -> bool:
            if not first:
                held.wait(10)
            with transaction.atomic():
                match_keys.lock([b"p" * 16, b"q" * 16])
                held.set()
                order.append(first)
                earlier = match_keys.find_earlier(entity, [b"p" * 16], since=NOW)
                if not earlier:
                    lead = ground.lead()
                    leads.add([lead])
                    match_keys.add([self.key(ground, lead)])
                return bool(earlier)

        found = at_once(lambda: judge(first=True), lambda: judge(first=False))

        assert found == [False, True]


class TestTheVersionInForce:
    def test_is_what_was_set_up(self) -> None:
        ground = Ground()
        accounts.set_up(ground.account_id, name="A", timezone="UTC", currency="USD", version=3)

        with transaction.atomic():
            assert accounts.hold_version(ground.account_id) == 3

    def test_stays_while_it_is_held(self, at_once: Callable[..., list[Any]]) -> None:
        ground = Ground()
        held, seen = Event(), []

        def route() -> None:
            with transaction.atomic():
                before = accounts.hold_version(ground.account_id)
                held.set()
                Event().wait(0.3)
                seen.append((before, accounts.version_in_force(ground.account_id)))

        def apply() -> None:
            held.wait(10)
            with transaction.atomic():
                accounts.hold_version_alone(ground.account_id)
                accounts.set_up(
                    ground.account_id, name="A", timezone="UTC", currency="USD", version=1
                )

        at_once(route, apply)

        assert seen == [(0, 0)]
        assert accounts.version_in_force(ground.account_id) == 1
