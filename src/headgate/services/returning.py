"""A lead comes back: partners ask, staff or the account's rule decides, all follows at once."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from headgate.domain.audit import Action
from headgate.domain.caps import Per, window
from headgate.domain.deliveries import State, returned
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import AccountId, DeliveryId, PartnerId
from headgate.domain.instants import rfc3339
from headgate.domain.returns import Decide, RequestState, Returns
from headgate.services import audit
from headgate.services.handling import NotInThisState
from headgate.services.identity import fresh_id
from headgate.services.routing import Leases
from headgate.services.settling import Settling
from headgate.storage import deliveries, returns
from headgate.storage.deliveries import Delivery, DeliveryNotFound
from headgate.storage.returns import Request

BY_RULE = "rule"  # who decided what nobody looked at


def return_delivery(
    *,
    account_id: AccountId,
    delivery_id: DeliveryId,
    reason: str,
    note: str | None = None,
    by: str,
    now: datetime,
) -> None:
    """Have staff return a delivered lead at once, whatever the limits for partners say.

    What the partner asked for meanwhile is granted by it, also where it was refused before.

    :raises DeliveryNotFound, NotInThisState, Flawed:
    """
    with transaction.atomic():
        settling, delivery = _hold(account_id, delivery_id, now)
        _want_delivered(delivery)
        request = returns.find_of(delivery_id) or _new(
            settling, delivery, reason=reason, remark=None, replaced=False, by=by
        )
        request.note = note
        _grant(settling, delivery, request, by=by)
        _note(request, Action.DELIVERY_RETURNED, settling, by=by)


def request_return(
    *,
    account_id: AccountId,
    delivery_id: DeliveryId,
    reason: str,
    remark: str | None = None,
    replacement: bool = False,
    of_partner: PartnerId | None = None,
    by: str,
    now: datetime,
) -> Request:
    """Ask for a return, for its partner; by the account's rule it is granted, or staff decides.

    `of_partner` is who asks, where it may be about its own deliveries alone.

    :raises DeliveryNotFound: it is another partner's, as well.
    :raises NotInThisState: not delivered, asked before, too late, or more than its share.
    :raises Flawed: the reason is not one of the listed, or no replacement is to be had.
    """
    with transaction.atomic():
        settling, delivery = _hold(account_id, delivery_id, now)
        if of_partner not in (None, delivery.partner_id):
            raise DeliveryNotFound(f"there is no delivery {delivery_id}")
        _want_within_limits(settling, delivery)
        if replacement and not _rules(settling).replacements:
            message = "the account gives no replacements; ask for the return alone"
            raise Flawed([Flaw("replacement", "not_allowed", message)])
        request = _new(
            settling, delivery, reason=reason, remark=remark, replaced=replacement, by=by
        )
        if _rules(settling).decide is Decide.AUTOMATIC:
            _grant(settling, delivery, request, by=BY_RULE)
            _note(request, Action.DELIVERY_RETURNED, settling, by=by)
        else:
            returns.save(request)
            _note(request, Action.RETURN_ASKED, settling, by=by)
    return request


def grant_return(
    *, account_id: AccountId, request_id: UUID, note: str | None, by: str, now: datetime
) -> None:
    """Return what a partner asked for; the account's rule says what becomes of it.

    :raises ReturnNotFound, NotInThisState:
    """
    with transaction.atomic():
        settling, delivery = _hold(account_id, returns.get(account_id, request_id).delivery_id, now)
        request = _pending(account_id, request_id)
        request.note = note
        if delivery.state == State.RETURNED:  # its mail came back meanwhile
            _decide(request, RequestState.GRANTED, by=by, now=now)
            returns.save(request)
        else:
            _want_delivered(delivery)
            _grant(settling, delivery, request, by=by)
        _note(request, Action.RETURN_SETTLED, settling, by=by)


def refuse_return(
    *, account_id: AccountId, request_id: UUID, note: str | None, by: str, now: datetime
) -> None:
    """Leave the lead, and its charge, where they are.

    :raises ReturnNotFound, NotInThisState:
    """
    with transaction.atomic():
        settling, _ = _hold(account_id, returns.get(account_id, request_id).delivery_id, now)
        request = _pending(account_id, request_id)
        _decide(request, RequestState.REFUSED, by=by, now=now)
        request.note = note
        returns.save(request)
        _note(request, Action.RETURN_SETTLED, settling, by=by)


def asking_ends_at(rules: Returns, delivery: Delivery) -> datetime | None:
    """Return until when a delivered lead may be asked back; None means always."""
    return None if delivery.ended_at is None else rules.deadline(delivery.ended_at)


def _hold(
    account_id: AccountId, delivery_id: DeliveryId, now: datetime
) -> tuple[Settling, Delivery]:
    """Hold the delivery with its caps, behind which partners' shares are counted one by one."""
    lead_id = deliveries.get(account_id, delivery_id).lead_id
    settling = Settling(account_id, [lead_id], uses_caps=True, leases=Leases(0), now=now)
    return settling, settling.deliveries[delivery_id]


def _rules(settling: Settling) -> Returns:
    return settling.setup.configuration.returns


def _new(
    settling: Settling,
    delivery: Delivery,
    *,
    reason: str,
    remark: str | None,
    replaced: bool,
    by: str,
) -> Request:
    rules = _rules(settling)
    named = rules.named(reason)
    if named is None:
        allowed = ", ".join(rules.reasons)
        message = f"{reason!r} is no reason for a return; write one of: {allowed}"
        raise Flawed([Flaw("reason", "unknown_choice", message)])
    return Request(
        id=fresh_id(settling.now),
        account_id=delivery.account_id,
        partner_id=delivery.partner_id,
        delivery_id=delivery.id,
        state=RequestState.PENDING,
        reason=named,
        remark=remark,
        wants_replacement=replaced,
        asked_at=settling.now,
        asked_by=by,
    )


def _pending(account_id: AccountId, request_id: UUID) -> Request:
    request = returns.get(account_id, request_id)
    if request.state is not RequestState.PENDING:
        message = f"the request was {request.state} by {request.decided_by} already"
        raise NotInThisState("wrong_state", message)
    return request


def _want_delivered(delivery: Delivery) -> None:
    if delivery.state != State.DELIVERED:
        message = f"the delivery is {delivery.state}; only one that is delivered can be returned"
        raise NotInThisState("wrong_state", message)


def _want_within_limits(settling: Settling, delivery: Delivery) -> None:
    """Check what holds for partners alone; staff may return what it likes."""
    _want_delivered(delivery)
    rules = _rules(settling)
    if delivery.test:
        raise NotInThisState("test_lead", "it is a test lead, which was not charged")
    if asked := returns.find_of(delivery.id):
        words = "is being looked at" if asked.state is RequestState.PENDING else "was refused"
        raise NotInThisState("already_asked", f"its return was asked for before and {words}")
    ends_at = asking_ends_at(rules, delivery)
    if ends_at is not None and settling.now >= ends_at:
        message = f"it could be returned until {rfc3339(ends_at)}"
        raise NotInThisState("too_late", message)
    if rules.most_percent is not None:
        month = window(Per.MONTH, _zone(settling, delivery), delivery.placed_at)
        share = returns.share_of(delivery.partner_id, month)
        if not share.has_room(rules.most_percent):
            message = (
                f"{share.asked} of the {share.got} leads of that month are returned or asked back;"
                f" at most {rules.most_percent} % can be"
            )
            raise NotInThisState("over_share", message)


def _zone(settling: Settling, delivery: Delivery) -> ZoneInfo:
    slug = settling.setup.partner_slugs[delivery.partner_id]
    partner = settling.setup.configuration.partner(slug)
    own = partner.timezone if partner else None
    return ZoneInfo(own) if own else settling.setup.zone


def _grant(settling: Settling, delivery: Delivery, request: Request, *, by: str) -> None:
    rule = _rules(settling).rule_for(replaced=request.wants_replacement)
    settling.apply(delivery, returned(rule))
    # A reason in own words may name a person.
    if request.reason in _rules(settling).reasons:
        settling.reasons[delivery.id] = request.reason
    remark = settling.remarks.get(delivery.id)
    delivery.error = f"Returned: {request.reason}" + (f". {remark}" if remark else "")
    settling.finish()
    _decide(request, RequestState.GRANTED, by=by, now=settling.now)
    # Test leads are deleted after a while, with all that hangs on them.
    if not delivery.test:
        returns.save(request)


def _decide(request: Request, state: RequestState, *, by: str, now: datetime) -> None:
    request.state, request.decided_by, request.decided_at = state, by, now


def _note(request: Request, action: Action, settling: Settling, *, by: str) -> None:
    """Write into the audit log what happened; a reason in own words may name a person."""
    is_listed = request.reason in _rules(settling).reasons
    audit.note(
        account_id=request.account_id,
        actor=by,
        action=action,
        subject=f"delivery {request.delivery_id}",
        after={"return": str(request.state)} | ({"reason": request.reason} if is_listed else {}),
        now=settling.now,
    )
