"""A decision in plain sentences, for people who sell leads."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from headgate.domain.assignments import Assignment
from headgate.domain.caps import Per, Unit
from headgate.domain.deliveries import State
from headgate.domain.explanation.document import (
    BalanceCheck,
    CapCheck,
    Check,
    ExplainedProfile,
    HasLeadCheck,
    HoursCheck,
    RulesCheck,
    SuppressedCheck,
    TakenCheck,
)
from headgate.domain.explanation.scene import Reading, Scene
from headgate.domain.money import format_amount
from headgate.domain.profiles import Profile, Strategy
from headgate.domain.rules.explaining import Failure
from headgate.domain.rules.subjects import Subject, subject_of
from headgate.domain.rules.wording import requirement
from headgate.domain.verdicts import Result

_MOST_NAMED = 8

_PLAIN = {
    "assignment_enabled": "the assignment is switched off",
    "partner_active": "the partner is paused",
    "channel": "its channel is down",
}
_EVERY = {
    Per.HOUR: "hourly",
    Per.DAY: "daily",
    Per.WEEK: "weekly",
    Per.MONTH: "monthly",
    Per.TOTAL: "total",
}
_ENDED = {
    State.REJECTED: "refused it",
    State.FAILED: "the delivery failed",
    State.UNKNOWN: "nobody knows whether it arrived",
    State.CANCELLED: "the delivery was cancelled",
    State.RETURNED: "gave it back",
}
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
# What a reader wants to know first.
_ORDER = (Result.SELECTED, Result.REFUSED, Result.FAILED, Result.NEXT_IN_LINE)


class Finding(Struct, frozen=True):
    """What a round found out about one assignment, one of `eligible` if it has a rank.

    Nothing was read of its caps where the profile's rules did not match.
    """

    profile: Profile
    result: Result
    checks: tuple[Check, ...]
    rank: int | None = None
    eligible: int = 0
    reading: Reading | None = None


def decision_sentence(
    profiles: Sequence[ExplainedProfile], scene: Scene, *, elsewhere: Sequence[str] = ()
) -> str:
    """Say where the lead went and why, then what kept the others from it.

    `elsewhere` names those that got it later without standing in these profiles.
    """
    assignments = [
        each
        for profile in profiles
        for each in profile.assignments
        if profile.matched or each.result is not Result.RULES_NOT_MET
    ]
    ranking = sorted(assignments, key=lambda each: _place(each.result))
    clauses = [f"Went to {name} in a later round" for name in elsewhere]
    clauses += [each.sentence for each in ranking]
    clauses += [
        f"profile {profile.profile}: {_rules_words(profile.failed, scene)}"
        for profile in profiles
        if profile.enabled and not profile.matched
    ]
    if not elsewhere and not any(each.result is Result.SELECTED for each in assignments):
        clauses.insert(0, "Went to nobody")
    more = len(clauses) - _MOST_NAMED
    if more > 0:
        clauses[_MOST_NAMED:] = [f"and {more} more"]
    return "; ".join(clauses)


def assignment_sentence(
    finding: Finding, assignment: Assignment, scene: Scene, fate: State | None
) -> str:
    """Say what became of one assignment, by what the round found or by its delivery since."""
    name = scene.partners[assignment.partner].name
    if assignment.slug != assignment.partner:
        name = f"{name} ({assignment.slug})"
    if fate in _ENDED:
        return f"{name}: {_ENDED[fate]}"
    if fate is not None or finding.result is Result.SELECTED:
        why = _why_selected(finding, assignment, scene)
        return f"Went to {name} {why}{_tier_words(finding, scene)}"
    if finding.result is not Result.NEXT_IN_LINE:
        return f"{name}: {_failure_words(finding, scene)}"
    if finding.rank is None:
        return f"{name}: has weight 0, so it is never chosen"
    return f"{name}: next in line, number {finding.rank} of {finding.eligible}"


def _place(result: Result) -> int:
    if result in _ORDER:
        return _ORDER.index(result)
    return len(_ORDER) + (result is Result.RULES_NOT_MET)


def _why_selected(finding: Finding, assignment: Assignment, scene: Scene) -> str:
    profile, eligible = finding.profile, finding.eligible
    if finding.result is Result.NEXT_IN_LINE:
        return "as the next in line"
    if finding.result is not Result.SELECTED:
        return "in a later round"
    if eligible == 1:
        return "because it was the only one eligible"
    match profile.strategy:
        case Strategy.SEND_TO_ALL:
            return f"because it was number {finding.rank} of {eligible} eligible by priority"
        case Strategy.FIRST_MATCH:
            reason = f"first by priority ({assignment.priority})"
        case Strategy.BEST_PRICE:
            is_told_after = bool(_tier_words(finding, scene))
            price = "" if is_told_after else f" ({_price_words(finding, scene)})"
            reason = f"first by price{price}"
        case Strategy.ROUND_ROBIN:
            reason = "the one that had waited longest"
        case Strategy.WEIGHTED:
            reason = "the one furthest below its share"
    return f"because it was {reason} of {eligible} eligible"


def _price_words(finding: Finding, scene: Scene) -> str:
    price = finding.reading.price_minor if finding.reading else 0
    return f"{format_amount(price, scene.currency)} {scene.currency}"


def _tier_words(finding: Finding, scene: Scene) -> str:
    """Say at which price the round gave the lead away, where that hangs on how many came before.

    A semicolon would end the clause.
    """
    tiered = finding.reading.tiered if finding.reading else None
    if tiered is None or finding.result is not Result.SELECTED:
        return ""
    tier = f"tier after {tiered.after}, " if tiered.after else ""
    ordinal = _ordinal(tiered.ordinal)
    return f", at {_price_words(finding, scene)} ({tier}the {ordinal} lead this month)"


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else _ENDINGS.get(number % 10, "th")
    return f"{number}{ending}"


def _failure_words(finding: Finding, scene: Scene) -> str:
    check = next(check for check in finding.checks if not check.passed)
    match check:
        case RulesCheck():
            failures = check.failed or ()
            whose = "the profile's rules" if check.scope == "profile" else "rules"
            return _rules_words(failures, scene, whose)
        case SuppressedCheck():
            return f"the person is on the suppression list {check.list}"
        case HasLeadCheck():
            days = check.duplicate_days
            return f"had this person within {days} days" if days else "already has this lead"
        case TakenCheck():
            return f"taken by profile {check.by}"
        case HoursCheck():
            return _hours_words(check, scene.at)
        case CapCheck():
            return _cap_words(check, scene)
        case BalanceCheck():
            return f"its balance of {check.available} {scene.currency} does not cover {check.price}"
    return _PLAIN[check.check]


def _rules_words(failures: Sequence[Failure], scene: Scene, whose: str = "rules") -> str:
    if not failures:
        return f"{whose} not met"
    failure = failures[0]
    subject = subject_of(scene.entity, failure.field)
    actual = "empty" if failure.actual is None else _value_words(failure.actual, subject)
    # Under `none` a condition is to blame because it holds.
    is_unwanted = failure.path.count("none[") % 2 == 1
    wanted = requirement(failure.op, _expected_texts(failure.expected), subject)
    return (
        f"{whose} not met: {subject.label} is {actual}, "
        f"{'unwanted' if is_unwanted else 'wanted'}: {wanted}"
    )


def _expected_texts(expected: object) -> str | list[str] | None:
    if expected is None:
        return None
    return list(map(str, expected)) if isinstance(expected, list | tuple) else str(expected)


def _value_words(value: object, subject: Subject) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    texts = list(map(str, value)) if isinstance(value, list | tuple) else [str(value)]
    return ", ".join(subject.options.get(text, text) for text in texts)


def _hours_words(check: HoursCheck, now: datetime) -> str:
    zone = check.timezone or "UTC"
    if not check.opens_at:
        return "closed, with no opening within a year"
    return f"closed, opens {_local(check.opens_at, zone, now)}"


def _cap_words(check: CapCheck, scene: Scene) -> str:
    whose = "" if check.scope == "assignment" else f"the {check.scope}'s "
    is_money = check.unit is Unit.SPEND
    what = "budget" if is_money else "cap"
    amounts = f"{check.used} of {check.limit}"
    if is_money:
        amounts += f" {scene.currency} and the lead costs {check.price}"
    said = f"{whose}{_EVERY[check.per]} {what} reached, {amounts}"
    if check.resets_at is None:
        return said
    return f"{said}, resets {_local(check.resets_at, check.timezone, scene.at)}"


def _local(written: str, zone_name: str, now: datetime) -> str:
    """Say `00:00 Europe/Berlin`, with the day when it is more than a day away."""
    zone = ZoneInfo(zone_name)
    moment = datetime.fromisoformat(written).astimezone(zone)
    is_soon = (moment - now).total_seconds() <= 86_400
    return f"{moment:%H:%M} {zone_name}" if is_soon else f"{moment:%Y-%m-%d %H:%M} {zone_name}"
