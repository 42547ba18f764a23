"""Why leads went unmatched: which check of whom failed how often."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from headgate.domain.entities import Entity
from headgate.domain.explanation import explain_round
from headgate.domain.explanation.document import (
    ExplainedAssignment,
    ExplainedProfile,
    RulesCheck,
)
from headgate.domain.ids import AccountId
from headgate.domain.leads import LeadState
from headgate.domain.rules.explaining import Failure
from headgate.domain.rules.tree import Condition
from headgate.domain.rules.wording import sentence
from headgate.domain.verdicts import Result
from headgate.services import setups
from headgate.services.writing import read_rounds
from headgate.storage import walks
from headgate.storage.lists import LeadFilter

MOST_LOOKED_AT = 200


class Reason(Struct, frozen=True):
    """The first check that failed; `condition` says which one of the rules did, in words.

    No `partner` is the profile itself.
    """

    profile: str
    partner: str | None
    result: str
    condition: str | None = None


class Reasons(Struct, frozen=True):
    """The commonest reasons among the newest unmatched leads that were looked at."""

    looked_at: int
    counts: list[tuple[Reason, int]]


def find_reasons(
    *,
    account_id: AccountId,
    entity: str | None,
    entities: tuple[str, ...] | None,
    since: datetime,
    until: datetime,
    most: int,
) -> Reasons:
    """Look at up to `MOST_LOOKED_AT` of the newest unmatched leads of a span."""
    wanted = LeadFilter(
        state=LeadState.UNMATCHED, entity=entity, entities=entities, since=since, until=until
    )
    found = walks.page_of_leads(account_id, wanted, before=None, limit=MOST_LOOKED_AT).rows
    setup = setups.in_force(account_id)
    counts: Counter[Reason] = Counter()
    for lead in found:
        rounds, plan = read_rounds(lead.rounds), setup.entity_plan(lead.entity_id)
        if rounds and plan is not None:
            decided_by = setups.at_version(account_id, rounds[-1].config_version).configuration
            explained = explain_round(rounds[-1], decided_by, plan.entity.slug)
            counts.update(_reasons_in(explained.profiles, plan.entity))
    return Reasons(len(found), counts.most_common(most))


def _reasons_in(profiles: Iterable[ExplainedProfile], entity: Entity) -> set[Reason]:
    """Return each reason once, however many conditions or seats share it."""
    reasons: set[Reason] = set()
    for profile in profiles:
        if profile.enabled and not profile.matched:
            condition = _condition(profile.failed, entity)
            reasons.add(Reason(profile.profile, None, Result.RULES_NOT_MET, condition))
        elif profile.enabled:
            reasons |= {_of_seat(profile.profile, seat, entity) for seat in profile.assignments}
    return reasons


def _of_seat(profile: str, seat: ExplainedAssignment, entity: Entity) -> Reason:
    failed = next((check for check in seat.checks if not check.passed), None)
    conditions = failed.failed if isinstance(failed, RulesCheck) else ()
    return Reason(profile, seat.partner, seat.result, _condition(conditions or (), entity))


def _condition(failures: Sequence[Failure], entity: Entity) -> str | None:
    if not failures:
        return None
    failure = failures[0]
    expected = failure.expected
    value = tuple(map(str, expected)) if isinstance(expected, list | tuple) else expected
    written = None if value is None else value if isinstance(value, tuple) else str(value)
    return sentence(Condition(failure.field, failure.op, written), entity)
