"""A seat: an assignment ready to be decided on, at the price in force."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from headgate.domain.assignments import Assignment
from headgate.domain.cap_slots import SeatCap
from headgate.domain.delivery_settings import Way
from headgate.domain.hours import is_open
from headgate.domain.ids import AssignmentId, PartnerId
from headgate.domain.partners import Partner
from headgate.domain.price_tiers import reached


class Tiers(Struct, frozen=True):
    """A seat with the price of each of its tiers, by the leads that `slot` counted before."""

    slot: int
    afters: tuple[int, ...]
    seats: tuple["Seat", ...]


class Seat(Struct, frozen=True):
    """An assignment ready to be decided on; `known_failures` do not depend on the lead.

    It is delivered to by the first of its `ways`; those after it are fall-backs. Its price, and
    what it takes of caps of money, are those before the first of its `tiers`.
    """

    id: AssignmentId
    position: int
    partner_id: PartnerId
    assignment: Assignment
    partner: Partner
    zone: ZoneInfo
    matches: Callable[[Mapping[str, object]], bool]
    known_failures: int
    caps: tuple[SeatCap, ...]
    priority: int
    weight: int
    price_minor: int
    ways: tuple[Way, ...]
    tiers: Tiers | None = None

    def at(self, used: Sequence[int]) -> "Seat":
        """Return the seat at the price in force once the caps have used so much."""
        return self if self.tiers is None else self.after(used[self.tiers.slot])

    def after(self, leads: int) -> "Seat":
        """Return the seat at the price of the lead that comes after so many of the month."""
        if self.tiers is None:
            return self
        number = reached(self.tiers.afters, leads)
        return self.tiers.seats[number - 1] if number else self

    def lacks(self, used: Sequence[int]) -> int:
        """Return the failures of the caps, and of the balance, that have no room; 0 for none."""
        lacking = 0
        for cap in self.caps:
            if not cap.has_room(used):
                lacking |= cap.failure
        return lacking

    def is_open(self, at: datetime) -> bool:
        """Tell whether both the partner and the assignment take leads at that moment."""
        return all(
            is_open(hours, self.zone, at)
            for hours in (self.partner.hours, self.assignment.hours)
            if hours is not None
        )
