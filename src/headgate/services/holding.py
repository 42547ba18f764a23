"""What the deliveries that a lead already has mean to its next decision."""

from collections.abc import Iterable, Sequence

from headgate.domain.decision import Held
from headgate.domain.deliveries import State
from headgate.domain.ids import DeliveryId
from headgate.domain.instants import to_milliseconds
from headgate.domain.verdicts import Because
from headgate.services.setups import Setup
from headgate.services.writing import read_rounds
from headgate.storage import deliveries, leads


def held_by(
    setup: Setup, lead: leads.Lead, stored: Sequence[deliveries.Delivery], because: Because
) -> list[Held]:
    """Return what the lead's deliveries mean to the next decision.

    A returned one keeps the lead from being sold again until a person distributes it.
    """
    held = []
    freed = _freed(lead, stored, because)
    for delivery in stored:
        seat = setup.seats.get(delivery.assignment_id)
        held.append(
            Held(
                profile_id=delivery.profile_id,
                profile=setup.profile_slugs[delivery.profile_id],
                exclusive=delivery.exclusive,
                partner_id=delivery.partner_id,
                state=State.REJECTED if delivery.id in freed else State(delivery.state),
                **({"on_ambiguous": seat.assignment.on_ambiguous} if seat else {}),
            )
        )
    return held


def _freed(
    lead: leads.Lead, stored: Iterable[deliveries.Delivery], because: Because
) -> frozenset[DeliveryId]:
    """Return the deliveries that came back before a person distributed the lead again."""
    returned = {
        each.id: to_milliseconds(each.ended_at)
        for each in stored
        if each.state == State.RETURNED and each.ended_at is not None
    }
    if not returned or because is Because.DISTRIBUTED:
        return frozenset(returned)
    rounds = read_rounds(lead.rounds)
    last = max((each.at for each in rounds if each.because is Because.DISTRIBUTED), default=0)
    return frozenset(id for id, ended_at in returned.items() if ended_at <= last)
