"""Why each seat of a round did not get the lead: its first failed check alone, for many leads."""

from collections.abc import Callable, Iterator, Mapping
from zoneinfo import ZoneInfo

from msgspec import Struct

from headgate.domain.configuration.value import Configuration
from headgate.domain.entities import Entity
from headgate.domain.profiles import Profile
from headgate.domain.rules.comparing import compile_comparables
from headgate.domain.rules.explaining import compile_first_blame, fields_used
from headgate.domain.rules.tree import Condition, Rule
from headgate.domain.rules.wording import sentence
from headgate.domain.verdicts import RULES, ProfileVerdict, Result, Round, failures_of, result_of

_Seen = Mapping[str, object]


class Reason(Struct, frozen=True):
    """The first check that failed; `condition` says which one of the rules did, in words.

    No `partner` is the profile itself.
    """

    profile: str
    partner: str | None
    result: str
    condition: str | None = None


class Reasoning:
    """The reasons in the rounds of one configuration, whose rules are compiled once.

    They are the first failed checks of what `explain_round` expands with all the others.
    """

    def __init__(self, configuration: Configuration, entity: Entity) -> None:
        profiles = [each for each in configuration.profiles if each.entity == entity.slug]
        rules = [each.rules for each in profiles]
        rules += [seat.rules for each in profiles for seat in each.assignments]
        zone = ZoneInfo(configuration.account.timezone)
        keys = frozenset[str]().union(*map(fields_used, rules))
        self._comparables = compile_comparables(entity, zone=zone, keys=keys)
        self._profiles = {each.slug: _Words(each, entity, zone) for each in profiles}

    def reasons_in(self, record: Round) -> set[Reason]:
        """Return each reason once, however many conditions or seats share it."""
        seen = self._comparables(record.seen)
        return {
            reason
            for verdict in record.profiles
            for reason in self._profiles[verdict.slug].reasons(verdict, seen)
        }


class _Words:
    """One profile, with each of its reasons written once."""

    def __init__(self, profile: Profile, entity: Entity, zone: ZoneInfo) -> None:
        self._profile = profile
        self._entity = entity
        self._blame = _blame(profile.rules, entity, zone)
        self._blame_of = [_blame(seat.rules, entity, zone) for seat in profile.assignments]
        self._written: dict[tuple[int | None, Result, int | None], Reason] = {}

    def reasons(self, verdict: ProfileVerdict, seen: _Seen) -> Iterator[Reason]:
        if not verdict.matched:
            yield self._reason(None, Result.RULES_NOT_MET, self._blame(seen))
            return
        for position, failed in enumerate(failures_of(verdict)):
            passed = Result.SELECTED if position in verdict.selected else Result.NEXT_IN_LINE
            blamed = self._blame_of[position](seen) if failed & RULES else None
            yield self._reason(position, result_of(failed) or passed, blamed)

    def _reason(self, position: int | None, result: Result, blamed: Condition | None) -> Reason:
        # Conditions are told apart by what they are of, for one may list thousands of values.
        key = (position, result, None if blamed is None else id(blamed))
        reason = self._written.get(key)
        if reason is None:
            reason = self._written[key] = Reason(
                self._profile.slug,
                None if position is None else self._profile.assignments[position].partner,
                result,
                None if blamed is None else sentence(blamed, self._entity),
            )
        return reason


def _blame(
    rule: Rule | None, entity: Entity, zone: ZoneInfo
) -> Callable[[_Seen], Condition | None]:
    return compile_first_blame(rule, entity, zone=zone) if rule else lambda _: None
