"""When a lead waits for room or for opening hours instead of being unmatched."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from headgate.domain.assignments import Otherwise
from headgate.domain.cap_slots import SeatCap
from headgate.domain.hours import next_common_opening
from headgate.domain.matching import Line
from headgate.domain.profiles import Strategy
from headgate.domain.seats import Seat
from headgate.domain.verdicts import CAP, CLOSED


class Wait(Struct, frozen=True):
    """Look again at `look_at`; give up at `until`."""

    look_at: datetime
    until: datetime


def waits_of(
    line: Line,
    failures: Sequence[int],
    used: Sequence[int],
    resets_at: Sequence[datetime | None],
    *,
    waiting_since: datetime | None,
    now: datetime,
) -> list[Wait]:
    """Return the waits that the seats of a line ask for when nobody in it is eligible.

    A seat asks for it when it fails by cap or hours alone and says `wait` for what fails.
    """
    is_weighted = line.profile.strategy is Strategy.WEIGHTED
    waits = []
    for seat, failed in zip(line.seats, failures, strict=True):
        if not failed or failed & ~(CAP | CLOSED) or (is_weighted and not seat.weight):
            continue
        until = (waiting_since or now) + timedelta(minutes=seat.assignment.wait_minutes)
        if _asks(seat, failed) and until > now:
            look_at = _may_take_at(seat, failed, used, resets_at, now)
            waits.append(Wait(min(look_at or until, until), until))
    return waits


def longest(waits: Sequence[Wait]) -> Wait | None:
    """Return one wait that covers them all: the first look, the last deadline."""
    if not waits:
        return None
    return Wait(min(wait.look_at for wait in waits), max(wait.until for wait in waits))


def _asks(seat: Seat, failed: int) -> bool:
    assignment = seat.assignment
    cap_waits = not failed & CAP or assignment.at_cap is Otherwise.WAIT
    hours_wait = not failed & CLOSED or assignment.when_closed is Otherwise.WAIT
    return cap_waits and hours_wait


def _may_take_at(
    seat: Seat,
    failed: int,
    used: Sequence[int],
    resets_at: Sequence[datetime | None],
    now: datetime,
) -> datetime | None:
    """Return the first moment worth a look, or None when only a change of set-up helps."""
    moments: list[datetime | None] = [
        _begins_anew(cap, seat, resets_at) for cap in seat.at(used).caps if not cap.has_room(used)
    ]
    if failed & CLOSED:
        hours = [each for each in (seat.partner.hours, seat.assignment.hours) if each]
        moments.append(next_common_opening(hours, seat.zone, now))
    known = [moment for moment in moments if moment is not None]
    return max(known, default=None) if len(known) == len(moments) else None


def _begins_anew(cap: SeatCap, seat: Seat, resets_at: Sequence[datetime | None]) -> datetime | None:
    """Return when there is room again; a new month may bring a price back that fits sooner."""
    moments = [resets_at[cap.slot]]
    if seat.tiers is not None and cap.is_money:
        moments.append(resets_at[seat.tiers.slot])
    return min((moment for moment in moments if moment is not None), default=None)
