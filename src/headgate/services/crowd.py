"""The persons of one batch: who asked before, in the database or earlier in the same batch."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from headgate.domain.ids import EntityId, LeadId, PartnerId
from headgate.domain.persons import asks_for_persons, latest_of, too_recent
from headgate.domain.sources import OnDuplicate
from headgate.services import persons
from headgate.services.setups import Setup
from headgate.services.submissions import Admitted
from headgate.storage import match_keys
from headgate.storage.deliveries import Delivery

_PersonKey = tuple[EntityId, bytes]


class Crowd:
    """Recognises persons for one transaction.

    Making it keeps other transactions from judging the same persons until this one ends: of
    two identical leads at the same instant, one is the earlier.
    """

    def __init__(self, setup: Setup, admitted: Sequence[Admitted], *, now: datetime) -> None:
        self._setup = setup
        self._now = now
        self._digests = {
            each.submission.id: persons.digests_of(setup, each.plan.entity, each.values)
            for each in admitted
            if each.plan.entity.duplicates is not None
        }
        self._earlier: dict[_PersonKey, LeadId] = {}
        self._had: dict[_PersonKey, dict[PartnerId, datetime]] = {}
        self._new: list[match_keys.MatchKey] = []
        everyone = {digest for digests in self._digests.values() for digest in digests}
        if everyone:
            match_keys.lock(everyone)
        for plan in {each.plan.id: each.plan for each in admitted}.values():
            mine = {d for each in admitted if each.plan.id == plan.id for d in self._of(each)}
            if not mine or plan.entity.duplicates is None:
                continue
            since = now - timedelta(days=plan.entity.duplicates.within_days)
            earlier = match_keys.find_earlier(plan.id, mine, since=since)
            self._earlier |= {(plan.id, digest): lead for digest, lead in earlier.items()}
            if asks_for_persons(plan):
                had = match_keys.partners_with(plan.id, mine)
                self._had |= {(plan.id, digest): latest for digest, latest in had.items()}

    def earlier_lead(self, admitted: Admitted) -> LeadId | None:
        """Return the earlier lead of the same person, unless the source does not look."""
        if admitted.source.on_duplicate is OnDuplicate.ALLOW:
            return None
        found = (self._earlier.get((admitted.plan.id, d)) for d in self._of(admitted))
        return max((lead for lead in found if lead is not None), default=None)

    def partners_having(self, admitted: Admitted) -> frozenset[PartnerId]:
        had = [self._had.get((admitted.plan.id, d), {}) for d in self._of(admitted)]
        if not any(had):
            return frozenset()
        return too_recent(admitted.plan, latest_of(had), now=self._now)

    def join(self, admitted: Admitted, made: Iterable[Delivery]) -> None:
        """Make an accepted lead an earlier lead for those after it; a test lead never is one."""
        if admitted.test:
            return
        lead_id, entity_id = admitted.submission.id, admitted.plan.id
        got = {delivery.partner_id: self._now for delivery in made}
        for digest in self._of(admitted):
            self._earlier[entity_id, digest] = lead_id
            self._had.setdefault((entity_id, digest), {}).update(got)
            self._new.append(match_keys.MatchKey(entity_id, digest, lead_id, self._now))

    def save(self) -> None:
        match_keys.add(self._new)

    def _of(self, admitted: Admitted) -> tuple[bytes, ...]:
        return self._digests.get(admitted.submission.id, ())
