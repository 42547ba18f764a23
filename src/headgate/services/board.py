"""An account's caps and turns while one transaction decides: read once, written once."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from headgate.domain.cap_slots import SeatCap
from headgate.domain.caps import Scope, Unit
from headgate.domain.decision import Candidate, Decision, Situation, decide
from headgate.domain.deliveries import State
from headgate.domain.ids import PartnerId, ProfileId
from headgate.domain.matching import EntityPlan
from headgate.domain.seats import Seat
from headgate.domain.strategies import Standing
from headgate.domain.verdicts import Because
from headgate.services import breakers
from headgate.services.screening import Screen
from headgate.services.setups import Setup
from headgate.services.ways import first_up, seats_down
from headgate.storage import caps, turns
from headgate.storage.deliveries import Delivery

_Owner = tuple[Scope, int]


class Place(msgspec.Struct, frozen=True, array_like=True):
    """What one delivery takes of one cap counter, with what was used after it, and the limit."""

    counter_id: int
    amount: int
    used_after: int
    limit: int
    is_money: bool = False


_places = msgspec.json.Decoder(tuple[Place, ...])


def write_places(places: Sequence[Place]) -> str:
    return msgspec.json.encode(places).decode()


def seat_of_places(seat: Seat, places: str) -> Seat:
    """Return the seat at the price at which these places of its caps were taken."""
    if seat.tiers is None:
        return seat
    taken = zip(seat.caps, _places.decode(places), strict=False)
    counted = (place.used_after for cap, place in taken if cap.slot == seat.tiers.slot)
    ordinal = next(counted, None)
    return seat if ordinal is None else seat.after(ordinal - 1)


class Board:
    """Decides leads one after the other, each seeing the places of those before it.

    Making one locks the account's turns and cap counters until the transaction ends; the
    caller holds the configuration version already. It has `made_room` once something came back
    to a cap in which some seat found none.
    """

    def __init__(self, setup: Setup, *, now: datetime) -> None:
        self.setup = setup
        self.now = now
        self.screen = Screen(setup)
        plan = setup.plan
        profile_ids = [line.id for entity in plan.entities.values() for line in entity.lines]
        standings = turns.lock(profile_ids)
        windows = setup.windows_at(now)
        wanted = {number: (slot, windows[number]) for number, slot in enumerate(plan.slots)}
        counters = caps.lock(setup.account.id, wanted, now=now)
        self._down = breakers.find_down(setup.account.id)
        self._counter_ids = [counters[number].id for number in range(len(plan.slots))]
        self._windows = windows
        self.made_room = False
        self._taken: dict[int, tuple[int, int]] = {}
        self._moved: dict[ProfileId, Standing] = {}
        self._situation = Situation(
            used=[counters[number].used for number in range(len(plan.slots))],
            resets_at=[each.end for each in windows],
            standings=standings,
            closed=setup.closed_at(now),
            down=seats_down(setup, self._down),
        )

    def decide(
        self, candidate: Candidate, plan: EntityPlan, *, because: Because, n: int
    ) -> Decision:
        return decide(
            candidate,
            plan,
            self._situation,
            because=because,
            n=n,
            config_version=self.setup.version,
            now=self.now,
        )

    def first_way(self, seat: Seat) -> int:
        """Return the number of the delivery settings by which a new delivery goes."""
        return first_up(seat, self._down) or 0 if self._down else 0

    def settle(self, decision: Decision) -> list[list[Place]]:
        """Take the places of each selection and move the turns; a test lead is not settled."""
        self._situation.standings.update(decision.standings)
        self._moved.update(decision.standings)
        return [self.take(selection.seat.caps) for selection in decision.selections]

    def priced(self, seat: Seat) -> Seat:
        """Return the seat at the price that is in force now."""
        return seat.at(self._situation.used)

    def lacking(self, seat_caps: Iterable[SeatCap]) -> int:
        """Return the failures of those that have no room; 0 where every one has."""
        used, lacking = self._situation.used, 0
        for cap in seat_caps:
            if not cap.has_room(used):
                lacking |= cap.failure
        return lacking

    def take(self, seat_caps: Iterable[SeatCap]) -> list[Place]:
        """Take a place in each cap; the caller has seen that they fit."""
        places = []
        used = self._situation.used
        for cap in seat_caps:
            used[cap.slot] += cap.amount
            amount, _ = self._taken.get(cap.slot, (0, 0))
            self._taken[cap.slot] = amount + cap.amount, cap.limit
            counter_id = self._counter_ids[cap.slot]
            places.append(Place(counter_id, cap.amount, used[cap.slot], cap.limit, cap.is_money))
        return places

    def give_back(self, delivery: Delivery) -> None:
        """Give a delivery's place back at once, so that the next decision sees the room.

        Once it was charged, its price comes back to a balance by a credit alone.
        """
        owners = _capped(delivery)
        if delivery.state != State.RETURNED:
            owners += self._balance(delivery.partner_id)
        self._move(owners, delivery.placed_at, leads=-1, spend=-delivery.price_minor)

    def pay_in(self, partner_id: PartnerId, amount_minor: int) -> None:
        """Have the balance of a partner see what the ledger adds to it, where it is prepaid."""
        if owners := self._balance(partner_id):
            self._move(owners, self.now, leads=0, spend=-amount_minor)

    def correct(self, delivery: Delivery, difference: int) -> None:
        """Move what the delivery holds of money caps, whatever their limits say."""
        owners = _capped(delivery) + self._balance(delivery.partner_id)
        self._move(owners, delivery.placed_at, leads=0, spend=difference)
        delivery.places = write_places(
            [
                replace(p, amount=p.amount + difference, used_after=p.used_after + difference)
                if p.is_money
                else p
                for p in _places.decode(delivery.places)
            ]
        )

    def _balance(self, partner_id: PartnerId) -> tuple[_Owner, ...]:
        is_prepaid = partner_id in self.setup.plan.prepaid
        return ((Scope.BALANCE, partner_id),) if is_prepaid else ()

    def _move(
        self, owners: tuple[_Owner, ...], placed_at: datetime, *, leads: int, spend: int
    ) -> None:
        """Move every counter of these owners that counts a place taken then.

        They need not be those of the place: caps may have come since.
        """
        plan, used = self.setup.plan, self._situation.used
        for number, slot in enumerate(plan.slots):
            if (slot.scope, slot.owner_id) in owners and self._windows[number].holds(placed_at):
                amount = leads if slot.cap.unit is Unit.LEADS else spend
                was_short = used[number] + plan.most_taken[number] > slot.cap.limit
                # A lead less may bring a lower price back, for which there is room elsewhere.
                may_cheapen = number in plan.dearer
                self.made_room |= amount < 0 and (was_short or may_cheapen)
                used[number] += amount
        caps.move(owners, placed_at, leads=leads, spend=spend)

    def save(self) -> None:
        """Write what was taken and how the turns moved.

        :raises CapFull: a place did not fit after all; the transaction must be given up.
        """
        caps.take(
            caps.Taking(self._counter_ids[slot], amount, limit)
            for slot, (amount, limit) in sorted(self._taken.items())
        )
        turns.save(self._moved)


def _capped(delivery: Delivery) -> tuple[_Owner, ...]:
    """Return whose caps a delivery holds places of."""
    return (
        (Scope.ASSIGNMENT, delivery.assignment_id),
        (Scope.PARTNER, delivery.partner_id),
        (Scope.PROFILE, delivery.profile_id),
    )
