"""How the eligible assignments are put in order."""

from collections.abc import Sequence

from msgspec import Struct

from headgate.domain.ids import AssignmentId
from headgate.domain.profiles import Strategy
from headgate.domain.seats import Seat


class Standing(Struct, frozen=True):
    """What a profile remembers between leads.

    `turn` counts its selections; `last` is the turn at which each assignment was last selected
    (never is 0, which has waited longest); `credit` is what `weighted` owes each assignment.
    """

    turn: int = 0
    last: dict[AssignmentId, int] = {}
    credit: dict[AssignmentId, int] = {}

    def after(
        self, selected: Sequence[Seat], eligible: Sequence[Seat], strategy: Strategy
    ) -> "Standing":
        """Return the standing once these were selected, in this order, among the eligible."""
        turns = {seat.id: turn for turn, seat in enumerate(selected, self.turn + 1)}
        credit = self.credit
        if strategy is Strategy.WEIGHTED:
            credit = _settled(credit, eligible, selected)
        return Standing(self.turn + len(selected), {**self.last, **turns}, credit)


def in_order(strategy: Strategy, eligible: Sequence[Seat], standing: Standing) -> list[Seat]:
    """Return the eligible seats, the preferred one first; ties end in the listed order."""
    last = standing.last
    match strategy:
        case Strategy.FIRST_MATCH | Strategy.SEND_TO_ALL:
            return sorted(eligible, key=lambda s: (-s.priority, last.get(s.id, 0), s.position))
        case Strategy.ROUND_ROBIN:
            return sorted(eligible, key=lambda s: (last.get(s.id, 0), -s.priority, s.position))
        case Strategy.BEST_PRICE:
            return sorted(
                eligible,
                key=lambda s: (-s.price_minor, -s.priority, last.get(s.id, 0), s.position),
            )
        case Strategy.WEIGHTED:
            credit = standing.credit
            return sorted(
                (seat for seat in eligible if seat.weight),
                key=lambda s: (-credit.get(s.id, 0) - s.weight, -s.priority, s.position),
            )


def _settled(
    credit: dict[AssignmentId, int], eligible: Sequence[Seat], selected: Sequence[Seat]
) -> dict[AssignmentId, int]:
    """Let every eligible seat gain its weight, and each selected one pay the sum of them.

    This is smooth weighted round robin, without randomness: while the same seats are eligible,
    nobody is ever a whole lead ahead of its share, and a run of as many leads as the weights
    add up to gives everybody exactly its weight.
    """
    settled = dict(credit)
    for seat in eligible:
        settled[seat.id] = settled.get(seat.id, 0) + seat.weight
    price = sum(seat.weight for seat in eligible)
    for seat in selected:
        settled[seat.id] -= price
    return settled
