"""Leads and deliveries in the shapes of the contract: for people, and for programs."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from headgate.domain.deliveries import STANDARD_PAUSES, State
from headgate.domain.delivery_settings import DeliverySettings, never_fails
from headgate.domain.ids import DeliveryId
from headgate.domain.instants import rfc3339
from headgate.domain.money import format_amount
from headgate.services import feedback_showing, receipts, setups
from headgate.services.feedback_showing import DispositionShown
from headgate.services.receipts import OutcomeShown
from headgate.services.setups import Setup
from headgate.services.writing import read_list, read_values
from headgate.storage import deliveries, leads

MASK = "•••"
_NEVER_SENT = ("inbox", "portal")


class AttemptShown(Struct, frozen=True):
    n: int
    at: str
    channel: str
    outcome: str
    status: int | None
    ms: int | None
    error: str | None
    request: dict[str, Any] | None
    answer: str | None


class DeliveryShown(Struct, frozen=True, kw_only=True):
    """`next_try_at` is there while a try is to come, `parked_at` while its partner is paused.

    Lists leave out the attempts and all `dispositions` but the last.

    `fallback` is 0 at the first of its delivery settings, 1 at the next, and so on. `status` and
    `ms` are those of the last of its `tries`.
    """

    id: str
    lead_id: str
    profile: str
    assignment: str
    partner: str
    channel: str
    fallback: int
    state: str
    price: str
    currency: str
    price_ignored: bool
    test: bool
    created_at: str
    next_try_at: str | None
    parked_at: str | None
    give_up_at: str
    ended_at: str | None
    error: str | None
    tries: int
    most_tries: int
    status: int | None
    ms: int | None
    disposition: DispositionShown | None = None
    dispositions: list[DispositionShown] | UnsetType = UNSET
    attempts: list[AttemptShown] | UnsetType = UNSET


class WaitShown(Struct, frozen=True):
    """Since when a lead waits, when it is looked at next, and when it gives up."""

    since: str
    look_at: str
    until: str


class LeadShown(Struct, frozen=True, kw_only=True):
    """`fields` in the entity's order; what came along without being a field is `extra`.

    `revision` rises with every entry of `history`, in which notes stand too.
    """

    id: str
    entity: str
    state: str
    received_at: str
    outcome: OutcomeShown
    waiting: WaitShown | None
    source: str
    status: str
    assignee: str | None
    test: bool
    fields: dict[str, Any]
    extra: dict[str, Any]
    consent: dict[str, Any]
    note: str | None
    external_id: str | None
    duplicate_of: str | None
    erased_at: str | None
    revision: int
    history: list[Any]
    deliveries: list[DeliveryShown]


def shown_lead(
    setup: Setup,
    lead: leads.Lead,
    shown: list[DeliveryShown],
    made: Sequence[deliveries.Delivery],
    *,
    assignee: str | None,
    in_clear: bool,
) -> LeadShown:
    history = read_list(lead.history)
    return LeadShown(
        id=str(lead.id),
        entity=setup.entity_slugs[lead.entity_id],
        state=lead.state,
        received_at=rfc3339(lead.received_at),
        outcome=receipts.outcome_of(setup, lead, made),
        waiting=_wait(lead),
        source=setup.source_slugs.get(lead.source_id, ""),
        status=lead.status,
        assignee=assignee,
        test=lead.test,
        fields=shown_fields(setup, lead, in_clear=in_clear),
        extra=read_values(lead.extra) if lead.extra else {},
        consent=read_values(lead.consent) if lead.consent else {},
        note=lead.note,
        external_id=lead.external_id,
        duplicate_of=str(lead.duplicate_of) if lead.duplicate_of else None,
        erased_at=rfc3339(lead.erased_at) if lead.erased_at else None,
        revision=len(history),
        history=history,
        deliveries=shown,
    )


def _wait(lead: leads.Lead) -> WaitShown | None:
    if lead.waiting_since is None or lead.look_at is None or lead.wait_until is None:
        return None
    return WaitShown(rfc3339(lead.waiting_since), rfc3339(lead.look_at), rfc3339(lead.wait_until))


def shown_fields(setup: Setup, lead: leads.Lead, *, in_clear: bool) -> dict[str, Any]:
    values = read_values(lead.fields)
    if lead.sealed is not None:
        hidden = read_values(setup.vault.open(lead.sealed))
        values |= hidden if in_clear else dict.fromkeys(hidden, MASK)
    plan = setup.entity_plan(lead.entity_id)
    order = [field.key for field in plan.entity.fields] if plan else []
    return {key: values[key] for key in [*order, *values] if key in values}


def shown_delivery(
    setup: Setup,
    delivery: deliveries.Delivery,
    answers: Mapping[DeliveryId, tuple[int | None, int | None]],
    attempts: list[AttemptShown] | UnsetType = UNSET,
) -> DeliveryShown:
    status, ms = answers.get(delivery.id, (None, None))
    return DeliveryShown(
        id=str(delivery.id),
        lead_id=str(delivery.lead_id),
        profile=setup.profile_slugs[delivery.profile_id],
        assignment=setup.assignment_slugs[delivery.assignment_id],
        partner=setup.partner_slugs[delivery.partner_id],
        channel=delivery.channel,
        fallback=delivery.fallback or 0,
        state=delivery.state,
        price=format_amount(delivery.price_minor, delivery.currency),
        currency=delivery.currency,
        price_ignored=delivery.price_ignored,
        test=delivery.test,
        created_at=rfc3339(delivery.created_at),
        next_try_at=(
            rfc3339(delivery.due_at)
            if delivery.due_at and delivery.state == State.PENDING and not delivery.parked_at
            else None
        ),
        parked_at=rfc3339(delivery.parked_at) if delivery.parked_at else None,
        give_up_at=rfc3339(delivery.give_up_at),
        ended_at=rfc3339(delivery.ended_at) if delivery.ended_at else None,
        error=delivery.error,
        tries=delivery.attempts,
        most_tries=_most_tries(delivery),
        status=status,
        ms=ms,
        attempts=attempts,
    )


def with_attempts(setup: Setup, made: Sequence[deliveries.Delivery]) -> list[DeliveryShown]:
    attempts = deliveries.attempts_of([delivery.id for delivery in made])
    answers = {id: (tried[-1].status, tried[-1].ms) for id, tried in attempts.items() if tried}
    said = feedback_showing.histories(each.id for each in made)
    found = []
    for each in made:
        tried = [_attempt(attempt, each) for attempt in attempts[each.id]]
        told = said.get(each.id, [])
        shown = shown_delivery(setup, each, answers, tried)
        last = told[-1] if told else None
        found.append(replace(shown, disposition=last, dispositions=told))
    return found


def with_last_said(shown: Sequence[DeliveryShown]) -> list[DeliveryShown]:
    """Return the deliveries of a list with what their partners said of them last."""
    said = feedback_showing.latest(DeliveryId(UUID(each.id)) for each in shown)
    return [replace(each, disposition=said.get(DeliveryId(UUID(each.id)))) for each in shown]


def _most_tries(delivery: deliveries.Delivery) -> int:
    """Return how many tries the schedules so far have, if time does not run out before."""
    if delivery.channel in _NEVER_SENT and delivery.fallback is None:
        return 1
    seats = setups.at_version(delivery.account_id, delivery.config_version).seats
    ways = seats[delivery.assignment_id].ways
    return sum(_tries_of(way.settings) for way in ways[: (delivery.fallback or 0) + 1])


def _tries_of(settings: DeliverySettings) -> int:
    if never_fails(settings):
        return 1
    pauses = getattr(settings, "retry_seconds", None)
    return len(STANDARD_PAUSES if pauses is None else pauses) + 1


def _attempt(attempt: deliveries.Attempt, delivery: deliveries.Delivery) -> AttemptShown:
    return AttemptShown(
        n=attempt.n,
        at=rfc3339(attempt.at),
        channel=attempt.channel or delivery.channel,
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
    if request.get("body", "") is None and delivery.body is not None and not delivery.body_sealed:
        request["body"] = delivery.body.decode("utf-8", "replace")
    return request
