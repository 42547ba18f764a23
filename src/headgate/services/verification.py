"""Recounts everything from the rows, and says what contradicts what."""

from collections.abc import Iterator

from headgate.domain.assignments import OnAmbiguous
from headgate.domain.deliveries import State
from headgate.domain.leads import LeadState, lead_state
from headgate.services import audit, setups
from headgate.services.invoices import adding_up
from headgate.services.reports import recounting
from headgate.storage import verification
from headgate.storage.snapshots import snapshot
from headgate.storage.verification import Breach, LeadFacts, Pair


def verify() -> Iterator[Breach]:
    """Give every breach in the database as it is at one moment, also while it is served."""
    with snapshot():
        yield from verification.breaches()
        yield from _wrong_states()
        yield from audit.breaches()
        yield from recounting.breaches()
        yield from adding_up.breaches()
        for pair in verification.exclusive_pairs():
            if not _may_stand_together(pair):
                yield Breach(
                    "exclusive_twice",
                    f"lead {pair.lead_id} is exclusive and stands with two partners, "
                    f"by the deliveries {pair.first_id} and {pair.second_id}",
                )


def _wrong_states() -> Iterator[Breach]:
    for facts in verification.lead_facts():
        expected = _state_of(facts)
        if facts.state == expected:
            continue
        for lead_id in verification.leads_with(facts):
            yield Breach(
                "wrong_state",
                f"lead {lead_id} is {facts.state}, but by its deliveries it should be {expected}",
            )


def _state_of(facts: LeadFacts) -> LeadState:
    """Return the state that the facts lead to; a lead that was routed is not held back."""
    held_back = not facts.has_any
    deliveries = (
        (facts.has_open, State.PENDING),
        (facts.has_delivered, State.DELIVERED),
        (facts.has_unknown, State.UNKNOWN),
        (facts.has_any, State.FAILED),
    )
    return lead_state(
        erased=facts.erased,
        duplicate=held_back and facts.state == LeadState.DUPLICATE,
        quarantined=held_back and facts.state == LeadState.QUARANTINED,
        held=held_back and facts.state == LeadState.HELD,
        decided=facts.decided,
        waiting=facts.waiting,
        deliveries=[state for has, state in deliveries if has],
    )


def _may_stand_together(pair: Pair) -> bool:
    """Tell whether the lead could go on beside the first delivery: by ambiguity alone."""
    if not pair.ambiguous:
        return False
    if not pair.exclusive:
        return True
    seat = setups.at_version(pair.account_id, pair.config_version).seats.get(pair.assignment_id)
    return seat is not None and seat.assignment.on_ambiguous is OnAmbiguous.NEXT
