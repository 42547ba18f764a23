"""Pages of narrowed lists: a walk from the newest row back, as far as one page may take.

Few filters have an index of their own. Under the others a page that finds little would read
everything there is, so it stops, and says from where the next one goes on.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from msgspec import Struct
from msgspec.structs import replace

from headgate.domain.ids import AccountId, DeliveryId, EntityId, LeadId, uuid7
from headgate.domain.instants import to_milliseconds
from headgate.storage import deliveries, leads, lists, models, slugs
from headgate.storage.lists import MOST_COUNTED, NOBODY, DeliveryFilter, LeadFilter

MOST_LOOKED_AT = 50_000
MOST_TEXTS = 10_000  # what was sent and answered is long
_FEW_LEADS = 2_000
# An id is made with its row, but a clock that was put back makes ids of later moments.
_SLACK = timedelta(hours=1)
_Row = TypeVar("_Row", leads.Lead, deliveries.Delivery)
_Filter = TypeVar("_Filter", LeadFilter, DeliveryFilter)
_Rows = QuerySet[Any]


class Page(Struct, Generic[_Row], frozen=True):
    """`next` is the id below which there may be more; fewer rows than asked for may have one."""

    rows: list[_Row]
    next: UUID | None


class Counted(Struct, frozen=True):
    """There may be more than `number`: counting stopped, or did not look at everything."""

    number: int
    more: bool


def page_of_leads(
    account_id: AccountId, wanted: LeadFilter, *, before: LeadId | None, limit: int
) -> Page[leads.Lead]:
    """Return up to `limit` leads, newest first, older than `before`."""
    rows, floor = _leads(account_id, wanted, before)
    return _page(leads.read(rows.order_by("-id")[: limit + 1]), limit, floor)


def page_of_deliveries(
    account_id: AccountId, wanted: DeliveryFilter, *, before: DeliveryId | None, limit: int
) -> Page[deliveries.Delivery]:
    """Return up to `limit` deliveries, newest first, older than `before`."""
    rows, floor = _deliveries(account_id, wanted, before)
    return _page(deliveries.read(rows.order_by("-id")[: limit + 1]), limit, floor)


def newest_rounds(
    account_id: AccountId, wanted: LeadFilter, *, limit: int
) -> list[tuple[EntityId, str]]:
    """Return the entity of each of the newest leads, and the JSON of the decisions about it."""
    rows, _ = _leads(account_id, wanted, None)
    return list(rows.order_by("-id").values_list("entity_id", "rounds")[:limit])


def count_leads(account_id: AccountId, wanted: LeadFilter) -> Counted:
    return _counted(*_leads(account_id, wanted, None))


def count_deliveries(account_id: AccountId, wanted: DeliveryFilter) -> Counted:
    return _counted(*_deliveries(account_id, wanted, None))


def _page(found: Sequence[_Row], limit: int, floor: UUID | None) -> Page[_Row]:
    if len(found) > limit:
        return Page(list(found[:limit]), found[limit - 1].id)
    return Page(list(found), floor)


def _counted(rows: _Rows, floor: UUID | None) -> Counted:
    # Ordered, so that it stops with the newest ones, by the index that the page goes by.
    number = len(rows.order_by("-id").values_list("id", flat=True)[: MOST_COUNTED + 1])
    return Counted(min(number, MOST_COUNTED), number > MOST_COUNTED or floor is not None)


def _leads(
    account_id: AccountId, wanted: LeadFilter, before: LeadId | None
) -> tuple[_Rows, UUID | None]:
    """Return the rows to show, and the cursor at which the walk ends where it does not see all."""
    condition = wanted.condition(account_id)
    walk = models.Lead.objects.filter(lists.by_state(wanted.state, lists.COMMON_LEAD_STATES))
    if wanted.assignee is not None and wanted.assignee != NOBODY:
        users = slugs.users(wanted.assignee)
        walk = lists.of_account(walk.filter(assignee_id__in=users), account_id)
    else:
        walk = walk.filter(account_id=account_id)
    walk = _between(walk, *_span_of(wanted))
    if before is not None:
        walk = walk.filter(id__lt=before)
    few = _few_leads(account_id, wanted)
    if few is not None:
        return walk.filter(condition, id__in=few), None
    if _finds_enough(wanted, LeadFilter(), lists.COMMON_LEAD_STATES):
        return walk.filter(condition), None
    floor = _floor(walk, MOST_LOOKED_AT)
    if floor is None:
        return walk.filter(condition), None
    return walk.filter(condition, id__gt=floor), _above(floor)


def _deliveries(
    account_id: AccountId, wanted: DeliveryFilter, before: DeliveryId | None
) -> tuple[_Rows, UUID | None]:
    condition = wanted.condition(account_id)
    by_state = lists.by_state(wanted.state, lists.COMMON_DELIVERY_STATES)
    walk = models.Delivery.objects.filter(by_state)
    if wanted.partner is not None and not by_state:
        partners = slugs.Named(account_id).of(models.Partner, wanted.partner)
        walk = walk.filter(partner_id__in=partners or ())
    else:
        walk = walk.filter(account_id=account_id)
    walk = _between(walk, wanted.since, wanted.until)
    if before is not None:
        walk = walk.filter(id__lt=before)
    if _finds_enough(wanted, DeliveryFilter(), lists.COMMON_DELIVERY_STATES):
        return walk.filter(condition), None
    floor = _floor(walk, MOST_TEXTS if wanted.text else MOST_LOOKED_AT)
    if floor is None:
        return walk.filter(condition), None
    seen = wanted.condition(account_id, above=floor)
    return walk.filter(seen, id__gt=floor), _above(floor)


def _finds_enough(wanted: _Filter, everything: _Filter, common: Sequence[str]) -> bool:
    """Tell whether nearly every row that the walk meets is wanted."""
    state = wanted.state if wanted.state in common else None
    return replace(wanted, state=state, since=None, until=None) == everything


def _floor(walk: _Rows, most: int) -> UUID | None:
    """Return the id that so many rows stand above, None where there are no more than these."""
    beyond = walk.order_by("-id").values_list("id", flat=True)[most : most + 1]
    return next(iter(beyond), None)


def _above(id: UUID) -> UUID:
    """Return the cursor below which the row of this id is the first."""
    return UUID(int=id.int + 1)


def _between(rows: _Rows, since: datetime | None, until: datetime | None) -> _Rows:
    """Narrow to the ids that were made in a span, for it is by ids that a list walks."""
    if since is not None:
        rows = rows.filter(id__gte=uuid7(to_milliseconds(since - _SLACK), 0))
    if until is not None:
        rows = rows.filter(id__lt=uuid7(to_milliseconds(until + _SLACK), 0))
    return rows


def _span_of(wanted: LeadFilter) -> tuple[datetime | None, datetime | None]:
    """Return when the leads came; those of an import came while it ran."""
    if wanted.import_id is None:
        return wanted.since, wanted.until
    ran = models.Import.objects.filter(id=wanted.import_id).values_list("started_at", "finished_at")
    return next(iter(ran), (wanted.since, wanted.until))


def _few_leads(account_id: AccountId, wanted: LeadFilter) -> list[UUID] | None:
    """Return the leads that the filter names or a partner was offered, None when they are many.

    A text that is the id or the external id of a lead names that one alone, however old it is.
    They are asked for in no order: for the sake of one, SQLite would walk through all leads.
    """
    if wanted.external_id is not None:
        return _few(_named(account_id, wanted.external_id))
    if wanted.text and (text := wanted.text.strip()):
        named = _few(_named(account_id, text)) or _few(_with_id(account_id, text))
        if named:
            return named
    if wanted.partner is not None:
        partners = slugs.Named(account_id).of(models.Partner, wanted.partner)
        offered = models.Delivery.objects.filter(partner_id__in=partners or ())
        return _few(offered.values_list("lead_id", flat=True))
    return None


def _named(account_id: AccountId, external_id: str) -> _Rows:
    rows = models.Lead.objects.filter(account_id=account_id, external_id=external_id)
    return rows.values_list("id", flat=True)


def _with_id(account_id: AccountId, text: str) -> _Rows:
    try:
        rows = models.Lead.objects.filter(account_id=account_id, id=UUID(text))
    except ValueError:
        rows = models.Lead.objects.none()
    return rows.values_list("id", flat=True)


def _few(ids: _Rows) -> list[UUID] | None:
    found = list(ids[: _FEW_LEADS + 1])
    return found if len(found) <= _FEW_LEADS else None
