"""Leads: the state a lead is in, and what its source is told."""

import pytest

from headgate.domain.deliveries import State
from headgate.domain.leads import LeadState, lead_state, sold


def state_of(
    *deliveries: State,
    erased: bool = False,
    duplicate: bool = False,
    quarantined: bool = False,
    held: bool = False,
    decided: bool = True,
    waiting: bool = False,
) -> LeadState:
    return lead_state(
        erased=erased,
        duplicate=duplicate,
        quarantined=quarantined,
        held=held,
        decided=decided,
        waiting=waiting,
        deliveries=deliveries,
    )


class TestLeadState:
    @pytest.mark.parametrize(
        ("deliveries", "state"),
        [
            ((State.PENDING,), LeadState.IN_DELIVERY),
            ((State.SENDING, State.DELIVERED), LeadState.IN_DELIVERY),
            ((State.DELIVERED,), LeadState.DELIVERED),
            ((State.REJECTED, State.UNKNOWN, State.DELIVERED), LeadState.DELIVERED),
            ((State.UNKNOWN,), LeadState.UNKNOWN),
            ((State.REJECTED, State.UNKNOWN, State.RETURNED), LeadState.UNKNOWN),
            ((State.REJECTED,), LeadState.UNDELIVERED),
            ((State.FAILED,), LeadState.UNDELIVERED),
            ((State.CANCELLED,), LeadState.UNDELIVERED),
            ((State.RETURNED,), LeadState.UNDELIVERED),
            ((), LeadState.UNMATCHED),
        ],
    )
    def test_follows_its_deliveries(self, deliveries: tuple[State, ...], state: LeadState) -> None:
        assert state_of(*deliveries) is state

    @pytest.mark.parametrize(
        ("deliveries", "state"),
        [
            ((State.PENDING,), LeadState.IN_DELIVERY),
            ((State.DELIVERED,), LeadState.DELIVERED),
            ((State.UNKNOWN,), LeadState.WAITING),
            ((State.REJECTED,), LeadState.WAITING),
            ((), LeadState.WAITING),
        ],
    )
    def test_waits_behind_what_is_open_or_delivered(
        self, deliveries: tuple[State, ...], state: LeadState
    ) -> None:
        assert state_of(*deliveries, waiting=True) is state

    def test_is_the_first_that_holds(self) -> None:
        found = [
            state_of(
                State.DELIVERED,
                erased=True,
                duplicate=True,
                quarantined=True,
                held=True,
                decided=False,
            ),
            state_of(State.DELIVERED, duplicate=True, quarantined=True, held=True, decided=False),
            state_of(State.DELIVERED, quarantined=True, held=True, decided=False),
            state_of(State.DELIVERED, held=True, decided=False),
            state_of(decided=False, waiting=True),
            state_of(State.PENDING, State.DELIVERED, State.UNKNOWN, State.REJECTED, waiting=True),
            state_of(State.DELIVERED, State.UNKNOWN, State.REJECTED, waiting=True),
            state_of(State.UNKNOWN, State.REJECTED, waiting=True),
            state_of(State.UNKNOWN, State.REJECTED),
            state_of(State.REJECTED),
            state_of(),
        ]

        assert found == list(LeadState)


class TestSold:
    @pytest.mark.parametrize(
        ("state", "deliveries", "answer"),
        [
            (LeadState.HELD, (), None),
            (LeadState.RECEIVED, (), None),
            (LeadState.IN_DELIVERY, (State.PENDING,), None),
            (LeadState.IN_DELIVERY, (State.PENDING, State.DELIVERED), True),
            (LeadState.DELIVERED, (State.DELIVERED,), True),
            (LeadState.WAITING, (), None),
            (LeadState.UNKNOWN, (State.UNKNOWN,), None),
            (LeadState.ERASED, (State.DELIVERED,), True),
            (LeadState.ERASED, (State.CANCELLED,), False),
            (LeadState.DUPLICATE, (), False),
            (LeadState.QUARANTINED, (), False),
            (LeadState.UNDELIVERED, (State.REJECTED,), False),
            (LeadState.UNDELIVERED, (State.RETURNED,), False),
            (LeadState.UNMATCHED, (), False),
        ],
    )
    def test_is_open_while_it_can_still_be_sold(
        self, state: LeadState, deliveries: tuple[State, ...], answer: bool | None
    ) -> None:
        assert sold(state, deliveries) is answer
