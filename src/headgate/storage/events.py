"""Events on their way to webhooks: written beside what they tell, claimed, settled, listed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from msgspec import Struct

from headgate.domain.events import EventState, EventType
from headgate.domain.ids import AccountId, EventId, LeadId, uuid7
from headgate.domain.instants import to_milliseconds
from headgate.storage import bulk, models


class EventNotFound(LookupError):
    """The webhook has no such event."""


class Event(Struct):
    """The attributes are named like the columns; `body` is the text that is sent."""

    id: EventId
    account_id: AccountId
    webhook: str
    type: str
    lead_id: LeadId | None
    body: str
    at: datetime
    state: str = EventState.PENDING
    due_at: datetime | None = None
    lease: int = 0
    attempts: int = 0
    attempts_forgiven: int = 0
    tried_at: datetime | None = None
    status: int | None = None
    error: str | None = None


_COLUMNS = Event.__struct_fields__
_LEASED = ("due_at", "lease")
_SETTLED = ("state", "due_at", "attempts", "attempts_forgiven", "tried_at", "status", "error")


def add(events: Sequence[Event]) -> None:
    bulk.insert(models.Event, events)


def get(account_id: AccountId, webhook: str, event_id: EventId) -> Event:
    """Hold an event until the transaction ends.

    :raises EventNotFound:
    """
    condition = "account_id = %s AND webhook = %s AND id = %s"
    found = _select(condition, (account_id, webhook, event_id), lock=True)
    if not found:
        raise EventNotFound(f"the webhook {webhook!r} has no event {event_id}")
    return found[0]


def list_page(
    account_id: AccountId,
    webhook: str,
    *,
    states: Sequence[EventState] = (),
    before: UUID | None = None,
    limit: int,
) -> list[Event]:
    """Return up to `limit` events of a webhook, newest first, older than `before`."""
    wanted = Q(account_id=account_id, webhook=webhook)
    if states:
        wanted &= Q(state__in=states)
    if before is not None:
        wanted &= Q(id__lt=before)
    rows = models.Event.objects.filter(wanted).order_by("-id").values_list(*_COLUMNS)
    return [Event(*row) for row in rows[:limit]]


def webhooks_with_due(*, now: datetime) -> list[tuple[AccountId, str]]:
    """Return account and slug of every webhook that has an event due.

    It goes from one webhook to the next in the index, so that the cost does not follow how much
    waits for a webhook that is down.
    """
    found: list[tuple[AccountId, str]] = []
    last = (0, "")
    due = "account_id = %s AND webhook = %s AND due_at <= %s"
    while (following := _webhook_after(*last)) is not None:
        last = following
        if bulk.select(models.Event, ("id",), due, (*last, now), order="due_at", limit=1):
            found.append((AccountId(last[0]), last[1]))
    return found


def _webhook_after(account_id: int, webhook: str) -> tuple[int, str] | None:
    """Return the next webhook that has anything waiting, by account and slug."""
    # SQLite finds `(account_id, webhook) > …` by the account alone, and passes every row of it.
    steps: tuple[tuple[str, tuple[object, ...]], ...] = (
        ("account_id = %s AND webhook > %s", (account_id, webhook)),
        ("account_id > %s", (account_id,)),
    )
    columns = ("account_id", "webhook")
    for step, last in steps:
        condition, order = f"due_at IS NOT NULL AND {step}", ", ".join(columns)
        rows = bulk.select(models.Event, columns, condition, last, order=order, limit=1)
        if rows:
            return rows[0][0], rows[0][1]
    return None


def claim(
    account_id: AccountId, webhook: str, *, until: datetime, limit: int, now: datetime
) -> list[Event]:
    """Lease up to `limit` due events, the longest due first; they come again at `until`."""
    due = _due(account_id, webhook, now).order_by("due_at")
    return _lease(due, until=until, limit=limit)


def claim_tests(
    account_id: AccountId,
    webhook: str,
    *,
    since: datetime,
    until: datetime,
    limit: int,
    now: datetime,
) -> list[Event]:
    """Lease due tests that were asked for `since`, however much else is due."""
    tests = _due(account_id, webhook, now).filter(
        type=EventType.WEBHOOK_TESTED, id__gte=uuid7(to_milliseconds(since), 0)
    )
    return _lease(tests.order_by("id"), until=until, limit=limit)


def _lease(due: Any, *, until: datetime, limit: int) -> list[Event]:
    rows = due.select_for_update(skip_locked=True).values_list(*_COLUMNS)
    claimed = [Event(*row) for row in rows[:limit]]
    for event in claimed:
        event.due_at, event.lease = until, event.lease + 1
    bulk.update(models.Event, claimed, _LEASED)
    return claimed


def hold_leased(claimed: Sequence[Event]) -> dict[EventId, Event]:
    """Return those of the events whose lease still holds, for this transaction alone."""
    if not claimed:
        return {}
    leases = {event.id: event.lease for event in claimed}
    held = _select("id {among}", among=list(leases), lock=True)
    return {
        event.id: event
        for event in held
        if event.lease == leases[event.id] and event.due_at is not None
    }


def save(events: Sequence[Event]) -> None:
    bulk.update(models.Event, events, _SETTLED)


def put_off(
    account_id: AccountId, webhook: str, *, until: datetime, limit: int, now: datetime
) -> None:
    """Have up to `limit` due events looked at later."""
    _longest_due(account_id, webhook, limit, now).update(due_at=until)


def give_up(account_id: AccountId, webhook: str, *, error: str, limit: int, now: datetime) -> None:
    """End up to `limit` due events of a webhook that is there no more."""
    rows = _longest_due(account_id, webhook, limit, now)
    rows.update(due_at=None, state=EventState.FAILED, error=error)


def renew_failed(account_id: AccountId, webhook: str, *, now: datetime) -> int:
    """Have everything that failed tried afresh, with all its tries; return how much that is."""
    rows = models.Event.objects.filter(
        account_id=account_id, webhook=webhook, state=EventState.FAILED
    )
    return rows.update(state=EventState.PENDING, due_at=now, attempts_forgiven=F("attempts"))


def make_due(account_id: AccountId, webhook: str, *, now: datetime) -> None:
    """Have everything that waits for a webhook tried at once."""
    rows = models.Event.objects.filter(account_id=account_id, webhook=webhook, due_at__gt=now)
    rows.update(due_at=now)


def drop_of_lead(lead_id: LeadId) -> None:
    # Held in the order in which whoever records tries holds them, so that neither waits for ever.
    _select("lead_id = %s", (lead_id,), lock=True)
    models.Event.objects.filter(lead_id=lead_id).delete()


def delete_older_than(kept: timedelta, *, now: datetime, limit: int) -> int:
    """Delete up to `limit` events that happened longer ago, in whatever state they are."""
    oldest = uuid7(to_milliseconds(now - kept), 0)
    rows = models.Event.objects.filter(id__lt=oldest).order_by("id")
    gone = list(rows.values_list("id", flat=True)[:limit])
    models.Event.objects.filter(id__in=gone).delete()
    return len(gone)


def _due(account_id: AccountId, webhook: str, now: datetime) -> Any:
    return models.Event.objects.filter(account_id=account_id, webhook=webhook, due_at__lte=now)


def _longest_due(account_id: AccountId, webhook: str, limit: int, now: datetime) -> Any:
    ids = _due(account_id, webhook, now).order_by("due_at").values("id")
    return models.Event.objects.filter(id__in=ids[:limit])


def _select(
    condition: str,
    parameters: Sequence[object] = (),
    *,
    among: Sequence[object] | None = None,
    lock: bool = False,
) -> list[Event]:
    rows = bulk.select(models.Event, _COLUMNS, condition, parameters, among=among, lock=lock)
    return [Event(*row) for row in rows]
