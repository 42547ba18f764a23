"""What partners ask to return, and how it was decided."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from msgspec import Struct

from headgate.domain.caps import Window
from headgate.domain.deliveries import State
from headgate.domain.ids import AccountId, DeliveryId, LeadId, PartnerId
from headgate.domain.returns import RequestState, Share
from headgate.storage import models

_SOLD = (State.DELIVERED, State.RETURNED)


class ReturnNotFound(LookupError):
    """The account has no such request."""


class Request(Struct):
    """The attributes are named like the columns; `remark` is the partner's, `note` staff's."""

    id: UUID
    account_id: AccountId
    partner_id: PartnerId
    delivery_id: DeliveryId
    state: RequestState
    reason: str
    remark: str | None
    wants_replacement: bool
    asked_at: datetime
    asked_by: str
    decided_at: datetime | None = None
    decided_by: str | None = None
    note: str | None = None


class ListedRequest(Struct, frozen=True):
    """A request with the delivery that it is about."""

    request: Request
    partner: str
    lead_id: LeadId
    state: State
    price_minor: int
    currency: str
    ended_at: datetime | None


class RequestFilter(Struct, frozen=True, kw_only=True):
    """None leaves a part out."""

    state: str | None = None
    partner: str | None = None
    delivery: DeliveryId | None = None
    id: UUID | None = None

    def condition(self) -> Q:
        named = {
            "state": self.state,
            "partner__slug": self.partner,
            "delivery_id": self.delivery,
            "id": self.id,
        }
        return Q(**{name: value for name, value in named.items() if value is not None})


_COLUMNS = Request.__struct_fields__
_OF_DELIVERY = tuple(
    f"delivery__{name}" for name in ("lead_id", "state", "price_minor", "currency", "ended_at")
)


def save(request: Request) -> None:
    """Write a request that is new, or one that the transaction's lead holds."""
    values = {name: getattr(request, name) for name in _COLUMNS if name != "id"}
    models.ReturnRequest.objects.update_or_create(id=request.id, defaults=values)


def get(account_id: AccountId, request_id: UUID) -> Request:
    """:raises ReturnNotFound:"""
    found = _read(models.ReturnRequest.objects.filter(account_id=account_id, id=request_id))
    if not found:
        raise ReturnNotFound(f"there is no request {request_id}")
    return found[0]


def find_of(delivery_id: DeliveryId) -> Request | None:
    """Return what was asked about a delivery."""
    return next(iter(_read(models.ReturnRequest.objects.filter(delivery_id=delivery_id))), None)


def of_deliveries(delivery_ids: Iterable[DeliveryId]) -> dict[DeliveryId, Request]:
    rows = models.ReturnRequest.objects.filter(delivery_id__in=list(delivery_ids))
    return {each.delivery_id: each for each in _read(rows)}


def share_of(partner_id: PartnerId, month: Window) -> Share:
    """Count a partner's leads whose places were taken in the month, and what it asked of them."""
    got = models.Delivery.objects.filter(
        partner_id=partner_id,
        placed_at__gte=month.start,
        placed_at__lt=month.end,
        state__in=_SOLD,
        test=False,
    )
    asked = got.filter(returnrequest__state__in=(RequestState.PENDING, RequestState.GRANTED))
    return Share(got=got.count(), asked=asked.count())


def list_page(
    account_id: AccountId, wanted: RequestFilter, *, before: UUID | None, limit: int
) -> list[ListedRequest]:
    """Return up to `limit` requests, the newest first, older than `before`."""
    rows = models.ReturnRequest.objects.filter(wanted.condition(), account_id=account_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = rows.order_by("-id").values_list(*_COLUMNS, "partner__slug", *_OF_DELIVERY)[:limit]
    own = len(_COLUMNS)
    return [ListedRequest(_request(row[:own]), *row[own:]) for row in found]


def count(account_id: AccountId, wanted: RequestFilter) -> int:
    rows = models.ReturnRequest.objects.filter(wanted.condition(), account_id=account_id)
    return rows.count()


def forget_words(lead_id: LeadId, *, listed: Collection[str]) -> None:
    """Forget what people wrote about a lead; a reason that the account lists says nothing of it."""
    rows = models.ReturnRequest.objects.filter(delivery__lead_id=lead_id)
    rows.update(remark=None, note=None)
    rows.exclude(reason__in=listed).update(reason="")


def _read(rows: QuerySet[models.ReturnRequest]) -> list[Request]:
    return [_request(row) for row in rows.values_list(*_COLUMNS)]


def _request(row: tuple[object, ...]) -> Request:
    found = Request(*row)  # type: ignore[arg-type]
    found.state = RequestState(found.state)
    return found
