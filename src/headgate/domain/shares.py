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
    """`due` adds up what it should have had of each choice; `failures` count the bits that failed.

    Without any it was eligible.
    """

    partner: str
    eligible: int = 0
    selected: int = 0
    due: float = 0.0
    failures: Counter[int] = msgspec.field(default_factory=Counter)

    @property
    def offered(self) -> int:
        return self.failures.total()

    @property
    def reasons(self) -> Counter[str]:
        """Return why it was not eligible: of each lead the first check that failed."""
        reasons = Counter[str]()
        for failed, count in self.failures.items():
            if reason := result_of(failed):
                reasons[str(reason)] += count
        return reasons


class ProfileShares(Struct):
    """Seats go by the assignments' slugs; `choices` gave the lead to somebody."""

    measure: Measure
    offered: int = 0
    choices: int = 0
    selections: int = 0
    seats: dict[str, SeatShare] = {}

    def note(self, profile: Profile, verdict: ProfileVerdict) -> None:
        """Add up one decision, whose profile is as its version of the set-up had it."""
        seats = [
            self.seats.get(each.slug) or self.seats.setdefault(each.slug, SeatShare(each.partner))
            for each in profile.assignments
        ]
        self.offered += 1
        self.choices += bool(verdict.selected)
        self.selections += len(verdict.selected)
        for seat, failed in zip(seats, failures_of(verdict), strict=False):
            seat.failures[failed] += 1
        for position in verdict.selected:
            seats[position].selected += 1
        if verdict.ranked:
            due = _dues(profile, verdict.ranked)
            for position in verdict.ranked:
                seats[position].eligible += 1
                seats[position].due += due(position)

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
    """Return what each of the ranked should have of one choice."""
    seats: dict[int, Assignment] = {position: profile.assignments[position] for position in ranked}
    match measure_of(profile):
        case Measure.WEIGHT:
            total = sum(seat.weight for seat in seats.values())
            return lambda position: seats[position].weight / total
        case Measure.TURN:
            return lambda _: 1 / len(seats)
        case Measure.ELIGIBLE:
            return lambda _: 1.0
