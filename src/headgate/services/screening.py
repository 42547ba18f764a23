"""Which leads an account's suppression lists keep back, and from whom."""

from collections.abc import Iterable, Mapping
from typing import Any

from headgate.domain.entities import Entity
from headgate.domain.ids import LeadId
from headgate.domain.suppressions import NOT_SUPPRESSED, Suppressed, hashes_of_person
from headgate.services import persons
from headgate.services.setups import Setup
from headgate.storage import leads, suppressions


class Screen:
    """An account's suppression lists while one transaction decides.

    Where there is none, nothing is looked up.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._lists = suppressions.lists_in_force(setup.account.id)

    def look_up(
        self, people: Mapping[LeadId, tuple[Entity, Mapping[str, Any]]]
    ) -> dict[LeadId, Suppressed]:
        """Say of each lead who must not get it; values include encrypted ones."""
        if not self._lists or not people:
            return {}
        digests = {
            lead_id: [
                self._setup.vault.list_digest(value_hash)
                for value_hash in hashes_of_person(entity.fields, values)
            ]
            for lead_id, (entity, values) in people.items()
        }
        found = suppressions.find({digest for mine in digests.values() for digest in mine})
        if not found:
            return {}
        return {
            lead_id: self._suppressed(
                {list_id for digest in mine for list_id in found.get(digest, ())}
            )
            for lead_id, mine in digests.items()
        }

    def look_up_stored(self, entity: Entity, lead: leads.Lead) -> Suppressed:
        """Say of a stored lead who must not get it."""
        if not self._lists:
            return NOT_SUPPRESSED
        values = persons.whole_values(self._setup, lead)
        return self.look_up({lead.id: (entity, values)}).get(lead.id, NOT_SUPPRESSED)

    def _suppressed(self, list_ids: Iterable[int]) -> Suppressed:
        """Name the oldest list for all partners, and the oldest for each."""
        wanted, from_all, from_partners = set(list_ids), None, {}
        for each in reversed([each for each in self._lists if each.id in wanted]):
            if each.partner_id is None:
                from_all = each.name
            else:
                from_partners[each.partner_id] = each.name
        return Suppressed(from_all, from_partners) if wanted else NOT_SUPPRESSED
