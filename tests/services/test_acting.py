"""What a person does to a delivery stands in the audit log, or did not happen."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome, State
from headgate.services import acting, handling
from headgate.services.handling import NotInThisState
from headgate.services.routing import Leases
from headgate.storage import audit, deliveries
from headgate.storage.deliveries import Delivery

if TYPE_CHECKING:
    from small_world import SmallWorld

UNKNOWN = Sent(outcome=Outcome.AMBIGUOUS, ms=1, written=True, error="lost")


@pytest.fixture
def world(database: object, installation: None, now: datetime) -> "SmallWorld":
    from small_world import SmallWorld

    return SmallWorld(now)


def unknown(world: "SmallWorld") -> Delivery:
    lead_id = world.post("Ann")
    world.answer(UNKNOWN)
    return deliveries.of_leads([lead_id])[lead_id][0]


def act(world: "SmallWorld", act: Callable[..., Any], delivery: Delivery, **how: Any) -> None:
    acting.act_on_delivery(
        act,
        account_id=world.account_id,
        delivery_id=delivery.id,
        leases=Leases(0),
        by="ann@acme.example",
        now=world.now,
        **how,
    )


def lines(world: "SmallWorld") -> list[tuple[str, str, str]]:
    return [
        (link.entry.actor, link.entry.action, link.entry.subject)
        for link in audit.links(world.account_id)
        if link.entry.action.startswith("delivery.")
    ]


class TestAnAct:
    @pytest.mark.parametrize(
        ("what", "how", "action"),
        [
            (handling.retry_delivery, {}, "delivery.retried"),
            (handling.cancel_delivery, {}, "delivery.cancelled"),
            (handling.resolve_delivery, {"outcome": Outcome.DELIVERED}, "delivery.resolved"),
        ],
    )
    def test_says_who_did_what(
        self, world: "SmallWorld", what: Callable[..., Any], how: dict[str, Any], action: str
    ) -> None:
        delivery = unknown(world)

        act(world, what, delivery, **how)

        assert lines(world) == [("ann@acme.example", action, f"delivery {delivery.id}")]

    def test_says_nothing_when_it_is_refused(self, world: "SmallWorld") -> None:
        delivery = unknown(world)
        act(world, handling.cancel_delivery, delivery)

        with pytest.raises(NotInThisState):
            act(world, handling.cancel_delivery, delivery)

        assert len(lines(world)) == 1


class TestManyRetries:
    def test_are_one_line_of_those_that_were_retried(self, world: "SmallWorld") -> None:
        delivery = unknown(world)

        for _ in range(2):
            acting.retry_part(
                account_id=world.account_id,
                delivery_ids=[delivery.id],
                state=State.UNKNOWN,
                leases=Leases(0),
                by="command line",
                now=world.now,
            )

        assert lines(world) == [("command line", "delivery.retried", f"delivery {delivery.id}")]
