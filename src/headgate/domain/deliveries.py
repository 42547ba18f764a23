"""Deliveries: their states, what an attempt's outcome does to them, and when the next is due."""

from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b

from msgspec import Struct

from headgate.domain.assignments import OnAmbiguous
from headgate.domain.ids import DeliveryId
from headgate.domain.returns import ReturnRule

# The example schedule of Standard Webhooks 1.0.0: ten tries over three days.
STANDARD_PAUSES = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
MOST_RETRY_AFTER_SECONDS = 86_400


class State(StrEnum):
    PENDING = "pending"  # a place is taken; a try is due
    SENDING = "sending"  # claimed, a try is under way
    DELIVERED = "delivered"
    REJECTED = "rejected"  # the partner refused
    FAILED = "failed"  # certainly not delivered, and no try is left
    UNKNOWN = "unknown"  # perhaps delivered; a person decides
    CANCELLED = "cancelled"
    RETURNED = "returned"  # the partner gave it back


OPEN = frozenset((State.PENDING, State.SENDING))

TRANSITIONS: dict[State, frozenset[State]] = {
    # A portal's partner answers what is pending; nothing is ever sent.
    State.PENDING: frozenset((State.SENDING, State.DELIVERED, State.REJECTED, State.CANCELLED)),
    State.SENDING: frozenset(
        (State.PENDING, State.DELIVERED, State.REJECTED, State.FAILED, State.UNKNOWN)
    ),
    State.DELIVERED: frozenset((State.RETURNED,)),
    State.REJECTED: frozenset(),
    State.FAILED: frozenset((State.PENDING,)),  # retried by hand, with new places
    State.UNKNOWN: frozenset((State.PENDING, State.DELIVERED, State.REJECTED, State.CANCELLED)),
    State.CANCELLED: frozenset(),
    State.RETURNED: frozenset(),
}


class Outcome(StrEnum):
    DELIVERED = "delivered"
    REFUSED = "refused"  # the partner definitely said no
    NOT_SENT = "not_sent"  # definitely not accepted
    AMBIGUOUS = "ambiguous"  # sent, answer lost or unclear


class Attempted(Struct, frozen=True):
    """How one try ended; `by_own_rule` is a refusal by the assignment's own `refuse` rule.

    After one that `is_final` no other is made by the same settings, whatever the schedule says.
    `gone` says that they get nothing more, whichever lead it is.
    """

    outcome: Outcome
    by_own_rule: bool = False
    retry_after_seconds: int | None = None
    is_final: bool = False
    gone: bool = False


class Progress(Struct, frozen=True):
    """Where a delivery stood before this try.

    `attempts` were made before it, and one of them was ambiguous if `ambiguous_before`.
    `pauses` are the seconds before the 2nd, 3rd … try; None is the standard schedule. So many
    `fallbacks` are left of its delivery settings.
    """

    attempts: int
    give_up_at: datetime
    ambiguous_before: bool = False
    pauses: tuple[int, ...] | None = None
    on_ambiguous: OnAmbiguous = OnAmbiguous.HOLD
    fallbacks: int = 0

    def may_fall_back(self, now: datetime) -> bool:
        """Tell whether the next settings may be used: the partner certainly has no lead yet."""
        return self.fallbacks > 0 and not self.ambiguous_before and now <= self.give_up_at


class Step(Struct, frozen=True):
    """What to write: the new state and all that follows from it, in one transaction.

    `ambiguous` is for the next `Progress.ambiguous_before`. `charge` writes the one charge,
    `credit` reverses it, `release_place` gives the place back, `next_in_line` decides the lead
    anew. One that `falls_back` goes on at once by its next delivery settings.
    """

    state: State
    due_at: datetime | None = None
    ambiguous: bool = False
    charge: bool = False
    credit: bool = False
    release_place: bool = False
    next_in_line: bool = False
    falls_back: bool = False


def next_step(
    progress: Progress, attempted: Attempted, *, delivery_id: DeliveryId, now: datetime
) -> Step:
    """Decide what an attempt that ended at `now` makes of the delivery.

    Ambiguity sticks: once the partner may have the lead, only a delivery or the assignment's
    own `refuse` rule settles it; anything else is tried again, and at the end is `unknown`.
    Only what certainly did not deliver falls back: a lead that was refused is not offered to
    the same partner in another way.
    """
    doubt = progress.ambiguous_before or attempted.outcome is Outcome.AMBIGUOUS
    if attempted.outcome is Outcome.DELIVERED:
        return Step(State.DELIVERED, ambiguous=doubt, charge=True)
    falls_back = not doubt and progress.may_fall_back(now)
    if attempted.gone and not attempted.by_own_rule and falls_back:
        return fallen_back(now=now)
    if attempted.outcome is Outcome.REFUSED and (attempted.by_own_rule or not doubt):
        return Step(State.REJECTED, ambiguous=doubt, release_place=True, next_in_line=True)
    due_at = _next_due(progress, attempted, delivery_id=delivery_id, now=now)
    if due_at is not None:
        return Step(State.PENDING, due_at=due_at, ambiguous=doubt)
    if doubt:
        moves_on = progress.on_ambiguous is OnAmbiguous.NEXT
        return Step(State.UNKNOWN, ambiguous=True, next_in_line=moves_on)
    if falls_back:
        return fallen_back(now=now)
    return Step(State.FAILED, release_place=True, next_in_line=True)


def fallen_back(*, now: datetime) -> Step:
    """Go on by the next delivery settings, with the same place."""
    return Step(State.PENDING, due_at=now, falls_back=True)


def held(progress: Progress, *, until: datetime) -> Step:
    """Leave a delivery as it is: its channel is paused for a reason that is not its own."""
    return Step(State.PENDING, due_at=until, ambiguous=progress.ambiguous_before)


class NotSettled(ValueError):
    """A person can settle an unknown delivery as delivered or refused only."""


def resolved(outcome: Outcome) -> Step:
    """Settle an unknown delivery by a person's word.

    :raises NotSettled: the outcome is neither delivered nor refused.
    """
    if outcome is Outcome.DELIVERED:
        return Step(State.DELIVERED, charge=True)
    if outcome is Outcome.REFUSED:
        return Step(State.REJECTED, release_place=True, next_in_line=True)
    raise NotSettled(f"{outcome} settles nothing; an unknown delivery is delivered or refused")


def cancelled() -> Step:
    """End a pending or unknown delivery; the lead goes to nobody."""
    return Step(State.CANCELLED, release_place=True)


def returned(rule: ReturnRule) -> Step:
    """Take a delivery back; the account's rule says what becomes of its charge and its place."""
    return Step(State.RETURNED, credit=rule.credit, release_place=rule.give_place_back)


def _next_due(
    progress: Progress, attempted: Attempted, *, delivery_id: DeliveryId, now: datetime
) -> datetime | None:
    """Return when to try again; None when the schedule or the time for it has run out."""
    if attempted.is_final:
        return None
    pause = pause_after(progress.attempts, progress.pauses, delivery_id=delivery_id)
    if pause is None:
        return None
    asked = timedelta(seconds=min(attempted.retry_after_seconds or 0, MOST_RETRY_AFTER_SECONDS))
    due_at = now + max(pause, asked)
    return due_at if due_at <= progress.give_up_at else None


def schedule_left(attempts: int, pauses: tuple[int, ...] | None) -> timedelta:
    """Return how long the tries after so many would go on, the pause before the next included."""
    schedule = STANDARD_PAUSES if pauses is None else pauses
    return timedelta(seconds=sum(schedule[max(0, attempts - 1) :]))


def pause_after(
    attempts: int, pauses: tuple[int, ...] | None, *, delivery_id: DeliveryId
) -> timedelta | None:
    """Return the pause after the try that followed `attempts` others; None after the last.

    The standard pauses vary by up to a fifth either way, so that what failed together does not
    come back together. The share comes from a hash of the delivery's id and the number of the
    try, so that the same delivery always has the same schedule.
    """
    schedule = STANDARD_PAUSES if pauses is None else pauses
    if attempts >= len(schedule):
        return None
    seconds = schedule[attempts]
    if pauses is not None:
        return timedelta(seconds=seconds)
    digest = blake2b(delivery_id.bytes + attempts.to_bytes(4, "big"), digest_size=8).digest()
    millionths = 800_000 + int.from_bytes(digest, "big") % 400_001
    return timedelta(microseconds=seconds * millionths)
