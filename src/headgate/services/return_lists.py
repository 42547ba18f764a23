"""Returns that were asked for, in the shapes that people and programs read."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from headgate.domain.deliveries import State
from headgate.domain.ids import AccountId, DeliveryId
from headgate.domain.instants import rfc3339
from headgate.domain.money import format_amount
from headgate.domain.returns import RequestState
from headgate.storage import credit_notes, returns
from headgate.storage.returns import ListedRequest, RequestFilter, ReturnNotFound


class ReturnShown(Struct, frozen=True, kw_only=True):
    """A request; `delivery_state` is that of the delivery which it is about.

    `credited_by` is the number of a credit note that took its charge back, which a return does
    not credit again.
    """

    id: str
    state: str
    partner: str
    delivery: str
    lead: str
    delivery_state: str
    delivered_at: str | None
    price: str
    currency: str
    reason: str
    remark: str | None
    replacement: bool
    asked_at: str
    asked_by: str
    decided_at: str | None
    decided_by: str | None
    note: str | None
    credited_by: str | None


class ReturnPage(Struct, frozen=True):
    items: list[ReturnShown]
    next: str | None


def list_returns(
    *, account_id: AccountId, wanted: RequestFilter, before: UUID | None, limit: int
) -> ReturnPage:
    rows = returns.list_page(account_id, wanted, before=before, limit=limit + 1)
    # A row more than shown says that there is another page.
    following = str(rows[limit - 1].request.id) if len(rows) > limit else None
    return ReturnPage(_all_shown(rows[:limit]), following)


def show_return(*, account_id: AccountId, wanted: RequestFilter) -> ReturnShown:
    """Return the one that the filter names.

    :raises ReturnNotFound:
    """
    rows = returns.list_page(account_id, wanted, before=None, limit=1)
    if not rows:
        raise ReturnNotFound("there is no such request")
    return _all_shown(rows)[0]


def find_of_delivery(account_id: AccountId, delivery_id: DeliveryId) -> ReturnShown | None:
    rows = returns.list_page(account_id, RequestFilter(delivery=delivery_id), before=None, limit=1)
    return _all_shown(rows)[0] if rows else None


def count_pending(*, account_id: AccountId) -> int:
    return returns.count(account_id, RequestFilter(state=RequestState.PENDING))


def _all_shown(rows: Sequence[ListedRequest]) -> list[ReturnShown]:
    notes = credit_notes.numbers_over([row.request.delivery_id for row in rows])
    return [_shown(row, notes.get(row.request.delivery_id)) for row in rows]


def _shown(row: ListedRequest, credited_by: str | None) -> ReturnShown:
    request = row.request
    return ReturnShown(
        id=str(request.id),
        state=request.state,
        partner=row.partner,
        delivery=str(request.delivery_id),
        lead=str(row.lead_id),
        delivery_state=row.state,
        delivered_at=_delivered_at(row),
        price=format_amount(row.price_minor, row.currency),
        currency=row.currency,
        reason=request.reason,
        remark=request.remark,
        replacement=request.wants_replacement,
        asked_at=rfc3339(request.asked_at),
        asked_by=request.asked_by,
        decided_at=rfc3339(request.decided_at) if request.decided_at else None,
        decided_by=request.decided_by,
        note=request.note,
        credited_by=credited_by,
    )


def _delivered_at(row: ListedRequest) -> str | None:
    """Return when it was delivered; once it has come back, that is no longer kept."""
    is_delivered = row.state == State.DELIVERED
    return rfc3339(row.ended_at) if is_delivered and row.ended_at else None
