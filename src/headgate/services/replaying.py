"""Many deliveries are tried again, or sent again, in transactions of few, so that nothing waits."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from msgspec import Struct

from headgate.domain.deliveries import State
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import AccountId, DeliveryId
from headgate.services import handling
from headgate.services.handling import NotInThisState
from headgate.services.routing import Leases
from headgate.services.settling import Settling
from headgate.storage import deliveries, lists
from headgate.storage.lists import EndedFilter

REPLAYABLE = (State.FAILED, State.UNKNOWN, State.DELIVERED)
MOST_AT_ONCE = 10_000
MOST_IN_A_TRANSACTION = 100


class LeftOut(Struct, frozen=True):
    """A delivery that was not retried; `reason` is a word for programs."""

    id: str
    reason: str
    message: str


class Replayed(Struct, frozen=True):
    retried: int
    left_out: list[LeftOut]


def find_deliveries(*, account_id: AccountId, wanted: EndedFilter) -> list[DeliveryId]:
    """Return what a replay would touch, the oldest first.

    :raises Flawed: there are more than may be replayed at once.
    """
    found = lists.find_ended(account_id, wanted, limit=MOST_AT_ONCE + 1)
    if len(found) > MOST_AT_ONCE:
        message = f"more than {MOST_AT_ONCE:,} deliveries fit; narrow it by since, until or partner"
        raise Flawed([Flaw("since", "too_many", message)])
    return found


def not_found(ids: Iterable[UUID], found: Iterable[DeliveryId]) -> list[LeftOut]:
    """Return the named deliveries that are left out because they are not among those found."""
    known = set(found)
    message = "there is no such delivery that also fits what else was asked for"
    return [LeftOut(str(id), "not_found", message) for id in dict.fromkeys(ids) if id not in known]


def in_parts(ids: Sequence[DeliveryId]) -> Iterator[Sequence[DeliveryId]]:
    """Part them into what one transaction takes."""
    for first in range(0, len(ids), MOST_IN_A_TRANSACTION):
        yield ids[first : first + MOST_IN_A_TRANSACTION]


def retry_part(
    *,
    account_id: AccountId,
    delivery_ids: Sequence[DeliveryId],
    state: State,
    leases: Leases,
    now: datetime,
) -> Replayed:
    """Retry these in one transaction, each by the rules for one; they are due at once.

    One that is no longer in `state` is left out: somebody else was quicker.
    """
    left_out: list[LeftOut] = []
    with transaction.atomic():
        lead_ids = deliveries.leads_of(account_id, delivery_ids)
        settling = Settling(account_id, lead_ids, uses_caps=True, leases=leases, now=now)
        for delivery_id in delivery_ids:
            delivery = settling.deliveries.get(delivery_id)
            if delivery is None:
                left_out += not_found([delivery_id], ())
                continue
            try:
                _want_still(delivery, state)
                handling.make_due(settling, delivery)
            except NotInThisState as refusal:
                left_out.append(LeftOut(str(delivery_id), refusal.slug, str(refusal)))
        settling.finish()
    return Replayed(len(delivery_ids) - len(left_out), left_out)


def _want_still(delivery: deliveries.Delivery, state: State) -> None:
    if delivery.state != state:
        message = f"the delivery is {delivery.state} by now, no longer {state}"
        raise NotInThisState("wrong_state", message)
