"""The leads of the past, decided again in their order under another set-up."""

import heapq
from datetime import datetime
from itertools import count

from headgate.domain.decision import Candidate, Held, Selection, decide
from headgate.domain.deliveries import State
from headgate.domain.history.calendar import Calendar
from headgate.domain.history.differences import Differences
from headgate.domain.history.past import PastLead
from headgate.domain.ids import PartnerId
from headgate.domain.matching import EntityPlan, Plan
from headgate.domain.persons import asks_for_persons, latest_of, too_recent
from headgate.domain.verdicts import Because, Round

_Due = tuple[datetime, int, PastLead, datetime | None]  # when, its number, and waiting since when


class Replay:
    """Takes the leads of an account in the order in which they came.

    Every partner answers as it did: who declined a lead declines it again, anybody else takes
    it. Every channel is up, and before the first lead nothing was ever given. A seat that had
    the lead keeps the price that it came to, unless the set-up changes the seat's price.
    """

    def __init__(self, plan: Plan) -> None:
        self.differences = Differences()
        self._plan = plan
        self._calendar = Calendar(plan)
        self._due: list[_Due] = []
        self._numbers = count()
        self._had: dict[bytes, dict[PartnerId, datetime]] = {}

    @property
    def full_windows(self) -> list[int]:
        """How many windows of each of the plan's caps ended without room."""
        return self._calendar.full

    def take(self, lead: PastLead) -> None:
        self._run_until(lead.received_at)
        self._push(lead.decided_at, lead, None)

    def finish(self) -> None:
        """Decide what still waits."""
        while self._due:
            self._decide(*heapq.heappop(self._due))
        self._calendar.end()

    def _run_until(self, moment: datetime) -> None:
        while self._due and self._due[0][0] <= moment:
            self._decide(*heapq.heappop(self._due))

    def _push(self, at: datetime, lead: PastLead, since: datetime | None) -> None:
        heapq.heappush(self._due, (at, next(self._numbers), lead, since))

    def _decide(self, at: datetime, _: int, lead: PastLead, since: datetime | None) -> None:
        self._calendar.move_to(at)
        plan = self._plan.entities.get(lead.entity)
        if plan is None:
            self.differences.note(lead, {}, None)
            return
        sold = self._sell(lead, plan, at, since)
        if sold is not None:
            self.differences.note(lead, *sold)

    def _sell(
        self, lead: PastLead, plan: EntityPlan, at: datetime, since: datetime | None
    ) -> tuple[dict[PartnerId, int], Round] | None:
        """Return who takes the lead for how much, and the last round; None while it waits."""
        situation = self._calendar.situation
        taken: dict[PartnerId, int] = {}
        held: list[Held] = []
        has_person = self._partners_having(lead, plan, at)
        while True:
            decision = decide(
                Candidate(lead.values, tuple(held), has_person, lead.suppressed, since),
                plan,
                situation,
                because=Because.RECEIVED,
                n=1,
                config_version=self._plan.version,
                now=at,
            )
            situation.standings.update(decision.standings)
            declined = False
            for selection in decision.selections:
                accepts = not lead.declined_by(selection.seat.partner_id)
                declined |= not accepts
                held.append(_held(selection, accepts=accepts))
                if accepts:
                    taken[selection.seat.partner_id] = self._take_place(selection, lead, at)
            if not declined:
                break
        if decision.wait is not None and not taken:
            self._push(decision.wait.look_at, lead, since or at)
            return None
        return taken, decision.round

    def _take_place(self, selection: Selection, lead: PastLead, at: datetime) -> int:
        seat = selection.seat
        past = lead.at(seat.id)
        price = seat.price_minor
        if past is not None and not past.declined and past.usual_minor == price:
            price = past.price_minor
        for cap in seat.caps:
            self._calendar.situation.used[cap.slot] += price if cap.is_money else cap.amount
        for digest in lead.persons:
            self._had.setdefault(digest, {})[seat.partner_id] = at
        return price

    def _partners_having(
        self, lead: PastLead, plan: EntityPlan, at: datetime
    ) -> frozenset[PartnerId]:
        if not lead.persons or not asks_for_persons(plan):
            return frozenset()
        latest = latest_of(self._had.get(digest, {}) for digest in lead.persons)
        return too_recent(plan, latest, now=at)


def _held(selection: Selection, *, accepts: bool) -> Held:
    profile = selection.line.profile
    return Held(
        profile_id=selection.line.id,
        profile=profile.slug,
        exclusive=profile.exclusive,
        partner_id=selection.seat.partner_id,
        state=State.DELIVERED if accepts else State.REJECTED,
        on_ambiguous=selection.seat.assignment.on_ambiguous,
    )
