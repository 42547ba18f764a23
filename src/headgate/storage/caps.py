"""Cap counters. The database, not Python, decides who gets the last place."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum
from msgspec import Struct

from headgate.domain.cap_slots import CapSlot
from headgate.domain.caps import Scope, Unit, Window
from headgate.domain.ids import AccountId, PartnerId, SourceId
from headgate.storage import bulk, ledger, models


class Counter(Struct):
    id: int
    used: int


class CapFull(Exception):
    """Somebody else took the last place, or the limit fell; decide again."""


class Taking(Struct, frozen=True):
    """Take `amount` of a counter whose limit in force is `limit`."""

    counter_id: int
    amount: int
    limit: int


class StandingCap(Struct, frozen=True):
    """What makes two caps the same one: whose, per what, of what, in whose calendar."""

    scope: Scope
    owner_id: int
    per: str
    unit: str


_Row = TypeVar("_Row", models.Lead, models.Delivery)

_OWNER_COLUMN = {
    Scope.ASSIGNMENT: "assignment_id",
    Scope.PARTNER: "partner_id",
    Scope.PROFILE: "profile_id",
}


def lock(
    account_id: AccountId, wanted: Mapping[int, tuple[CapSlot, Window]], *, now: datetime
) -> dict[int, Counter]:
    """Return the counter of each wanted cap for its window, locked until the transaction ends.

    A counter that is not there yet is made, and begins with what the rows say.
    """
    if not wanted:
        return {}
    stored = _stored(account_id, now, lock=True)
    counters = {}
    for number, (slot, window) in wanted.items():
        key = (slot.scope, slot.owner_id, slot.cap.per, slot.cap.unit, window.start)
        counters[number] = stored.get(key) or _create(account_id, slot, window)
    return counters


def used_of(
    account_id: AccountId, wanted: Mapping[int, tuple[CapSlot, Window]], *, now: datetime
) -> dict[int, int]:
    """Return what each wanted cap has used at this moment; nothing is locked or made."""
    if not wanted:
        return {}
    stored = _stored(account_id, now, lock=False)
    used = {}
    for number, (slot, window) in wanted.items():
        counter = stored.get((slot.scope, slot.owner_id, slot.cap.per, slot.cap.unit, window.start))
        used[number] = counter.used if counter else recount(slot, window)
    return used


def counted(
    account_id: AccountId, wanted: Mapping[int, tuple[CapSlot, Window]], *, now: datetime
) -> dict[int, int]:
    """Return what the wanted caps have used that a counter tells of; no rows are counted."""
    if not wanted:
        return {}
    stored = _stored(account_id, now, lock=False)
    used = {}
    for number, (slot, window) in wanted.items():
        key = (slot.scope, slot.owner_id, slot.cap.per, slot.cap.unit, window.start)
        if key in stored:
            used[number] = stored[key].used
    return used


def take(takings: Iterable[Taking]) -> None:
    """Take every place or raise, when one does not fit under its limit.

    :raises CapFull: nothing must be kept of the transaction.
    """
    rows = [(t.amount, t.counter_id, t.amount, t.limit) for t in takings]
    if not rows:
        return
    table = models.CapCounter._meta.db_table
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET used = used + %s WHERE id = %s AND used + %s <= %s", rows
        )
        if cursor.rowcount != len(rows):
            raise CapFull


def move(
    owners: Iterable[tuple[Scope, int]], placed_at: datetime, *, leads: int, spend: int
) -> None:
    """Move every counter that counts a place of these owners taken then, whatever its limit.

    The counters are found by what they count: a cap may be newer than the place, or its window
    may have moved since.
    """
    owned = Q()
    for scope, owner_id in owners:
        owned |= Q(scope=scope, owner_id=owner_id)
    still = Q(window_end__isnull=True) | Q(window_end__gt=placed_at)
    counters = models.CapCounter.objects.filter(owned, still, window_start__lte=placed_at)
    for unit, amount in ((Unit.LEADS, leads), (Unit.SPEND, spend)):
        if amount:
            counters.filter(unit=unit).update(used=F("used") + amount)


def count_late(source_id: SourceId, received_at: datetime, *, now: datetime) -> None:
    """Count a lead for its source's caps in the windows of its arrival that are over by now."""
    models.CapCounter.objects.filter(
        scope=Scope.SOURCE,
        owner_id=source_id,
        window_start__lte=received_at,
        window_end__gt=received_at,
        window_end__lte=now,
    ).update(used=F("used") + 1)


def drop_others(account_id: AccountId, standing: Mapping[StandingCap, Window]) -> None:
    """Forget the counters of caps that no longer stand or whose window moved.

    Were such a cap to come back, its counter would begin with what the rows say.
    """
    rows = models.CapCounter.objects.filter(account_id=account_id)
    gone = [
        id
        for id, scope, owner, per, unit, start, end in rows.values_list(
            "id", "scope", "owner_id", "per", "unit", "window_start", "window_end"
        )
        if standing.get(StandingCap(Scope(scope), owner, per, unit)) != Window(start, end)
    ]
    rows.filter(id__in=gone).delete()


def forget_ended_before(moment: datetime) -> None:
    """Delete counters of windows that ended before; what they counted stands in the rows."""
    models.CapCounter.objects.filter(window_end__lt=moment).delete()


def recount(slot: CapSlot, window: Window) -> int:
    """Return what the rows say is used of the cap in the window."""
    if slot.scope is Scope.BALANCE:
        standing = ledger.standing_of(PartnerId(slot.owner_id))
        return standing.reserved_minor - standing.balance_minor
    if slot.scope is Scope.SOURCE:
        leads = models.Lead.objects.filter(source_id=slot.owner_id, accepted=True, test=False)
        return _within(leads, "received_at", window).count()
    places = models.Delivery.objects.filter(
        **{_OWNER_COLUMN[slot.scope]: slot.owner_id}, holds_place=True
    )
    measure = Count("id") if slot.cap.unit is Unit.LEADS else Sum("price_minor")
    total = _within(places, "placed_at", window).aggregate(total=measure)["total"]
    return total or 0


def _within(rows: QuerySet[_Row], column: str, window: Window) -> QuerySet[_Row]:
    rows = rows.filter(**{f"{column}__gte": window.start})
    return rows if window.end is None else rows.filter(**{f"{column}__lt": window.end})


def _stored(
    account_id: AccountId, now: datetime, *, lock: bool
) -> dict[tuple[object, ...], Counter]:
    rows = bulk.select(
        models.CapCounter,
        ("scope", "owner_id", "per", "unit", "window_start", "id", "used"),
        "account_id = %s AND (window_end IS NULL OR window_end > %s)",
        (account_id, now),
        lock=lock,
    )
    return {tuple(key): Counter(id, used) for *key, id, used in rows}


def _create(account_id: AccountId, slot: CapSlot, window: Window) -> Counter:
    row, _ = models.CapCounter.objects.get_or_create(
        scope=slot.scope,
        owner_id=slot.owner_id,
        per=slot.cap.per,
        unit=slot.cap.unit,
        window_start=window.start,
        defaults={
            "account_id": account_id,
            "window_end": window.end,
            "used": recount(slot, window),
        },
    )
    return Counter(row.pk, row.used)
