"""What a person does to deliveries, and its line in the audit log, in one transaction."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from headgate.domain.audit import Action
from headgate.domain.deliveries import Outcome, State
from headgate.domain.ids import AccountId, DeliveryId
from headgate.services import audit, handling, replaying
from headgate.services.errands import Errand
from headgate.services.replaying import Replayed
from headgate.services.routing import Leases

_Act = Callable[..., list[Errand]]
_ACTIONS: dict[_Act, Action] = {
    handling.retry_delivery: Action.DELIVERY_RETRIED,
    handling.resolve_delivery: Action.DELIVERY_RESOLVED,
    handling.cancel_delivery: Action.DELIVERY_CANCELLED,
    handling.accept_delivery: Action.DELIVERY_RESOLVED,
    handling.reject_delivery: Action.DELIVERY_RESOLVED,
}
# What the two say of a delivery goes without an outcome of their own.
_OUTCOMES = {
    handling.accept_delivery: Outcome.DELIVERED,
    handling.reject_delivery: Outcome.REFUSED,
}


def act_on_delivery(
    act: _Act,
    *,
    account_id: AccountId,
    delivery_id: DeliveryId,
    leases: Leases,
    by: str,
    now: datetime,
    **how: Any,
) -> list[Errand]:
    """Do it as `handling` does, and note who did.

    :raises DeliveryNotFound, NotInThisState, NotSettled:
    """
    outcome = how.get("outcome") or _OUTCOMES.get(act)
    with transaction.atomic():
        errands = act(account_id=account_id, delivery_id=delivery_id, leases=leases, now=now, **how)
        audit.note(
            account_id=account_id,
            actor=by,
            action=_ACTIONS[act],
            subject=f"delivery {delivery_id}",
            after={"outcome": str(outcome)} if outcome else None,
            now=now,
        )
    return errands


def retry_part(
    *,
    account_id: AccountId,
    delivery_ids: Sequence[DeliveryId],
    state: State,
    leases: Leases,
    by: str,
    now: datetime,
) -> Replayed:
    """Retry these as `replaying` does, and note who did, unless all were left out."""
    with transaction.atomic():
        replayed = replaying.retry_part(
            account_id=account_id, delivery_ids=delivery_ids, state=state, leases=leases, now=now
        )
        left_out = {each.id for each in replayed.left_out}
        retried = [str(each) for each in delivery_ids if str(each) not in left_out]
        if retried:
            many = f"{len(retried)} deliveries"
            audit.note(
                account_id=account_id,
                actor=by,
                action=Action.DELIVERY_RETRIED,
                subject=many if len(retried) > 1 else f"delivery {retried[0]}",
                after={"state": str(state), "deliveries": retried},
                now=now,
            )
    return replayed
