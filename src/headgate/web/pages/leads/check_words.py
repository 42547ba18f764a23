"""Every check of an assignment in plain words, with the value that decided it."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from msgspec import UNSET, Struct

from headgate.domain.caps import Scope, Unit
from headgate.domain.configuration.value import Configuration
from headgate.domain.entities import Entity
from headgate.domain.explanation.document import (
    BalanceCheck,
    CapCheck,
    Check,
    ExplainedPrice,
    HasLeadCheck,
    HoursCheck,
    RulesCheck,
    SuppressedCheck,
    TakenCheck,
)
from headgate.domain.rules.explaining import Failure
from headgate.domain.rules.tree import Condition
from headgate.domain.rules.wording import sentence
from headgate.web.cap_words import moment_in_words, use_in_words
from headgate.web.wording import value_in_words


class ConditionRow(Struct, frozen=True):
    """A condition that failed: what was wanted, and what the lead has."""

    wanted: str
    actual: str
    path: str


class CheckRow(Struct, frozen=True):
    passed: bool
    words: str
    conditions: list[ConditionRow]


def check_row(check: Check, configuration: Configuration, entity: Entity) -> CheckRow:
    conditions: list[ConditionRow] = []
    match check:
        case RulesCheck():
            conditions = condition_rows(check.failed or (), entity)
            words = _("Rules met") if check.passed else _("Rules not met")
        case SuppressedCheck():
            words = _suppressed(check)
        case HasLeadCheck():
            words = _has_lead(check)
        case TakenCheck():
            words = _taken(check, configuration)
        case HoursCheck():
            words = _hours(check)
        case CapCheck():
            words = _cap(check, configuration.account.currency)
        case BalanceCheck():
            words = _balance(check, configuration.account.currency)
        case _:
            words = _plain(check)
    return CheckRow(check.passed, words, conditions)


def price_in_words(price: ExplainedPrice, currency: str) -> str:
    """Say which price held by volume tiers, and for which lead of the month."""
    said = {"price": f"{price.price} {currency}", "n": price.lead_of_month, "after": price.after}
    if price.after is None:
        return _("Price %(price)s, for lead %(n)d of the month") % said
    return _("Price %(price)s (tier after %(after)d), for lead %(n)d of the month") % said


def condition_rows(failures: Sequence[Failure], entity: Entity) -> list[ConditionRow]:
    fields = {field.key: field for field in entity.fields}
    rows = []
    for failure in failures:
        said = sentence(Condition(failure.field, failure.op, _written(failure.expected)), entity)
        # Inside `none`, a condition is to blame because it holds.
        is_unwanted = failure.path.count("none[") % 2 == 1
        wanted = _("must not be: %s") % said if is_unwanted else said
        actual = _("no value")
        if failure.actual is not None:
            actual = value_in_words(failure.actual, fields.get(failure.field))
        rows.append(ConditionRow(wanted, actual, failure.path))
    return rows


def _written(expected: object) -> str | tuple[str, ...] | None:
    if expected is None:
        return None
    if isinstance(expected, list | tuple):
        return tuple(map(str, expected))
    return str(expected)


def _suppressed(check: SuppressedCheck) -> str:
    if check.passed:
        return _("On no suppression list")
    return _("On the suppression list %s") % check.list


def _has_lead(check: HasLeadCheck) -> str:
    if check.passed:
        return _("Has neither the lead nor the person yet")
    if check.duplicate_days:
        return _("Had this person within %d days") % check.duplicate_days
    return _("Already has this lead")


def _taken(check: TakenCheck, configuration: Configuration) -> str:
    if check.passed:
        return _("Not taken by another profile")
    profile = configuration.profile(check.by) if check.by is not UNSET else None
    return _("Taken by the profile %s") % (profile.name if profile else check.by)


def _hours(check: HoursCheck) -> str:
    if check.passed:
        return _("Open")
    if not check.opens_at:
        return _("Closed, and does not open within a year")
    return _("Closed, opens %s") % _local(check.opens_at, check.timezone or "UTC")


def _cap(check: CapCheck, currency: str) -> str:
    whose = {
        Scope.ASSIGNMENT: _("Assignment’s cap"),
        Scope.PARTNER: _("Partner’s cap"),
        Scope.PROFILE: _("Profile’s cap"),
    }.get(check.scope, str(check.scope))
    currency = f" {currency}" if check.unit is Unit.SPEND else ""
    said = f"{whose}: {use_in_words(check.used, f'{check.limit}{currency}', check.per)}"
    if check.resets_at:
        return _("%(said)s, resets %(when)s") % {
            "said": said,
            "when": _local(check.resets_at, check.timezone),
        }
    return said


def _balance(check: BalanceCheck, currency: str) -> str:
    if check.available is UNSET:
        return _("No balance needed")
    said = {"available": f"{check.available} {currency}", "price": check.price}
    if check.passed:
        return _("Its balance of %(available)s covers %(price)s") % said
    return _("Its balance of %(available)s does not cover %(price)s") % said


def _plain(check: Check) -> str:
    words = {
        "assignment_enabled": (_("Assignment switched on"), _("Assignment switched off")),
        "partner_active": (_("Partner active"), _("Partner paused")),
        "channel": (_("Channel up"), _("Channel down")),
    }
    passed, failed = words.get(check.check, (check.check, check.check))
    return passed if check.passed else failed


def _local(written: str, zone_name: str) -> str:
    return moment_in_words(datetime.fromisoformat(written), ZoneInfo(zone_name))
