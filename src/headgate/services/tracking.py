"""What became of a lead, for people and programs to read."""

from collections.abc import Sequence
from typing import Any, TypeVar

from msgspec import UNSET, Struct, UnsetType

from headgate.domain.deliveries import State
from headgate.domain.ids import AccountId, DeliveryId, LeadId, SourceId
from headgate.domain.money import format_amount
from headgate.services import receipts, setups
from headgate.services.receipts import OutcomeShown, SourceAnswer
from headgate.services.setups import Setup
from headgate.services.writing import read_list, read_values, rfc3339
from headgate.storage import deliveries, leads, lists
from headgate.storage.lists import DeliveryFilter, LeadFilter

MASK = "•••"
_Row = TypeVar("_Row", leads.Lead, deliveries.Delivery)


class AttemptShown(Struct, frozen=True):
    n: int
    at: str
    outcome: str
    status: int | None
    ms: int | None
    error: str | None
    request: dict[str, Any] | None
    answer: str | None


class DeliveryShown(Struct, frozen=True, kw_only=True):
    """`next_try_at` is there while a try is to come; lists leave the attempts out."""

    id: str
    lead_id: str
    profile: str
    assignment: str
    partner: str
    channel: str
    state: str
    price: str
    currency: str
    price_ignored: bool
    test: bool
    created_at: str
    next_try_at: str | None
    give_up_at: str
    ended_at: str | None
    error: str | None
    tries: int
    attempts: list[AttemptShown] | UnsetType = UNSET


class LeadShown(Struct, frozen=True, kw_only=True):
    """`fields` in the entity's order; what came along without being a field is `extra`."""

    id: str
    entity: str
    state: str
    received_at: str
    outcome: OutcomeShown
    source: str
    status: str
    test: bool
    fields: dict[str, Any]
    extra: dict[str, Any]
    consent: dict[str, Any]
    note: str | None
    external_id: str | None
    duplicate_of: str | None
    history: list[Any]
    deliveries: list[DeliveryShown]


class LeadPage(Struct, frozen=True):
    items: list[LeadShown]
    next: str | None


class DeliveryPage(Struct, frozen=True):
    items: list[DeliveryShown]
    next: str | None


def show_lead(*, account_id: AccountId, lead_id: LeadId, in_clear: bool) -> LeadShown:
    """Return a lead with its deliveries and attempts; encrypted values unless `in_clear` as `•••`.

    :raises LeadNotFound:
    """
    setup = setups.in_force(account_id)
    lead = leads.get(account_id, lead_id)
    made = deliveries.of_leads([lead_id])[lead_id]
    return _lead(setup, lead, _with_attempts(setup, made), made, in_clear=in_clear)


def show_own_lead(*, account_id: AccountId, source_id: SourceId, lead_id: LeadId) -> SourceAnswer:
    """Return a lead as its source may see it.

    :raises LeadNotFound: there is none, or another source sent it.
    """
    lead = leads.get(account_id, lead_id)
    if lead.source_id != source_id:
        raise leads.LeadNotFound(f"there is no lead {lead_id}")
    made = deliveries.of_leads([lead_id])[lead_id]
    return receipts.source_answer(setups.in_force(account_id), lead, made)


def list_leads(
    *,
    account_id: AccountId,
    wanted: LeadFilter,
    before: LeadId | None,
    limit: int,
    in_clear: bool,
) -> LeadPage:
    setup = setups.in_force(account_id)
    rows = lists.list_leads(account_id, wanted, before=before, limit=limit + 1)
    made = deliveries.of_leads([lead.id for lead in rows[:limit]])
    items = []
    for lead in rows[:limit]:
        mine = [_delivery(setup, each) for each in made[lead.id]]
        items.append(_lead(setup, lead, mine, made[lead.id], in_clear=in_clear))
    return LeadPage(items, _next(rows, limit))


def show_delivery(*, account_id: AccountId, delivery_id: DeliveryId) -> DeliveryShown:
    """Return a delivery with its attempts.

    :raises DeliveryNotFound:
    """
    setup = setups.in_force(account_id)
    return _with_attempts(setup, [deliveries.get(account_id, delivery_id)])[0]


def list_deliveries(
    *, account_id: AccountId, wanted: DeliveryFilter, before: DeliveryId | None, limit: int
) -> DeliveryPage:
    setup = setups.in_force(account_id)
    rows = lists.list_deliveries(account_id, wanted, before=before, limit=limit + 1)
    return DeliveryPage([_delivery(setup, each) for each in rows[:limit]], _next(rows, limit))


def _next(rows: Sequence[_Row], limit: int) -> str | None:
    """Return the cursor of the page after this one; a row more than shown says there is one."""
    return str(rows[limit - 1].id) if len(rows) > limit else None


def _lead(
    setup: Setup,
    lead: leads.Lead,
    shown: list[DeliveryShown],
    made: Sequence[deliveries.Delivery],
    *,
    in_clear: bool,
) -> LeadShown:
    return LeadShown(
        id=str(lead.id),
        entity=setup.entity_slugs[lead.entity_id],
        state=lead.state,
        received_at=rfc3339(lead.received_at),
        outcome=receipts.outcome_of(setup, lead, made),
        source=setup.source_slugs.get(lead.source_id, ""),
        status=lead.status,
        test=lead.test,
        fields=_fields(setup, lead, in_clear=in_clear),
        extra=read_values(lead.extra) if lead.extra else {},
        consent=read_values(lead.consent) if lead.consent else {},
        note=lead.note,
        external_id=lead.external_id,
        duplicate_of=str(lead.duplicate_of) if lead.duplicate_of else None,
        history=read_list(lead.history),
        deliveries=shown,
    )


def _fields(setup: Setup, lead: leads.Lead, *, in_clear: bool) -> dict[str, Any]:
    values = read_values(lead.fields)
    if lead.sealed is not None:
        hidden = read_values(setup.vault.open(lead.sealed))
        values |= hidden if in_clear else dict.fromkeys(hidden, MASK)
    plan = setup.entity_plan(lead.entity_id)
    order = [field.key for field in plan.entity.fields] if plan else []
    return {key: values[key] for key in [*order, *values] if key in values}


def _delivery(
    setup: Setup,
    delivery: deliveries.Delivery,
    attempts: list[AttemptShown] | UnsetType = UNSET,
) -> DeliveryShown:
    return DeliveryShown(
        id=str(delivery.id),
        lead_id=str(delivery.lead_id),
        profile=setup.profile_slugs[delivery.profile_id],
        assignment=setup.assignment_slugs[delivery.assignment_id],
        partner=setup.partner_slugs[delivery.partner_id],
        channel=delivery.channel,
        state=delivery.state,
        price=format_amount(delivery.price_minor, delivery.currency),
        currency=delivery.currency,
        price_ignored=delivery.price_ignored,
        test=delivery.test,
        created_at=rfc3339(delivery.created_at),
        next_try_at=(
            rfc3339(delivery.due_at)
            if delivery.due_at and delivery.state == State.PENDING
            else None
        ),
        give_up_at=rfc3339(delivery.give_up_at),
        ended_at=rfc3339(delivery.ended_at) if delivery.ended_at else None,
        error=delivery.error,
        tries=delivery.attempts,
        attempts=attempts,
    )


def _with_attempts(setup: Setup, made: Sequence[deliveries.Delivery]) -> list[DeliveryShown]:
    attempts = deliveries.attempts_of([delivery.id for delivery in made])
    return [
        _delivery(
            setup, delivery, [_attempt(attempt, delivery) for attempt in attempts[delivery.id]]
        )
        for delivery in made
    ]


def _attempt(attempt: deliveries.Attempt, delivery: deliveries.Delivery) -> AttemptShown:
    return AttemptShown(
        n=attempt.n,
        at=rfc3339(attempt.at),
        outcome=attempt.outcome,
        status=attempt.status,
        ms=attempt.ms,
        error=attempt.error,
        request=_request(attempt, delivery),
        answer=attempt.answer,
    )


def _request(attempt: deliveries.Attempt, delivery: deliveries.Delivery) -> dict[str, Any] | None:
    """Return the request as it may be seen; a body without hidden values is kept once only."""
    if attempt.request is None:
        return None
    request = read_values(attempt.request)
    if request.get("body") is None and delivery.body is not None and not delivery.body_sealed:
        request["body"] = delivery.body.decode("utf-8", "replace")
    return request
