"""Every check of every assignment against one lead, passed or failed, as it is recorded.

A verdict is a few bytes: one bit for each failed check, the rank among the eligible, and what
each cap had used. The words are made from these when somebody asks (`explanation`).
"""

from collections.abc import Iterable
from enum import StrEnum
from itertools import groupby

from msgspec import Struct

# One bit per way to fail, in the order in which the checks are made and reported.
RULES = 1 << 0
ASSIGNMENT_DISABLED = 1 << 1
PARTNER_INACTIVE = 1 << 2
SUPPRESSED = 1 << 3
HAS_LEAD = 1 << 4
HAS_PERSON = 1 << 5
TAKEN = 1 << 6
CLOSED = 1 << 7
CAP = 1 << 8
BALANCE = 1 << 9
CHANNEL = 1 << 10


class Result(StrEnum):
    RULES_NOT_MET = "rules_not_met"
    ASSIGNMENT_DISABLED = "assignment_disabled"
    PARTNER_INACTIVE = "partner_inactive"
    SUPPRESSED = "suppressed"
    ALREADY_HAS_LEAD = "already_has_lead"
    ALREADY_HAS_PERSON = "already_has_person"
    TAKEN = "taken"
    CLOSED = "closed"
    CAP_REACHED = "cap_reached"
    NO_BALANCE = "no_balance"
    CHANNEL_DOWN = "channel_down"
    SELECTED = "selected"
    NEXT_IN_LINE = "next_in_line"
    REFUSED = "refused"
    FAILED = "failed"


_BY_BIT = tuple(Result)


class Because(StrEnum):
    """What made the lead be decided: a round's reason."""

    RECEIVED = "received"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"  # and the assignment says that the next in line gets it as well
    RESOLVED = "resolved"
    DISTRIBUTED = "distributed"
    WAIT_OVER = "wait_over"
    STATUS_CHANGED = "status_changed"


class ProfileVerdict(Struct, frozen=True, array_like=True):
    """The verdicts of a profile's assignments, which are meant by their positions.

    `taken_by` is the profile that held the lead. `failed` are runs: the bits of a seat, and how
    many in a row have the same. `ranked` is the order of those that failed nothing. `used` is
    what every cap had used before this profile chose, in the order of `Line.ceilings`; `late`
    is what the caps of a seat had used that lost its room to this very choice.

    A profile whose own rules do not match has no verdicts: that reason is the reason of all.
    """

    slug: str
    matched: bool
    taken_by: str | None = None
    failed: tuple[int, ...] = ()
    ranked: tuple[int, ...] = ()
    selected: tuple[int, ...] = ()
    used: tuple[int, ...] = ()
    late: dict[int, tuple[int, ...]] = {}


class Round(Struct, frozen=True, array_like=True):
    """One decision, as recorded: enough to expand every verdict without today's set-up.

    `at` is Unix milliseconds; `seen` holds the clean values that the rules read. `suppressed_by`
    names the list that keeps the lead from each partner, by slug; from all it is under `*`.
    """

    n: int
    at: int
    because: Because
    config_version: int
    engine: str
    seen: dict[str, object]
    profiles: tuple[ProfileVerdict, ...]
    suppressed_by: dict[str, str] = {}


def result_of(failed: int) -> Result | None:
    """Return the first failed check's result, or None when every check passed."""
    return _BY_BIT[(failed & -failed).bit_length() - 1] if failed else None


def runs_of(failures: Iterable[int]) -> tuple[int, ...]:
    """Write the bits of each seat as runs, for most seats of a profile fail alike."""
    return tuple([number for bits, run in groupby(failures) for number in (bits, len(list(run)))])


def failures_of(verdict: ProfileVerdict) -> list[int]:
    """Return the bits of each seat, as `runs_of` had them."""
    runs = verdict.failed
    return [bits for bits, count in zip(runs[::2], runs[1::2], strict=True) for _ in range(count)]
