"""A lead's state: what has become of it, taken together."""

from collections.abc import Collection
from enum import StrEnum

from headgate.domain.deliveries import OPEN, State


class LeadState(StrEnum):
    """In the order in which they are looked for: a lead is in the first that holds."""

    ERASED = "erased"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    HELD = "held"  # not to be distributed yet
    RECEIVED = "received"  # stored, not decided
    IN_DELIVERY = "in_delivery"  # a delivery is open
    DELIVERED = "delivered"
    WAITING = "waiting"  # for a cap or opening hours
    UNKNOWN = "unknown"  # nothing open or delivered, one unknown
    UNDELIVERED = "undelivered"  # had deliveries
    UNMATCHED = "unmatched"


_STILL_FOR_SALE = frozenset(
    (
        LeadState.HELD,
        LeadState.RECEIVED,
        LeadState.IN_DELIVERY,
        LeadState.WAITING,
        LeadState.UNKNOWN,
    )
)


def lead_state(
    *,
    erased: bool,
    duplicate: bool,
    quarantined: bool,
    held: bool,
    decided: bool,
    waiting: bool,
    deliveries: Collection[State],
) -> LeadState:
    """Return the first state that holds."""
    holds = (
        (erased, LeadState.ERASED),
        (duplicate, LeadState.DUPLICATE),
        (quarantined, LeadState.QUARANTINED),
        (held, LeadState.HELD),
        (not decided, LeadState.RECEIVED),
        (not OPEN.isdisjoint(deliveries), LeadState.IN_DELIVERY),
        (State.DELIVERED in deliveries, LeadState.DELIVERED),
        (waiting, LeadState.WAITING),
        (State.UNKNOWN in deliveries, LeadState.UNKNOWN),
        (bool(deliveries), LeadState.UNDELIVERED),
    )
    return next((state for holding, state in holds if holding), LeadState.UNMATCHED)


def sold(state: LeadState, deliveries: Collection[State]) -> bool | None:
    """Tell the source whether its lead is sold; None while it still can be."""
    if State.DELIVERED in deliveries:
        return True
    return None if state in _STILL_FOR_SALE else False
