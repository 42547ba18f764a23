"""Caps as a plan numbers them: what a seat takes of each, and whether there is room."""

from collections.abc import Callable, Collection, Sequence
from operator import itemgetter
from zoneinfo import ZoneInfo

from msgspec import Struct

from headgate.domain.caps import Cap, Scope, Unit
from headgate.domain.verdicts import BALANCE, CAP


class CapSlot(Struct, frozen=True):
    """One cap and whose it is; its place in `Plan.slots` is its number while deciding."""

    scope: Scope
    owner_id: int
    cap: Cap
    zone: ZoneInfo


class SeatCap(Struct, frozen=True, gc=False):
    """What a seat takes of a cap: one lead, or the price; without room it has that `failure`."""

    slot: int
    limit: int
    amount: int
    is_money: bool
    failure: int = CAP

    def has_room(self, used: Sequence[int]) -> bool:
        return used[self.slot] + self.amount <= self.limit


class Ceilings(Struct, frozen=True):
    """The caps of a line's seats, each once for every amount that a seat takes of it.

    They stand in the order in which the seats name them, in three parallel sequences: where
    what `read` returns is more than `most`, the seats at these positions fail by that bit.
    Those whose prices vary are read as well, and fail by what they say themselves.
    """

    read: Callable[[Sequence[int]], tuple[int, ...]]
    most: tuple[int, ...]
    failing: tuple[tuple[tuple[int, ...], int], ...]


class Slots:
    """Numbers the caps, so that a partner's cap is the same slot wherever the partner sits.

    `most_taken` says of each what the seat takes that takes the most of it.
    """

    def __init__(self) -> None:
        self.all: list[CapSlot] = []
        self.most_taken: list[int] = []
        self._numbers: dict[tuple[Scope, int, Cap], int] = {}

    def take(
        self, scope: Scope, owner_id: int, caps: tuple[Cap, ...], zone: ZoneInfo, *, price: int
    ) -> tuple[SeatCap, ...]:
        taken = []
        for cap in caps:
            key = (scope, owner_id, cap)
            if key not in self._numbers:
                self._numbers[key] = len(self.all)
                self.all.append(CapSlot(scope, owner_id, cap, zone))
                self.most_taken.append(0)
            number = self._numbers[key]
            is_money = cap.unit is Unit.SPEND
            amount = price if is_money else 1
            failure = BALANCE if scope is Scope.BALANCE else CAP
            self.most_taken[number] = max(self.most_taken[number], amount)
            taken.append(SeatCap(number, cap.limit, amount, is_money, failure))
        return tuple(taken)


def ceilings_of(seats: Sequence[tuple[SeatCap, ...]], *, varying: Collection[int] = ()) -> Ceilings:
    """Lay out the caps of seats in their listed order; the prices of the `varying` ones change."""
    positions: dict[tuple[int, int, int], list[int]] = {}
    for position, caps in enumerate(seats):
        for cap in caps:
            key = (cap.slot, cap.limit - cap.amount, cap.failure)
            failing = positions.setdefault(key, [])
            if position not in varying:
                failing.append(position)
    return Ceilings(
        read=_reader([slot for slot, _, _ in positions]),
        most=tuple(most for _, most, _ in positions),
        failing=tuple((tuple(at), failure) for (_, _, failure), at in positions.items()),
    )


def _reader(slots: Sequence[int]) -> Callable[[Sequence[int]], tuple[int, ...]]:
    if len(slots) > 1:
        return itemgetter(*slots)
    return lambda used: tuple([used[slot] for slot in slots])
