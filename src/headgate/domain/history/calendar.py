"""Caps and hours as time goes by in a replay."""

from collections.abc import Iterable
from datetime import datetime

from headgate.domain.caps import Scope, window
from headgate.domain.decision import Situation
from headgate.domain.ids import AssignmentId
from headgate.domain.matching import Plan
from headgate.domain.seats import Seat

_NEVER_USED_UP = -(10**18)


class Calendar:
    """Keeps a situation up to the moment: windows end and begin empty, seats open and close."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._seats = _by_hours(
            seat
            for entity in plan.entities.values()
            for line in entity.lines
            for seat in line.seats
        )
        self._ends: list[datetime | None] = [None] * len(plan.slots)
        self._next_end: datetime | None = None
        self._minute: datetime | None = None
        self.full = [0] * len(plan.slots)  # windows of each cap that ended without room
        self.situation = Situation(used=[0] * len(plan.slots), resets_at=self._ends, standings={})

    def move_to(self, now: datetime) -> None:
        """Time only goes on; the first call begins every window."""
        if self._minute is None:
            self._begin([*range(len(self._plan.slots))], now)
        elif self._next_end is not None and self._next_end <= now:
            over = [n for n, end in enumerate(self._ends) if end is not None and end <= now]
            self._close(over)
            self._begin(over, now)
        minute = now.replace(second=0, microsecond=0)
        if self._minute != minute:
            self._minute = minute
            self.situation.closed = self._closed_at(now)

    def end(self) -> None:
        """Count the windows that are still running."""
        self._close(range(len(self._ends)))

    def _begin(self, slots: Iterable[int], now: datetime) -> None:
        for number in slots:
            slot = self._plan.slots[number]
            self._ends[number] = window(slot.cap.per, slot.zone, now).end
            # A replay cannot know what partners would have paid: no balance ever ends.
            is_balance = slot.scope is Scope.BALANCE
            self.situation.used[number] = _NEVER_USED_UP if is_balance else 0
        self._next_end = min((end for end in self._ends if end is not None), default=None)

    def _close(self, slots: Iterable[int]) -> None:
        for number in slots:
            if self.situation.used[number] >= self._plan.slots[number].cap.limit:
                self.full[number] += 1

    def _closed_at(self, now: datetime) -> frozenset[AssignmentId]:
        closed = [ids for seat, ids in self._seats.values() if not seat.is_open(now)]
        return frozenset().union(*closed)


def _by_hours(seats: Iterable[Seat]) -> dict[object, tuple[Seat, list[AssignmentId]]]:
    """Put together the seats that open and close together, one of them to ask for all."""
    together: dict[object, tuple[Seat, list[AssignmentId]]] = {}
    for seat in seats:
        hours = (seat.partner.hours, seat.assignment.hours)
        if hours != (None, None):
            together.setdefault((*hours, seat.zone.key), (seat, []))[1].append(seat.id)
    return together
