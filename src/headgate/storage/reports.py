"""Tallies added up, by what a report asks for."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import add
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet, Sum, TextField
from django.db.models.functions import Cast
from msgspec import Struct
from msgspec.structs import replace

from headgate.domain.caps import Per, window
from headgate.domain.ids import AccountId, SourceId
from headgate.storage import models
from headgate.storage.tallies import DELIVERY_COUNTS, LEAD_COUNTS

_INSTANT = timedelta(microseconds=1)
Sums = Mapping[str, int]  # by the tally's columns


class ReportFilter(Struct, frozen=True, kw_only=True):
    """None leaves a part out; `since` is included, `until` is not. The rest are slugs.

    `entities` are those that whoever asks may see.
    """

    since: datetime | None = None
    until: datetime | None = None
    entity: str | None = None
    entities: tuple[str, ...] | None = None
    source: str | None = None
    profile: str | None = None
    partner: str | None = None

    def in_full_hours(self, zone: ZoneInfo) -> "ReportFilter":
        """Widen the span to the full hours of the clock that hold it."""
        since, until = self.since, self.until
        if since is not None:
            since = window(Per.HOUR, zone, since).start
        if until is not None:
            # In UTC: the wall clock's moment before an hour that it shows twice is another one.
            until = window(Per.HOUR, zone, until.astimezone(UTC) - _INSTANT).end
        return replace(self, since=since, until=until)

    def within(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        named = {
            "start__gte": self.since,
            "start__lt": self.until,
            "source__entity__slug": self.entity,
            "source__entity__slug__in": self.entities,
            "source__slug": self.source,
            "profile__slug": self.profile,
            "partner__slug": self.partner,
        }
        return rows.filter(**{name: value for name, value in named.items() if value is not None})


def sum_leads(
    account_id: AccountId,
    wanted: ReportFilter,
    *,
    by: str,
    key_of: Callable[[Any], Any] = lambda column: column,
) -> dict[Any, Sums]:
    """Add up leads by `start` or `source_id`; a filter by profile or partner has none.

    `key_of` turns the column into a key; what has the same is added up.
    """
    rows = models.LeadTally.objects.filter(account_id=account_id)
    return _summed(wanted.within(rows), by, LEAD_COUNTS, key_of)


def sum_deliveries(
    account_id: AccountId,
    wanted: ReportFilter,
    *,
    by: str,
    key_of: Callable[[Any], Any] = lambda column: column,
) -> dict[Any, Sums]:
    """Add up deliveries by `start`, `source_id`, `profile_id` or `partner_id`."""
    rows = models.DeliveryTally.objects.filter(account_id=account_id)
    return _summed(wanted.within(rows), by, DELIVERY_COUNTS, key_of)


class Arrived(Struct, frozen=True):
    """Leads of a source that came in an hour and were to be distributed."""

    source_id: SourceId
    start: datetime
    leads: int


def arrived_by_hour(account_id: AccountId, since: datetime, until: datetime) -> list[Arrived]:
    rows = models.LeadTally.objects.filter(
        account_id=account_id, start__gte=since, start__lt=until, accepted__gt=F("held")
    )
    found = rows.order_by("start", "source_id").values_list(
        "source_id", "start", F("accepted") - F("held")
    )
    return [Arrived(SourceId(source_id), start, leads) for source_id, start, leads in found]


def _summed(
    rows: "QuerySet[Any]", by: str, columns: tuple[str, ...], key_of: Callable[[Any], Any]
) -> dict[Any, Sums]:
    """Add up what has the same key, of thousands of hours as the database gives them.

    Whatever else reads an hour takes ten times as long.
    """
    if by == "start":
        rows, by = rows.annotate(hour=Cast("start", TextField())), "hour"
    sums = rows.order_by().values_list(by).annotate(*(Sum(column) for column in columns))
    try:
        statement = sums.query.sql_with_params()
    except EmptyResultSet:  # of no entity at all
        return {}
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        found = cursor.fetchall()
    merged: dict[Any, list[int]] = {}
    for column, *each in found:
        key = key_of(_moment(column) if by == "hour" else column)
        before = merged.get(key)
        merged[key] = each if before is None else list(map(add, before, each))
    return {key: dict(zip(columns, map(int, each), strict=True)) for key, each in merged.items()}


@lru_cache(maxsize=10_000)
def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
