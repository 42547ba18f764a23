"""What a rule would take: it is asked of the leads that came last, and nothing is written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from headgate.domain.entities import Entity
from headgate.domain.ids import AccountId, LeadId
from headgate.domain.rules.comparing import compile_comparables
from headgate.domain.rules.compiling import compile_rule
from headgate.domain.rules.explaining import compile_blame, fields_used
from headgate.domain.rules.tree import Condition, Rule
from headgate.services import routing, setups
from headgate.services.writing import read_values
from headgate.storage import leads

MOST_LEADS = 200
MOST_SAMPLES = 3
MOST_BLAMED = 3


class Recent(Struct, frozen=True):
    """A lead with the values that rules see; encrypted ones are not among them."""

    lead_id: LeadId
    values: Mapping[str, Any]


class Blamed(Struct, frozen=True):
    """A condition, its path, and how many leads failed by it; inside `none` it is unwanted."""

    condition: Condition
    path: str
    leads: int


class Preview(Struct, frozen=True):
    """Of the leads that were asked, those that match, and what kept most of the others out."""

    matching: tuple[Recent, ...]
    of: int
    blamed: tuple[Blamed, ...]

    @property
    def samples(self) -> tuple[Recent, ...]:
        return self.matching[:MOST_SAMPLES]


def recent_leads(*, account_id: AccountId, entity: str, limit: int = MOST_LEADS) -> list[Recent]:
    """Return the newest leads of the entity that were decided, newest first."""
    setup = setups.in_force(account_id)
    sources = [id for (owner, _), id in setup.plan.identities.sources.items() if owner == entity]
    return [
        Recent(lead.id, routing.candidate(setup, lead, read_values(lead.fields)).values)
        for lead in leads.list_newest(sources, limit=limit)
    ]


def preview_rule(
    *,
    account_id: AccountId,
    rule: Rule | None,
    entity: Entity,
    among: Sequence[Recent],
    blames: bool = True,
) -> Preview:
    """Ask a rule, as it is drafted, of these leads; finding what to blame takes longest."""
    if rule is None:
        return Preview(tuple(among), len(among), ())
    zone = setups.in_force(account_id).zone
    comparables = compile_comparables(entity, zone=zone, keys=fields_used(rule))
    matches = compile_rule(rule, entity, zone=zone)
    matching: list[Recent] = []
    failing: list[Mapping[str, object]] = []
    for recent in among:
        seen = comparables(recent.values)
        if matches(seen):
            matching.append(recent)
        else:
            failing.append(seen)
    failed: Counter[tuple[str, Condition]] = Counter()
    if blames:
        blame = compile_blame(rule, entity, zone=zone)
        for seen in failing:
            failed.update(blame(seen))
    blamed = tuple(
        Blamed(condition, path, leads)
        for (path, condition), leads in failed.most_common(MOST_BLAMED)
    )
    return Preview(tuple(matching), len(among), blamed)
