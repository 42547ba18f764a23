"""Cap counters. The database, not Python, decides who gets the last place."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

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
    used = counted(account_id, wanted, now=now)
    uncounted = {number: each for number, each in wanted.items() if number not in used}
    return used | _recounted(uncounted)


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
    return _recounted({0: (slot, window)})[0]


def _recounted(wanted: Mapping[int, tuple[CapSlot, Window]]) -> dict[int, int]:
    """Count the rows of all the caps of one kind and window at once."""
    used = {}
    together: dict[tuple[Scope, Window], dict[int, CapSlot]] = {}
    for number, (slot, window) in wanted.items():
        if slot.scope is Scope.BALANCE:
            standing = ledger.standing_of(PartnerId(slot.owner_id))
            used[number] = standing.reserved_minor - standing.balance_minor
        else:
            together.setdefault((slot.scope, window), {})[number] = slot
    for (scope, window), slots in together.items():
        counts = _counts(scope, window, {slot.owner_id for slot in slots.values()})
        for number, slot in slots.items():
            leads, spend = counts.get(slot.owner_id, (0, 0))
            used[number] = leads if slot.cap.unit is Unit.LEADS else spend
    return used


def _counts(scope: Scope, window: Window, owners: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return the leads and the money of the places that each owner gave in a window."""
    rows: QuerySet[Any]
    if scope is Scope.SOURCE:
        rows = models.Lead.objects.filter(source_id__in=owners, accepted=True, test=False)
        counts = _within(rows, "received_at", window).values_list("source_id")
        return {owner: (leads, 0) for owner, leads in counts.annotate(Count("id"))}
    column = _OWNER_COLUMN[scope]
    rows = models.Delivery.objects.filter(**{f"{column}__in": owners}, holds_place=True)
    if scope is Scope.ASSIGNMENT:
        # Places are found by their profile and moment; those of one assignment have no index.
        rows = rows.filter(
            profile_id__in=models.Assignment.objects.filter(id__in=owners).values("profile_id")
        )
    counts = _within(rows, "placed_at", window).values_list(column)
    found = counts.annotate(Count("id"), Sum("price_minor"))
    return {owner: (leads, int(spend)) for owner, leads, spend in found}


def _within(rows: "QuerySet[Any]", column: str, window: Window) -> "QuerySet[Any]":
    rows = rows.order_by().filter(**{f"{column}__gte": window.start})
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
