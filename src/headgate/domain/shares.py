"""What share of a profile's leads each of its assignments had, and what it should have had."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum

import msgspec
from msgspec import Struct

from headgate.domain.assignments import Assignment
from headgate.domain.profiles import Profile, Strategy
from headgate.domain.verdicts import ProfileVerdict, Round, failures_of, result_of


class Measure(StrEnum):
    """By what a strategy says what an assignment should have."""

    WEIGHT = "weight"  # its weight among those of the eligible
    TURN = "turn"  # one of as many turns as there are eligible
    ELIGIBLE = "eligible"  # it could have had whatever it was eligible for


_MEASURES = {Strategy.WEIGHTED: Measure.WEIGHT, Strategy.ROUND_ROBIN: Measure.TURN}


class SeatShare(Struct):
    """`due` adds up what it should have had of each choice; `reasons` are why it was not eligible.

    The reason of one lead is the first check that failed.
    """

    partner: str
    offered: int = 0
    eligible: int = 0
    selected: int = 0
    due: float = 0.0
    reasons: Counter[str] = msgspec.field(default_factory=Counter)


class ProfileShares(Struct):
    """Seats go by the assignments' slugs; `choices` gave the lead to somebody."""

    measure: Measure
    offered: int = 0
    choices: int = 0
    selections: int = 0
    seats: dict[str, SeatShare] = {}

    def note(self, profile: Profile, verdict: ProfileVerdict) -> None:
        """Add up one decision, whose profile is as its version of the set-up had it."""
        ranked, selected = set(verdict.ranked), set(verdict.selected)
        self.offered += 1
        self.choices += bool(selected)
        self.selections += len(selected)
        due = _dues(profile, verdict.ranked)
        for position, failed in enumerate(failures_of(verdict)):
            assignment = profile.assignments[position]
            seat = self.seats.setdefault(assignment.slug, SeatShare(assignment.partner))
            seat.offered += 1
            seat.eligible += position in ranked
            seat.selected += position in selected
            seat.due += due(position)
            if reason := result_of(failed):
                seat.reasons[str(reason)] += 1

    def expected(self, seat: SeatShare) -> float | None:
        """Return which share of the choices, or of what was offered, the seat should have had."""
        of = self.offered if self.measure is Measure.ELIGIBLE else self.choices
        return seat.due / of if of else None

    def actual(self, seat: SeatShare) -> float | None:
        return seat.selected / self.selections if self.selections else None


def measure_of(profile: Profile) -> Measure:
    return _MEASURES.get(profile.strategy, Measure.ELIGIBLE)


def offers_in(rounds: Sequence[Round]) -> Iterator[tuple[int, ProfileVerdict]]:
    """Give the decisions about one lead that count, each with its configuration version.

    A lead counts each time a profile gave it to somebody, and once where the profile's rules
    wanted it and it could be given to nobody. Looking at a waiting lead again, or at one that
    somebody has, is no offer.
    """
    last: dict[str, tuple[int, ProfileVerdict]] = {}
    chosen: set[str] = set()
    for each in rounds:
        for verdict in each.profiles:
            if not verdict.matched or verdict.taken_by is not None:
                continue
            if verdict.selected:
                chosen.add(verdict.slug)
                yield each.config_version, verdict
            elif not verdict.ranked:
                last[verdict.slug] = each.config_version, verdict
    yield from (offer for slug, offer in last.items() if slug not in chosen)


def _dues(profile: Profile, ranked: Sequence[int]) -> Callable[[int], float]:
    """Return what each position of the ranked should have of one choice."""
    seats: dict[int, Assignment] = {position: profile.assignments[position] for position in ranked}
    match measure_of(profile):
        case Measure.WEIGHT:
            total = sum(seat.weight for seat in seats.values())
            return lambda position: seats[position].weight / total if position in seats else 0.0
        case Measure.TURN:
            return lambda position: 1 / len(seats) if position in seats else 0.0
        case Measure.ELIGIBLE:
            return lambda position: float(position in seats)
