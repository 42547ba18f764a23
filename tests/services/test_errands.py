"""Tests of claiming and preparing: every try of the schedule is made, and none after it."""

from datetime import datetime, timedelta

import pytest
from small_world import AMBIGUOUS, CONFIGURATION, SmallWorld

from headgate.domain.deliveries import Outcome
from headgate.services.errands import Errand, claim_errands
from headgate.services.preparing import Prepared, prepare
from headgate.services.privacy import erasing
from headgate.services.routing import Leases

pytestmark = pytest.mark.usefixtures("database", "installation")
THREE_TRIES = CONFIGURATION.replace(b"retry: none", b"retry: [1, 5]")


def next_errand(world: SmallWorld, *, after_seconds: int) -> Errand:
    world.now += timedelta(seconds=after_seconds)
    (errand,) = claim_errands(limit=9, busy_partners=(), now=world.now)
    return errand


class TestPreparing:
    def test_makes_every_try_of_the_schedule(self, now: datetime) -> None:
        world = SmallWorld(now, THREE_TRIES)
        world.post("Ann")
        world.answer(AMBIGUOUS)
        world.now += timedelta(seconds=1)
        world.answer(AMBIGUOUS)

        third = next_errand(world, after_seconds=5)

        assert third.delivery.attempts == 2
        assert isinstance(prepare(third, now=world.now), Prepared)

    def test_makes_no_try_after_the_last_was_lost(self, now: datetime) -> None:
        world = SmallWorld(now)
        world.post("Ann")
        next_errand(world, after_seconds=0)

        lost = next_errand(world, after_seconds=60)

        ready = prepare(lost, now=world.now)
        assert not isinstance(ready, Prepared)
        assert ready.outcome is Outcome.NOT_SENT

    def test_sends_nothing_of_an_erased_lead(self, now: datetime) -> None:
        world = SmallWorld(now, THREE_TRIES)
        lead_id = world.post("Ann")
        next_errand(world, after_seconds=0)
        erasing.erase_lead(
            account_id=world.account_id, lead_id=lead_id, leases=Leases(0), now=world.now
        )

        lost = next_errand(world, after_seconds=60)

        assert not isinstance(prepare(lost, now=world.now), Prepared)
