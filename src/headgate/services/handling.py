"""What a person does to a delivery: each act in one transaction, with all that follows from it."""

from datetime import datetime, timedelta

from django.db import transaction

from headgate.domain.deliveries import OPEN, Outcome, State, Step, cancelled, resolved
from headgate.domain.delivery_settings import channel_name
from headgate.domain.ids import AccountId, DeliveryId
from headgate.domain.seats import Seat
from headgate.domain.verdicts import CAP, Because
from headgate.services import breakers
from headgate.services.board import write_places
from headgate.services.errands import Errand, errand_of, errands_of
from headgate.services.falling_back import let_go_of_body, makes_the_same_body
from headgate.services.routing import Leases
from headgate.services.settling import Settling
from headgate.services.ways import awaits_partner, digest_key_of, digest_of, first_up
from headgate.storage import deliveries, leads

_HOLD_THE_LEAD = OPEN | {State.DELIVERED, State.RETURNED, State.UNKNOWN}


class NotInThisState(Exception):
    """The state of the lead or the delivery does not allow it; `slug` is a word for programs."""

    def __init__(self, slug: str, message: str) -> None:
        self.slug = slug
        super().__init__(message)


def retry_delivery(
    *, account_id: AccountId, delivery_id: DeliveryId, leases: Leases, now: datetime
) -> list[Errand]:
    """Try an unknown or failed delivery afresh, or send a delivered one again.

    Either is due at once; one that is sent again stays delivered.

    :raises DeliveryNotFound, NotInThisState:
    """
    with transaction.atomic():
        settling, delivery = _hold(account_id, delivery_id, leases, now)
        make_due(settling, delivery)
        return _finish(settling)


def resolve_delivery(
    *,
    account_id: AccountId,
    delivery_id: DeliveryId,
    outcome: Outcome,
    leases: Leases,
    now: datetime,
) -> list[Errand]:
    """Settle an unknown delivery by a person's word.

    :raises DeliveryNotFound, NotInThisState, NotSettled:
    """
    with transaction.atomic():
        settling, delivery = _hold(account_id, delivery_id, leases, now)
        _want(delivery, "resolved", State.UNKNOWN)
        settling.apply(delivery, resolved(outcome), because=Because.RESOLVED)
        return _finish(settling)


def cancel_delivery(
    *, account_id: AccountId, delivery_id: DeliveryId, leases: Leases, now: datetime
) -> list[Errand]:
    """End a pending or unknown delivery; its lead goes to nobody instead.

    :raises DeliveryNotFound, NotInThisState:
    """
    with transaction.atomic():
        settling, delivery = _hold(account_id, delivery_id, leases, now)
        _want(delivery, "cancelled", State.PENDING, State.UNKNOWN)
        settling.apply(delivery, cancelled())
        return _finish(settling)


def accept_delivery(
    *, account_id: AccountId, delivery_id: DeliveryId, leases: Leases, now: datetime
) -> list[Errand]:
    """Have the partner take a lead of its portal.

    :raises DeliveryNotFound, NotInThisState:
    """
    with transaction.atomic():
        settling, delivery = _hold(account_id, delivery_id, leases, now)
        _want_awaited(settling, delivery, "accepted")
        _note(delivery, Outcome.DELIVERED, None, now=now)
        settling.apply(delivery, Step(State.DELIVERED, charge=True))
        return _finish(settling)


def reject_delivery(
    *,
    account_id: AccountId,
    delivery_id: DeliveryId,
    reason: str | None,
    leases: Leases,
    now: datetime,
) -> list[Errand]:
    """Have the partner refuse a lead of its portal, which goes on to the next in line.

    :raises DeliveryNotFound, NotInThisState:
    """
    with transaction.atomic():
        settling, delivery = _hold(account_id, delivery_id, leases, now)
        _want_awaited(settling, delivery, "rejected")
        _note(delivery, Outcome.REFUSED, reason, now=now)
        settling.apply(delivery, Step(State.REJECTED, release_place=True, next_in_line=True))
        return _finish(settling)


def make_due(settling: Settling, delivery: deliveries.Delivery) -> None:
    """Have a delivery tried afresh, or sent again; a refusal leaves it untouched.

    :raises NotInThisState:
    """
    _want(delivery, "retried", State.UNKNOWN, State.FAILED, State.DELIVERED)
    if settling.leads[delivery.lead_id].erased_at is not None:
        raise NotInThisState("lead_erased", "the lead was erased; there is nothing to send")
    if delivery.state == State.DELIVERED:
        _send_again(settling, delivery)
        return
    seat = settling.setup.seats.get(delivery.assignment_id)
    if seat is not None and seat.partner_id != delivery.partner_id:
        seat = None
    if delivery.state == State.FAILED:
        _take_places_anew(settling, delivery, seat)
    _begin_afresh(settling, delivery, seat)


def _send_again(settling: Settling, delivery: deliveries.Delivery) -> None:
    """Make a delivered one due, unless it is already being sent again."""
    if delivery.due_at is None:
        delivery.due_at = settling.now
        settling.touch(delivery)
        _begin_letter(delivery, errand_of(delivery, settling.leads[delivery.lead_id]), settling.now)
        deliveries.save_renewed(delivery)


def _hold(
    account_id: AccountId, delivery_id: DeliveryId, leases: Leases, now: datetime
) -> tuple[Settling, deliveries.Delivery]:
    lead_id = deliveries.get(account_id, delivery_id).lead_id
    settling = Settling(account_id, [lead_id], uses_caps=True, leases=leases, now=now)
    return settling, settling.deliveries[delivery_id]


def _finish(settling: Settling) -> list[Errand]:
    settled = settling.finish()
    return errands_of(settled.deliveries, settled.leads)


def _want(delivery: deliveries.Delivery, act: str, *states: State) -> None:
    if delivery.state not in states:
        allowed = " or ".join(states)
        message = f"the delivery is {delivery.state}; only one that is {allowed} can be {act}"
        raise NotInThisState("wrong_state", message)


def _want_awaited(settling: Settling, delivery: deliveries.Delivery, act: str) -> None:
    """Check that the partner's answer is being waited for."""
    _want(delivery, act, State.PENDING)
    settings = errand_of(delivery, settling.leads[delivery.lead_id]).settings
    if not awaits_partner(settings):
        message = f"a {delivery.channel} delivery is not {act} by the partner in its portal"
        raise NotInThisState("not_awaited", message)


def _note(
    delivery: deliveries.Delivery, outcome: Outcome, error: str | None, *, now: datetime
) -> None:
    """Record what the partner said as the delivery's one attempt."""
    delivery.attempts += 1
    delivery.first_attempt_at = delivery.first_attempt_at or now
    delivery.error = error
    attempt = deliveries.Attempt(
        delivery.id,
        delivery.attempts,
        now,
        outcome,
        status=None,
        ms=None,
        error=error,
        request=None,
        answer=None,
        channel=delivery.channel,
    )
    deliveries.add_attempts([attempt])


def _take_places_anew(settling: Settling, delivery: deliveries.Delivery, seat: Seat | None) -> None:
    """Take the places of the seat as it is now, at its price of now.

    :raises NotInThisState: the seat is gone, somebody else has the lead, or a cap is full.
    """
    if seat is None:
        message = "its assignment or profile is no longer in force; distribute the lead instead"
        raise NotInThisState("assignment_gone", message)
    for other in settling.others(delivery):
        if other.state in _HOLD_THE_LEAD and (other.exclusive or delivery.exclusive):
            message = f"delivery {other.id} holds the lead, which is exclusive"
            raise NotInThisState("lead_taken", message)
    board = settling.board
    if delivery.test or board is None:
        return
    seat = board.priced(seat)
    if lacking := board.lacking(seat.caps):
        if lacking & CAP:
            message = "a cap of the assignment, its partner or its profile has no room"
            raise NotInThisState("cap_reached", message)
        raise NotInThisState("no_balance", "the partner's balance does not cover the price")
    delivery.price_minor, delivery.price_ignored = seat.price_minor, False
    delivery.places = write_places(board.take(seat.caps))
    delivery.placed_at, delivery.holds_place = settling.now, True


def _begin_afresh(settling: Settling, delivery: deliveries.Delivery, seat: Seat | None) -> None:
    """Make it due with all its tries and time, under the set-up in force where its seat stands."""
    lead, now = settling.leads[delivery.lead_id], settling.now
    lead.look_at = lead.wait_until = lead.waiting_since = None  # nobody waits beside a seller
    minutes = _give_up_minutes(settling, delivery)
    delivery.attempts_forgiven = delivery.attempts
    delivery.give_up_at = now + timedelta(minutes=minutes)
    delivery.error = None
    if seat is not None:
        _renew(delivery, lead, version=settling.setup.version)
    errand = errand_of(delivery, lead)
    settings = errand.settings
    _begin_letter(delivery, errand, now)
    delivery.channel = channel_name(settings)
    delivery.timeout_seconds = getattr(settings, "timeout_seconds", delivery.timeout_seconds)
    due_at = delivery.give_up_at if awaits_partner(settings) else now
    settling.apply(delivery, Step(State.PENDING, due_at=due_at, ambiguous=delivery.ambiguous))
    deliveries.save_renewed(delivery)


def _begin_letter(delivery: deliveries.Delivery, errand: Errand, now: datetime) -> None:
    """Have a digest's delivery go in a new letter: its earlier one held other leads as well."""
    delivery.digest_key = delivery.letter_id = None
    if errand.way is not None and digest_of(errand.settings) is not None:
        resend = delivery.state == State.DELIVERED
        delivery.digest_key = digest_key_of(
            errand.lead, errand.seat.partner_id, errand.way, at=now, resend=resend
        )


def _renew(delivery: deliveries.Delivery, lead: leads.Lead, *, version: int) -> None:
    """Put it under another set-up; what the partner may have already is said in the same bytes.

    Where the new set-up would say it otherwise, such a delivery stays under its own. Any other
    begins again with the first of its delivery settings that is up.
    """
    own_version, before = delivery.config_version, errand_of(delivery, lead).settings
    delivery.config_version = version
    if not delivery.ambiguous:
        down = breakers.find_down(delivery.account_id)
        delivery.fallback = first_up(errand_of(delivery, lead).seat, down) or None
    if makes_the_same_body(before, errand_of(delivery, lead).settings):
        return
    if delivery.ambiguous:
        delivery.config_version = own_version
    else:
        let_go_of_body(delivery)


def _give_up_minutes(settling: Settling, delivery: deliveries.Delivery) -> int:
    profile = settling.setup.configuration.profile(
        settling.setup.profile_slugs[delivery.profile_id]
    )
    if profile is not None:
        return profile.give_up_minutes
    return (delivery.give_up_at - delivery.created_at) // timedelta(minutes=1)
