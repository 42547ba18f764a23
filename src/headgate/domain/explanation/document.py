"""The decision document, as the contract has it."""

from msgspec import UNSET, Struct, UnsetType

from headgate.domain.caps import Per, Scope, Unit
from headgate.domain.profiles import Strategy
from headgate.domain.rules.explaining import Failure
from headgate.domain.rules.tree import Operator
from headgate.domain.verdicts import Because, Result


class Check(Struct, frozen=True):
    check: str
    passed: bool


class RulesCheck(Check, frozen=True):
    """The first failing condition, with all of them in `failed`.

    `scope` is `profile` when the profile's own rules did not match.
    """

    scope: str | UnsetType = UNSET
    path: str | UnsetType = UNSET
    field: str | UnsetType = UNSET
    op: Operator | UnsetType = UNSET
    expected: object = UNSET
    actual: object = UNSET
    failed: tuple[Failure, ...] | UnsetType = UNSET


class SuppressedCheck(Check, frozen=True):
    """`list` is the name of the suppression list, as it was then."""

    list: str | UnsetType = UNSET


class HasLeadCheck(Check, frozen=True):
    """`duplicate_days` when it is the same person again, in another lead."""

    duplicate_days: int | UnsetType | None = UNSET


class TakenCheck(Check, frozen=True):
    by: str | UnsetType = UNSET


class HoursCheck(Check, frozen=True):
    opens_at: str | UnsetType | None = UNSET
    timezone: str | UnsetType = UNSET


class CapCheck(Check, frozen=True):
    """`used` and `limit` are money as text where the cap counts spend, and so is `price`."""

    per: Per
    unit: Unit
    scope: Scope
    used: int | str
    limit: int | str
    resets_at: str | None
    timezone: str
    price: str | UnsetType = UNSET


class BalanceCheck(Check, frozen=True):
    """`available` is what a prepaid partner had left, beside what was reserved for open places."""

    available: str | UnsetType = UNSET
    price: str | UnsetType = UNSET


class ExplainedPrice(Struct, frozen=True):
    """The price by volume tiers: what the lead cost as number `lead_of_month`.

    `after` is that of the tier, None before the first.
    """

    price: str
    after: int | None
    lead_of_month: int


class ExplainedAssignment(Struct, frozen=True):
    """`price` is told where the assignment has tiers, unless the profile's rules did not match."""

    assignment: str
    partner: str
    rank: int | None
    result: Result
    sentence: str
    checks: tuple[Check, ...]
    price: ExplainedPrice | UnsetType = UNSET


class ExplainedProfile(Struct, frozen=True):
    profile: str
    enabled: bool
    strategy: Strategy
    matched: bool
    failed: tuple[Failure, ...] = ()
    assignments: tuple[ExplainedAssignment, ...] = ()


class ExplainedRound(Struct, frozen=True):
    n: int
    at: str
    because: Because
    config_version: int
    sentence: str
    profiles: tuple[ExplainedProfile, ...]


class Explanation(Struct, frozen=True):
    """The version and the moment are None while the lead has not been decided."""

    config_version: int | None
    decided_at: str | None
    sentence: str
    profiles: tuple[ExplainedProfile, ...] = ()
    rounds: tuple[ExplainedRound, ...] = ()
