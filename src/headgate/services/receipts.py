"""The answer that a stored lead gets: to staff with its deliveries, to a source without them."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from headgate.domain.deliveries import State
from headgate.domain.instants import rfc3339
from headgate.domain.leads import LeadState, sold
from headgate.domain.money import format_amount
from headgate.domain.sources import CostPer
from headgate.services.setups import Setup
from headgate.storage.deliveries import Delivery
from headgate.storage.leads import Lead


class OutcomeShown(Struct, frozen=True):
    """What the source wants to know. `sold` is None while the lead can still be sold."""

    sold: bool | None
    payout: str | None
    currency: str
    redirect_url: str | None
    reason: str | None


class SourceAnswer(Struct, frozen=True):
    id: str
    entity: str
    state: str
    received_at: str
    outcome: OutcomeShown


class DeliveryAnswer(Struct, frozen=True):
    id: str
    profile: str
    assignment: str
    partner: str
    state: str
    price: str
    currency: str


class StaffAnswer(Struct, frozen=True):
    id: str
    entity: str
    state: str
    received_at: str
    outcome: OutcomeShown
    deliveries: list[DeliveryAnswer]


def source_answer(setup: Setup, lead: Lead, made: Sequence[Delivery]) -> SourceAnswer:
    return SourceAnswer(
        id=str(lead.id),
        entity=setup.entity_slugs[lead.entity_id],
        state=lead.state,
        received_at=rfc3339(lead.received_at),
        outcome=outcome_of(setup, lead, made),
    )


def staff_answer(
    setup: Setup, lead: Lead, made: Sequence[Delivery], *, just_selected: bool
) -> StaffAnswer:
    """`just_selected` deliveries stand as they were committed: selected, no try begun."""
    return StaffAnswer(
        id=str(lead.id),
        entity=setup.entity_slugs[lead.entity_id],
        state=lead.state,
        received_at=rfc3339(lead.received_at),
        outcome=outcome_of(setup, lead, made),
        deliveries=[
            DeliveryAnswer(
                id=str(delivery.id),
                profile=setup.profile_slugs[delivery.profile_id],
                assignment=setup.assignment_slugs[delivery.assignment_id],
                partner=setup.partner_slugs[delivery.partner_id],
                state=State.PENDING if just_selected else delivery.state,
                price=format_amount(delivery.price_minor, delivery.currency),
                currency=delivery.currency,
            )
            for delivery in made
        ],
    )


def outcome_of(setup: Setup, lead: Lead, made: Iterable[Delivery]) -> OutcomeShown:
    is_sold = sold(LeadState(lead.state), [State(each.state) for each in made])
    return OutcomeShown(
        sold=is_sold,
        payout=_payout(setup, lead, is_sold=is_sold),
        currency=setup.currency,
        redirect_url=lead.redirect_url,
        reason=_reason(lead),
    )


def _payout(setup: Setup, lead: Lead, *, is_sold: bool | None) -> str | None:
    """Return what the source gets for the lead, None while or where that is nothing."""
    entity = setup.entity_slugs[lead.entity_id]
    source = setup.configuration.source(entity, setup.source_slugs.get(lead.source_id, ""))
    if source is None or not source.cost_minor or lead.test:
        return None
    earned = {
        CostPer.RECEIVED: True,
        CostPer.ACCEPTED: lead.accepted,
        CostPer.SOLD: is_sold is True,
    }
    return format_amount(source.cost_minor, setup.currency) if earned[source.cost_per] else None


def _reason(lead: Lead) -> str | None:
    if lead.reason is not None:
        return lead.reason
    unsold = (LeadState.DUPLICATE, LeadState.UNMATCHED, LeadState.UNDELIVERED)
    return lead.state if lead.state in unsold else None
