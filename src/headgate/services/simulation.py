"""What would happen to a lead: a dry run that takes no place, moves no turn and writes no row."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from headgate.channels.contract import Sent
from headgate.domain.cap_slots import SeatCap
from headgate.domain.decision import Selection, Situation, decide
from headgate.domain.explanation import Explanation, explain
from headgate.domain.ids import AccountId, DeliveryId, LeadId
from headgate.domain.leads import LeadState
from headgate.domain.money import format_amount
from headgate.domain.sources import OnDuplicate
from headgate.domain.suppressions import NOT_SUPPRESSED
from headgate.domain.verdicts import Because, Round
from headgate.services import batches, breakers, persons, routing, setups
from headgate.services.crowd import Crowd
from headgate.services.errands import errand_of
from headgate.services.identity import passing_id
from headgate.services.preparing import prepare
from headgate.services.screening import Screen
from headgate.services.setups import Setup
from headgate.services.submissions import Admitted, Submission, UnknownEntity, admit
from headgate.services.ways import first_up, seats_down
from headgate.storage import caps, leads, turns
from headgate.storage.deliveries import Delivery
from headgate.storage.health import Key
from headgate.storage.keys import Caller, KeyScope


class SimulatedRequest(Struct, frozen=True):
    """What would be sent by a fall-back, if those before it failed."""

    channel: str
    request: dict[str, Any] | None
    error: str | None


class SimulatedDelivery(Struct, frozen=True):
    """`request` is None where nothing would be sent: to an inbox or a portal, or for `error`."""

    profile: str
    assignment: str
    partner: str
    channel: str
    price: str
    currency: str
    request: dict[str, Any] | None
    error: str | None
    fallbacks: list[SimulatedRequest]


class Simulation(Struct, frozen=True):
    """`state` is the lead's, just stored; `reason` says why it would not be decided."""

    state: str
    reason: str | None
    duplicate_of: str | None
    decision: Explanation
    deliveries: list[SimulatedDelivery]


def simulate_lead(*, account_id: AccountId, submission: Submission, now: datetime) -> Simulation:
    """Decide a lead as if it came at `now`, and render what its partners would be sent.

    :raises UnknownEntity, UnknownSource, Flawed:
    """
    return _simulated(setups.in_force(account_id), submission, now=now)


def simulate_drafted(*, setup: Setup, submission: Submission, now: datetime) -> Simulation:
    """Decide a lead by a set-up that may be a draft.

    :raises UnknownEntity, UnknownSource, Flawed:
    """
    return _simulated(setup, submission, now=now)


def simulate_again(*, setup: Setup, lead_id: LeadId, now: datetime) -> Simulation:
    """Decide a stored lead as if it came now for the first time; the set-up may be a draft.

    :raises LeadNotFound, UnknownEntity: it is erased, or its entity is no longer there.
    :raises Flawed: the entity's fields are others now, and the lead would be refused.
    """
    lead = leads.get(setup.account.id, lead_id)
    if lead.erased_at is not None:
        raise leads.LeadNotFound(f"the lead {lead_id} is erased")
    return _simulated(setup, _submitted_again(setup, lead, now), is_first=True, now=now)


def _submitted_again(setup: Setup, lead: leads.Lead, now: datetime) -> Submission:
    """Return the lead as its source might send it now; what its entity lost is left out."""
    entity = setup.configuration.entity(setup.entity_slugs.get(lead.entity_id, ""))
    if entity is None:
        raise UnknownEntity("the lead's entity is archived")
    values = persons.whole_values(setup, lead)
    source = setup.source_slugs.get(lead.source_id)
    return Submission(
        id=LeadId(passing_id(now)),
        caller="",
        entity=entity.slug,
        fields={key: value for key, value in values.items() if entity.field(key) is not None},
        received_at=now,
        status=lead.status if lead.status in entity.statuses else None,
        source=source if source and setup.source(entity.slug, source) else None,
        on_duplicate=OnDuplicate.ALLOW,
    )


def _simulated(
    setup: Setup, submission: Submission, *, is_first: bool = False, now: datetime
) -> Simulation:
    anybody = Caller(setup.account.id, KeyScope.ADMIN)
    admitted = admit(submission, anybody, setup)
    if admitted.refusal is not None:
        raise admitted.refusal
    clear, hidden = batches.parted(admitted)
    lead = batches.new_lead(admitted, clear, hidden, now=now)
    crowd = Crowd(setup, [admitted], now=now)
    lead.duplicate_of = crowd.earlier_lead(admitted)
    suppressed = Screen(setup).look_up(batches.people_of([admitted]))
    situation = situation_at(setup, now)
    _judge(lead, admitted, setup.plan.source_caps.get(admitted.source_id, ()), situation)
    rounds: list[Round] = []
    selections: Sequence[Selection] = ()
    if lead.state == LeadState.RECEIVED:
        seen = routing.candidate(
            setup,
            lead,
            clear,
            has_person=() if is_first else crowd.partners_having(admitted),
            suppressed=suppressed.get(lead.id, NOT_SUPPRESSED),
        )
        decision = decide(
            seen,
            admitted.plan,
            situation,
            because=Because.RECEIVED,
            n=1,
            config_version=setup.version,
            now=now,
        )
        rounds, selections = [decision.round], decision.selections
        lead.state = _state(waits=decision.wait is not None, selected=bool(selections))
    return Simulation(
        state=lead.state,
        reason=lead.reason,
        duplicate_of=str(lead.duplicate_of) if lead.duplicate_of else None,
        decision=explain(
            rounds,
            lambda _version: setup.configuration,
            submission.entity,
            {},
        ),
        deliveries=_deliveries(setup, lead, selections, now),
    )


def situation_at(setup: Setup, now: datetime) -> Situation:
    """Return what a decision of this moment depends on; nothing is locked."""
    plan, windows = setup.plan, setup.windows_at(now)
    wanted = {number: (slot, windows[number]) for number, slot in enumerate(plan.slots)}
    used = caps.used_of(setup.account.id, wanted, now=now)
    profile_ids = [line.id for entity in plan.entities.values() for line in entity.lines]
    return Situation(
        used=[used[number] for number in range(len(plan.slots))],
        resets_at=[window.end for window in windows],
        standings=turns.find_many(profile_ids),
        closed=setup.closed_at(now),
        down=seats_down(setup, breakers.find_down(setup.account.id)),
    )


def _judge(
    lead: leads.Lead, admitted: Admitted, source_caps: Sequence[SeatCap], situation: Situation
) -> None:
    """Say of a lead that would not be decided why, as `intake` does."""
    duplicate = lead.duplicate_of is not None
    if duplicate and admitted.source.on_duplicate is not OnDuplicate.FLAG:
        lead.state, lead.reason = LeadState.DUPLICATE, "duplicate"
    elif admitted.flaws:
        lead.state, lead.reason = LeadState.QUARANTINED, "invalid_fields"
    elif not all(cap.has_room(situation.used) for cap in source_caps):
        lead.state, lead.reason = LeadState.QUARANTINED, "source_cap"
    elif not admitted.submission.distribute:
        lead.state = LeadState.HELD


def _state(*, waits: bool, selected: bool) -> LeadState:
    if selected:
        return LeadState.IN_DELIVERY
    return LeadState.WAITING if waits else LeadState.UNMATCHED


def _deliveries(
    setup: Setup, lead: leads.Lead, selections: Sequence[Selection], now: datetime
) -> list[SimulatedDelivery]:
    down = breakers.find_down(setup.account.id) if selections else {}
    return [_delivery(setup, lead, each, down, now) for each in selections]


def _delivery(
    setup: Setup, lead: leads.Lead, selection: Selection, down: Collection[Key], now: datetime
) -> SimulatedDelivery:
    seat = selection.seat
    first = first_up(seat, down) or 0
    delivery, sent = _request(setup, lead, selection, first, now)
    later = range(first + 1, len(seat.ways)) if delivery.channel == sent.channel else ()
    return SimulatedDelivery(
        profile=selection.line.profile.slug,
        assignment=seat.assignment.slug,
        partner=seat.partner.slug,
        channel=sent.channel,
        price=format_amount(delivery.price_minor, delivery.currency),
        currency=delivery.currency,
        request=sent.request,
        error=sent.error,
        fallbacks=[_request(setup, lead, selection, way, now)[1] for way in later],
    )


def _request(
    setup: Setup, lead: leads.Lead, selection: Selection, way: int, now: datetime
) -> tuple[Delivery, SimulatedRequest]:
    delivery = routing.new_delivery(
        setup, lead, selection, (), way=way, id=DeliveryId(passing_id(now)), now=now
    )
    ready = prepare(errand_of(delivery, lead, setup=setup), now=now)
    request, error = (None, ready.error) if isinstance(ready, Sent) else (dict(ready.shown), None)
    return delivery, SimulatedRequest(delivery.channel, request, error)
