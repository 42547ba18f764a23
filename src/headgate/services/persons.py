"""Who asked before, and which partners already have that person."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from headgate.domain.duplicates import match_texts
from headgate.domain.entities import Entity
from headgate.domain.ids import LeadId, PartnerId
from headgate.domain.matching import EntityPlan
from headgate.domain.persons import asks_for_persons, latest_of, too_recent
from headgate.domain.sources import OnDuplicate
from headgate.services.setups import Setup
from headgate.services.writing import read_values
from headgate.storage import leads, match_keys


def digests_of(setup: Setup, entity: Entity, values: Mapping[str, Any]) -> tuple[bytes, ...]:
    """Return the digests by which this person is recognised; `values` include encrypted ones."""
    texts = match_texts(entity.duplicates, entity.fields, values)
    return tuple(setup.vault.match_digest(text) for text in texts)


def earlier_lead(
    setup: Setup, plan: EntityPlan, lead: leads.Lead, digests: Sequence[bytes]
) -> LeadId | None:
    """Return the earlier lead of the person with these digests, unless its source does not look."""
    slug = setup.source_slugs.get(lead.source_id, "")
    source = setup.configuration.source(plan.entity.slug, slug)
    is_looked_at = source is None or source.on_duplicate is not OnDuplicate.ALLOW
    if plan.entity.duplicates is None or not digests or not is_looked_at:
        return None
    since = lead.received_at - timedelta(days=plan.entity.duplicates.within_days)
    return match_keys.find_before(plan.id, digests, lead.id, since=since)


def whole_values(setup: Setup, lead: leads.Lead) -> dict[str, Any]:
    """Return a stored lead's values, those of encrypted fields in clear."""
    sealed = read_values(setup.vault.open(lead.sealed)) if lead.sealed else {}
    return {**read_values(lead.fields), **sealed}


def partners_having(
    setup: Setup,
    plan: EntityPlan,
    lead: leads.Lead,
    *,
    now: datetime,
) -> frozenset[PartnerId]:
    """Return the partners for which a stored lead's person comes too soon again."""
    if not asks_for_persons(plan):
        return frozenset()
    digests = digests_of(setup, plan.entity, whole_values(setup, lead))
    had = match_keys.partners_with(plan.id, digests)
    return too_recent(plan, latest_of(had.values()), now=now)
