"""A partner that is paused and holds what is open: nothing more is sent, and no time is lost."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from small_world import CONFIGURATION, SmallWorld

from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.services import configuration, handling
from headgate.services.errands import claim_errands
from headgate.services.routing import Leases
from headgate.services.verification import verify
from headgate.storage import deliveries, models

pytestmark = pytest.mark.usefixtures("database", "installation")

RETRIED = CONFIGURATION.replace(b"retry: none", b"retry: [60]")
PAUSED = RETRIED.replace(b"name: First\n", b"name: First\n    active: false\n", 1)
HELD = PAUSED.replace(b"active: false\n", b"active: false\n    hold_open: true\n")
NO_WAY = Sent(outcome=Outcome.NOT_SENT, ms=5, written=False, error="no way in")


def apply(world: SmallWorld, source: bytes) -> None:
    configuration.apply_configuration(
        source=source, account_slug="acme", trusted=True, made_by="test", now=world.now
    )


def claimed(world: SmallWorld) -> int:
    return len(claim_errands(limit=9, busy_partners=(), now=world.now))


def only_one() -> Any:
    return models.Delivery.objects.get()


class TestWhatIsOpen:
    def test_goes_on_at_a_partner_that_is_only_paused(self, now: datetime) -> None:
        world = SmallWorld(now, RETRIED)
        world.post("Ann")

        apply(world, PAUSED)

        assert claimed(world) == 1

    def test_waits_at_one_that_holds_it(self, now: datetime) -> None:
        world = SmallWorld(now, RETRIED)
        world.post("Ann")

        apply(world, HELD)
        world.now = now + timedelta(days=3)

        assert claimed(world) == 0
        assert only_one().state == "pending"
        assert list(verify()) == []

    @pytest.mark.parametrize("released", [RETRIED, PAUSED])
    def test_goes_on_with_all_its_time(self, now: datetime, released: bytes) -> None:
        world = SmallWorld(now, RETRIED)
        world.post("Ann")
        give_up_at = only_one().give_up_at
        apply(world, HELD)
        world.now = now + timedelta(days=3)

        apply(world, released)

        assert only_one().give_up_at == give_up_at + timedelta(days=3)
        assert claimed(world) == 1

    def test_is_parked_after_the_try_that_was_under_way(self, now: datetime) -> None:
        world = SmallWorld(now, RETRIED)
        world.post("Ann")
        (errand,) = claim_errands(limit=9, busy_partners=(), now=now)
        apply(world, HELD)

        world._record([(errand, NO_WAY)])

        world.now = now + timedelta(minutes=2)
        assert (only_one().state, only_one().parked_at) == ("pending", now)
        assert claimed(world) == 0

    def test_is_parked_when_a_person_retries_it(self, now: datetime) -> None:
        world = SmallWorld(now)
        lead_id = world.post("Ann")
        world.answer(Sent(outcome=Outcome.AMBIGUOUS, ms=1, written=True, error="lost"))
        (unknown,) = deliveries.of_leads([lead_id])[lead_id]
        apply(world, HELD)

        handling.retry_delivery(
            account_id=world.account_id, delivery_id=unknown.id, leases=Leases(0), now=now
        )

        assert (only_one().state, claimed(world)) == ("pending", 0)

    def test_can_be_cancelled(self, now: datetime) -> None:
        world = SmallWorld(now, RETRIED)
        world.post("Ann")
        apply(world, HELD)

        handling.cancel_delivery(
            account_id=world.account_id, delivery_id=only_one().id, leases=Leases(0), now=now
        )

        assert (only_one().state, only_one().parked_at) == ("cancelled", None)
        assert list(verify()) == []
