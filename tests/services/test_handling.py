"""Tests of what people do to deliveries: of two at the same moment, one comes too late."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from small_world import AMBIGUOUS, SmallWorld

from headgate.domain.deliveries import Outcome
from headgate.domain.ids import DeliveryId
from headgate.services import handling, verification
from headgate.services.handling import NotInThisState
from headgate.services.invoices import billing
from headgate.services.routing import Leases
from headgate.storage import deliveries
from headgate.storage.ledger import LedgerFilter

pytestmark = pytest.mark.usefixtures("database", "installation")


class TestTwoPeople:
    def unknown(self, world: SmallWorld) -> DeliveryId:
        lead_id = world.post("Ann")
        world.answer(AMBIGUOUS)
        return deliveries.of_leads([lead_id])[lead_id][0].id

    def attempt(self, act: Callable[..., object], world: SmallWorld, id: DeliveryId) -> str:
        try:
            act(account_id=world.account_id, delivery_id=id, leases=Leases(0), now=world.now)
        except NotInThisState as refusal:
            return refusal.slug
        return "done"

    def test_settle_a_delivery_once(self, now: datetime, at_once: Callable[..., Any]) -> None:
        world = SmallWorld(now)
        delivery_id = self.unknown(world)
        delivered = partial(handling.resolve_delivery, outcome=Outcome.DELIVERED)
        refused = partial(handling.resolve_delivery, outcome=Outcome.REFUSED)

        ended = at_once(
            *(
                partial(self.attempt, act, world, delivery_id)
                for act in (delivered, delivered, refused, handling.cancel_delivery)
            )
        )

        assert sorted(ended) == ["done", *["wrong_state"] * 3]
        page = billing.list_ledger(
            account_id=world.account_id, wanted=LedgerFilter(), before=None, limit=9
        )
        assert len(page.items) <= 1
        assert list(verification.verify()) == []

    def test_retry_a_delivery_once(self, now: datetime, at_once: Callable[..., Any]) -> None:
        world = SmallWorld(now)
        delivery_id = self.unknown(world)

        ended = at_once(*[partial(self.attempt, handling.retry_delivery, world, delivery_id)] * 3)

        assert sorted(ended) == ["done", "wrong_state", "wrong_state"]
        assert list(verification.verify()) == []
