"""The checks of one assignment, expanded from its recorded bits and readings."""

from collections.abc import Sequence

from msgspec import UNSET

from headgate.domain.assignments import Assignment
from headgate.domain.caps import Scope, Unit, window
from headgate.domain.explanation.document import (
    BalanceCheck,
    CapCheck,
    Check,
    HasLeadCheck,
    HoursCheck,
    RulesCheck,
    SuppressedCheck,
    TakenCheck,
)
from headgate.domain.explanation.scene import NamedCap, Scene
from headgate.domain.hours import next_common_opening
from headgate.domain.instants import rfc3339
from headgate.domain.money import format_amount
from headgate.domain.partners import Partner
from headgate.domain.rules.explaining import Failure
from headgate.domain.verdicts import (
    ASSIGNMENT_DISABLED,
    BALANCE,
    CHANNEL,
    CLOSED,
    HAS_LEAD,
    HAS_PERSON,
    PARTNER_INACTIVE,
    RULES,
    SUPPRESSED,
    TAKEN,
)


def checks_of(
    scene: Scene,
    assignment: Assignment,
    failed: int,
    *,
    taken_by: str | None,
    readings: Sequence[tuple[NamedCap, int]],
) -> tuple[Check, ...]:
    """Return every check in the order in which they are made; one of each cap."""
    partner = scene.partners[assignment.partner]
    rules = scene.failures(assignment.rules) if failed & RULES else ()
    return (
        rules_check(rules, passed=not failed & RULES),
        Check("assignment_enabled", not failed & ASSIGNMENT_DISABLED),
        Check("partner_active", not failed & PARTNER_INACTIVE),
        _suppressed_check(scene, partner, failed),
        _has_lead_check(partner, failed),
        TakenCheck("taken", not failed & TAKEN, (failed & TAKEN and taken_by) or UNSET),
        _hours_check(scene, assignment, partner, failed),
        *[
            _cap_check(scene, partner, cap, used)
            for cap, used in readings
            if cap.scope is not Scope.BALANCE and cap.cap.has_limit
        ],
        _balance_check(scene, failed, readings),
        Check("channel", not failed & CHANNEL),
    )


def rules_check(
    failures: Sequence[Failure], *, passed: bool = False, of_profile: bool = False
) -> RulesCheck:
    scope = "profile" if of_profile else UNSET
    if not failures:
        return RulesCheck("rules", passed, scope)
    first = failures[0]
    return RulesCheck(
        check="rules",
        passed=passed,
        scope=scope,
        path=first.path,
        field=first.field,
        op=first.op,
        expected=first.expected,
        actual=first.actual,
        failed=tuple(failures),
    )


def _suppressed_check(scene: Scene, partner: Partner, failed: int) -> SuppressedCheck:
    suppressed = bool(failed & SUPPRESSED)
    name = scene.suppressing_list(partner) if suppressed else None
    return SuppressedCheck("suppressed", not suppressed, name or UNSET)


def _has_lead_check(partner: Partner, failed: int) -> HasLeadCheck:
    has_lead, has_person = failed & HAS_LEAD, failed & HAS_PERSON
    return HasLeadCheck(
        check="already_has_lead",
        passed=not has_lead and not has_person,
        duplicate_days=UNSET if has_lead or not has_person else partner.duplicate_days,
    )


def _hours_check(scene: Scene, assignment: Assignment, partner: Partner, failed: int) -> HoursCheck:
    if not failed & CLOSED:
        return HoursCheck("hours", passed=True)
    zone = scene.zone_of(partner)
    hours = [each for each in (partner.hours, assignment.hours) if each is not None]
    opening = next_common_opening(hours, zone, scene.at)
    opens_at = rfc3339(opening) if opening else None
    return HoursCheck("hours", passed=False, opens_at=opens_at, timezone=zone.key)


def _balance_check(
    scene: Scene, failed: int, readings: Sequence[tuple[NamedCap, int]]
) -> BalanceCheck:
    passed = not failed & BALANCE
    for cap, owed in readings:
        if cap.scope is Scope.BALANCE:
            available = format_amount(-owed, scene.currency)
            price = format_amount(cap.amount, scene.currency)
            return BalanceCheck("balance", passed, available, price)
    return BalanceCheck("balance", passed)


def _cap_check(scene: Scene, partner: Partner, named: NamedCap, used: int) -> CapCheck:
    cap, currency = named.cap, scene.currency
    zone = scene.zone if named.scope is Scope.PROFILE else scene.zone_of(partner)
    end = window(cap.per, zone, scene.at).end
    is_money = cap.unit is Unit.SPEND
    return CapCheck(
        check="cap",
        passed=used + named.amount <= cap.limit,
        per=cap.per,
        unit=cap.unit,
        scope=named.scope,
        used=format_amount(used, currency) if is_money else used,
        limit=format_amount(cap.limit, currency) if is_money else cap.limit,
        resets_at=rfc3339(end) if end else None,
        timezone=zone.key,
        price=format_amount(named.amount, currency) if is_money else UNSET,
    )
