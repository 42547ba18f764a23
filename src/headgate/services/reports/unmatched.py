"""Why leads went unmatched: which check of whom failed how often."""

from collections import Counter
from datetime import datetime
from functools import cache

from msgspec import Struct

from headgate.domain.explanation.reasons import Reason, Reasoning
from headgate.domain.ids import AccountId
from headgate.domain.leads import LeadState
from headgate.services import setups
from headgate.services.writing import read_rounds
from headgate.storage import walks
from headgate.storage.lists import LeadFilter

MOST_LOOKED_AT = 100


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
    found = walks.newest_rounds(account_id, wanted, limit=MOST_LOOKED_AT)
    slugs = setups.in_force(account_id).entity_slugs

    @cache
    def reasoning(version: int, entity: str) -> Reasoning | None:
        decided_by = setups.at_version(account_id, version).configuration
        known = decided_by.entity(entity)
        return None if known is None else Reasoning(decided_by, known)

    counts: Counter[Reason] = Counter()
    for entity_id, text in found:
        rounds = read_rounds(text)
        by = reasoning(rounds[-1].config_version, slugs[entity_id]) if rounds else None
        if by is not None:
            counts.update(by.reasons_in(rounds[-1]))
    return Reasons(len(found), counts.most_common(most))
