"""A lead finds its partner: decide, then reserve, in the transaction of the caller."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from headgate.domain.decision import Candidate, Decision, Held, Selection
from headgate.domain.deliveries import State
from headgate.domain.delivery_settings import Inbox, channel_name
from headgate.domain.digests import next_digest
from headgate.domain.ids import DeliveryId, LeadId, PartnerId, ProfileId
from headgate.domain.instants import rfc3339
from headgate.domain.leads import LeadState, lead_state
from headgate.domain.matching import EntityPlan
from headgate.domain.partners import OnTestLead
from headgate.domain.suppressions import NOT_SUPPRESSED, Suppressed
from headgate.domain.verdicts import Because
from headgate.services import holding, persons
from headgate.services.board import Board, Place, write_places
from headgate.services.events import noting
from headgate.services.identity import fresh_id
from headgate.services.setups import Setup
from headgate.services.ways import awaits_partner, digest_key_of, digest_of
from headgate.services.writing import read_rounds, read_values, write_json
from headgate.storage import deliveries, leads

# How many first sends of this process may be under way before deliveries wait to be claimed.
MOST_FIRST_SENDS = 512
MOST_WAITING_AT_ONCE = 2_000


class Revisited(msgspec.Struct, frozen=True):
    """The leads that were decided again, and the deliveries that this made."""

    leads: list[leads.Lead]
    deliveries: list[deliveries.Delivery]


class Leases:
    """How many deliveries this process's dispatcher may get now.

    `at_partner` counts what is being sent to each partner, of `most_at_partner` at once. What is
    `denied` is left to be claimed; `on_denial` hears of it while that is being written.
    """

    def __init__(
        self,
        free: int,
        at_partner: Mapping[PartnerId, int] | None = None,
        *,
        most_at_partner: int | None = None,
        on_denial: Callable[[], None] | None = None,
    ) -> None:
        self._free = free
        self._at_partner = Counter(at_partner)
        self._most_at_partner = most_at_partner
        self._on_denial = on_denial
        self.denied = False

    def take(self, partner_id: PartnerId) -> bool:
        most = self._most_at_partner
        if self._free <= 0 or (most is not None and self._at_partner[partner_id] >= most):
            self.denied = True
            if self._on_denial is not None:
                self._on_denial()
            return False
        self._free -= 1
        self._at_partner[partner_id] += 1
        return True


def candidate(
    setup: Setup,
    lead: leads.Lead,
    values: Mapping[str, Any],
    *,
    held: Sequence[Held] = (),
    has_person: Iterable[PartnerId] = (),
    suppressed: Suppressed = NOT_SUPPRESSED,
) -> Candidate:
    """Return the lead as a decision sees it; encrypted fields are not part of that."""
    return Candidate(
        values={
            **values,
            "status": lead.status,
            "source": setup.source_slugs.get(lead.source_id, ""),
            "received_at": rfc3339(lead.received_at),
        },
        held=tuple(held),
        has_person=frozenset(has_person),
        suppressed=suppressed,
        waiting_since=lead.waiting_since,
    )


def reserve(
    board: Board, lead: leads.Lead, decision: Decision, leases: Leases
) -> list[deliveries.Delivery]:
    """Take the places of a decision and make its deliveries; the lead's row is updated in place."""
    places = [[] for _ in decision.selections] if lead.test else board.settle(decision)
    made = [
        new_delivery(
            board.setup,
            lead,
            selection,
            taken,
            way=board.first_way(selection.seat),
            id=DeliveryId(fresh_id(board.now)),
            now=board.now,
        )
        for selection, taken in zip(decision.selections, places, strict=True)
    ]
    for delivery in made:
        _lease(delivery, leases, now=board.now)
    _write_wait(lead, decision, now=board.now)
    lead.rounds = lead.rounds.removesuffix("]") + ("," if len(lead.rounds) > 2 else "")
    lead.rounds += write_json(decision.round) + "]"
    return made


def state_of(lead: leads.Lead, states: Iterable[str]) -> LeadState:
    """Return the state of a lead with these deliveries, from what its row says now."""
    return lead_state(
        erased=lead.erased_at is not None,
        duplicate=lead.state == LeadState.DUPLICATE,
        quarantined=lead.state == LeadState.QUARANTINED,
        held=lead.state == LeadState.HELD,
        decided=len(lead.rounds) > 2,
        waiting=lead.look_at is not None,
        deliveries=[State(state) for state in states],
    )


def decide_again(
    board: Board,
    lead: leads.Lead,
    stored: Sequence[deliveries.Delivery],
    *,
    because: Because,
    leases: Leases,
) -> list[deliveries.Delivery]:
    """Make the lead's next round and return its new deliveries; the lead's row is updated.

    A wait that goes on unchanged leaves no round behind.
    """
    plan = board.setup.entity_plan(lead.entity_id)
    made: list[deliveries.Delivery] = []
    if plan is not None:
        held = holding.held_by(board.setup, lead, stored, because)
        seen = candidate(
            board.setup,
            lead,
            read_values(lead.fields),
            held=held,
            has_person=persons.partners_having(board.setup, plan, lead, now=board.now),
            suppressed=board.screen.look_up_stored(plan.entity, lead),
        )
        if because is Because.STATUS_CHANGED:
            seen = replace(seen, passed_over=_not_started(plan, held))
        n = len(read_rounds(lead.rounds)) + 1
        decision = board.decide(seen, plan, because=because, n=n)
        if because is Because.WAIT_OVER and decision.wait and not decision.selections:
            _write_wait(lead, decision, now=board.now)
        else:
            made = reserve(board, lead, decision, leases)
    lead.state = state_of(lead, [each.state for each in [*stored, *made]])
    return made


def _not_started(plan: EntityPlan, held: Iterable[Held]) -> frozenset[ProfileId]:
    """Return the profiles that a changed status does not start, because somebody has the lead.

    Those that read the status may add to who has it; the others had their chance before.
    """
    if not any(each.holds_the_lead for each in held):
        return frozenset()
    return frozenset(line.id for line in plan.lines if not line.reads_status)


def revisit_waiting(board: Board, leases: Leases) -> Revisited:
    """Decide the waiting leads that are due, the oldest first."""
    due = leads.due_waiting(board.setup.account.id, now=board.now, limit=MOST_WAITING_AT_ONCE)
    if not due:
        return Revisited([], [])
    return revisit(board, dict.fromkeys(due, Because.WAIT_OVER), leases)


def revisit(board: Board, reasons: Mapping[LeadId, Because], leases: Leases) -> Revisited:
    """Lock these leads and make the next round of each, in the given order; rows are written."""
    stored = leads.lock(reasons)
    had = deliveries.of_leads(reasons)
    before = {lead.id: lead.state for lead in stored.values()}
    made: list[deliveries.Delivery] = []
    for lead_id, because in reasons.items():
        lead = stored.get(lead_id)
        if lead is not None:
            made += decide_again(board, lead, had[lead_id], because=because, leases=leases)
    leads.save_decided(list(stored.values()))
    deliveries.add(made)
    # One that goes to a partner says nothing yet, so what it had is all there is to tell.
    noting.note_changes(board.setup, stored.values(), before=before, made=had, now=board.now)
    return Revisited(list(stored.values()), made)


def _write_wait(lead: leads.Lead, decision: Decision, *, now: datetime) -> None:
    wait = decision.wait
    lead.look_at = wait.look_at if wait else None
    lead.wait_until = wait.until if wait else None
    lead.waiting_since = (lead.waiting_since or now) if wait else None


def new_delivery(
    setup: Setup,
    lead: leads.Lead,
    selection: Selection,
    places: Sequence[Place],
    *,
    way: int,
    id: DeliveryId,
    now: datetime,
) -> deliveries.Delivery:
    """Return the delivery of a selection, pending until somebody claims it.

    It goes by the delivery settings of that number: 0 is the first.
    """
    seat, profile = selection.seat, selection.line.profile
    to_inbox = lead.test and seat.partner.test_leads is OnTestLead.INBOX
    settings = Inbox() if to_inbox else seat.ways[way].settings
    digest = digest_of(settings)
    begins_at = now if digest is None else next_digest(digest, seat.zone, now)
    give_up_at = begins_at + timedelta(minutes=profile.give_up_minutes)
    return deliveries.Delivery(
        id=id,
        account_id=lead.account_id,
        lead_id=lead.id,
        profile_id=selection.line.id,
        assignment_id=seat.id,
        partner_id=seat.partner_id,
        channel=channel_name(settings),
        state=State.PENDING,
        test=lead.test,
        exclusive=profile.exclusive,
        config_version=setup.version,
        price_minor=seat.price_minor,
        currency=setup.currency,
        placed_at=now,
        holds_place=not lead.test,
        places=write_places(places),
        created_at=now,
        due_at=give_up_at if awaits_partner(settings) else begins_at,
        give_up_at=give_up_at,
        lease=0,
        timeout_seconds=getattr(settings, "timeout_seconds", 15),
        digest_key=(
            None
            if digest is None
            else digest_key_of(lead, seat.partner_id, seat.ways[way], at=begins_at)
        ),
        fallback=way or None,
    )


def _lease(delivery: deliveries.Delivery, leases: Leases, *, now: datetime) -> None:
    """Hand a delivery that is due at once to this process, if it may have it."""
    if delivery.due_at == now and leases.take(delivery.partner_id):
        delivery.state, delivery.lease = State.SENDING, 1
        delivery.due_at = deliveries.lease_end(delivery, now=now)
