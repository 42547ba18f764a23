"""Tallies of the leads of each hour, and the hours whose tally is stale.

A lead belongs to the hour in which it was received. Whoever writes a lead's row marks its hour in
the same transaction, so that a tally without a mark is what the rows say.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import BooleanField, Count, ExpressionWrapper, Max, Min, Q, QuerySet, Sum
from msgspec import Struct

from headgate.domain.deliveries import State
from headgate.domain.dispositions import REACHED, Disposition
from headgate.domain.ids import (
    AccountId,
    PartnerId,
    ProfileId,
    SourceId,
)
from headgate.domain.instants import to_milliseconds
from headgate.domain.leads import LeadState
from headgate.storage import bulk, models

HOUR = timedelta(hours=1)
_HOUR_MS = 3_600_000
_SOLD = (State.DELIVERED, State.RETURNED)
_MARK = (
    "INSERT INTO storage_stalehour (account_id, hour) VALUES {values} "
    "ON CONFLICT (account_id, hour) DO UPDATE SET taken_at = NULL "
    "WHERE storage_stalehour.taken_at IS NOT NULL"
)


class LeadTally(Struct):
    """The attributes are named like the columns."""

    account_id: AccountId
    start: datetime
    source_id: SourceId
    received: int = 0
    accepted: int = 0
    matched: int = 0
    sold: int = 0
    duplicate: int = 0
    quarantined: int = 0
    held: int = 0
    waiting: int = 0
    unmatched: int = 0
    undelivered: int = 0
    cost_minor: int = 0


class DeliveryTally(Struct):
    """The attributes are named like the columns; `returned` ones may keep their charge."""

    account_id: AccountId
    start: datetime
    source_id: SourceId
    profile_id: ProfileId
    partner_id: PartnerId
    made: int = 0
    open: int = 0
    delivered: int = 0
    rejected: int = 0
    failed: int = 0
    unknown: int = 0
    returned: int = 0
    revenue_minor: int = 0
    feedback: int = 0
    contacted: int = 0
    converted: int = 0
    bad_contact: int = 0
    sale_minor: int = 0


_KEY = ("account_id", "start", "source_id", "profile_id", "partner_id")
LEAD_COUNTS = tuple(each for each in LeadTally.__struct_fields__ if each not in _KEY)
DELIVERY_COUNTS = tuple(each for each in DeliveryTally.__struct_fields__ if each not in _KEY)


class Stale(Struct, frozen=True):
    account_id: AccountId
    hour: datetime


def mark(received: Iterable[tuple[AccountId, datetime]]) -> None:
    """Have the hours in which leads were received counted again.

    The marks stay locked until the transaction ends, so that it must lock its leads before.
    """
    hours = sorted({(account, to_milliseconds(at) // _HOUR_MS) for account, at in received})
    if not hours:
        return
    written = [(account, _hour(number)) for account, number in hours]
    with connection.cursor() as cursor:
        cursor.execute(
            _MARK.format(values=", ".join(["(%s, %s)"] * len(written))),
            [each for account, hour in written for each in (account, bulk.parameter(hour))],
        )


def mark_all(account_id: AccountId) -> None:
    """Have everything counted again, under another clock: no tally is left."""
    starts = models.LeadTally.objects.filter(account_id=account_id).values_list("start", flat=True)
    numbers = {to_milliseconds(start) // _HOUR_MS for start in starts.distinct()}
    hours = {_hour(number + following) for number in numbers for following in (0, 1)}
    models.StaleHour.objects.bulk_create(
        [models.StaleHour(account_id=account_id, hour=hour) for hour in hours],
        ignore_conflicts=True,
    )
    models.LeadTally.objects.filter(account_id=account_id).delete()
    models.DeliveryTally.objects.filter(account_id=account_id).delete()


def stale_hours(
    *,
    account_id: AccountId | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int,
) -> list[Stale]:
    """Return hours to count, the newest first."""
    rows = models.StaleHour.objects.all()
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    if since is not None:
        rows = rows.filter(hour__gt=since - HOUR)
    if until is not None:
        rows = rows.filter(hour__lt=until)
    found = rows.order_by("-hour").values_list("account_id", "hour")[:limit]
    return [Stale(AccountId(account), hour) for account, hour in found]


def span(account_id: AccountId) -> tuple[datetime, datetime] | None:
    """Return the first and the last hour that has a tally."""
    rows = models.LeadTally.objects.filter(account_id=account_id)
    ends = rows.aggregate(first=Min("start"), last=Max("start"))
    return None if ends["first"] is None else (ends["first"], ends["last"])


def take(stale: Stale, *, now: datetime) -> None:
    """Begin to count an hour: what changes from here on makes it stale again."""
    models.StaleHour.objects.filter(account_id=stale.account_id, hour=stale.hour).update(
        taken_at=now
    )


def finish(stale: Stale, *, taken_at: datetime) -> None:
    """Tell that an hour's tally is written, unless something changed since it was taken."""
    models.StaleHour.objects.filter(
        account_id=stale.account_id, hour=stale.hour, taken_at=taken_at
    ).delete()


def replace(
    account_id: AccountId,
    start: datetime,
    leads: Sequence[LeadTally],
    deliveries: Sequence[DeliveryTally],
) -> None:
    """Write the tallies of one hour of the account's clock over what stood there."""
    with transaction.atomic():
        models.LeadTally.objects.filter(account_id=account_id, start=start).delete()
        models.DeliveryTally.objects.filter(account_id=account_id, start=start).delete()
        bulk.insert(models.LeadTally, leads)
        bulk.insert(models.DeliveryTally, deliveries)


def has_more(account_id: AccountId, begin: datetime, end: datetime, *, than: int) -> bool:
    """Tell whether more leads than that came in a span, without counting them all."""
    rows = models.Lead.objects.filter(**_came(account_id, begin, end)).order_by()
    return rows[: than + 1].count() > than


def count_leads(account_id: AccountId, begin: datetime, end: datetime) -> list[LeadTally]:
    """Count the rows of leads from `begin` until `end`, which is excluded; costs are left out."""
    tallies: dict[int, LeadTally] = {}
    rows = models.Lead.objects.filter(**_came(account_id, begin, end), test=False).annotate(
        repeats=_REPEATS
    )
    groups = rows.order_by().values_list("source_id", "state", "repeats", "accepted")
    for source_id, state, repeats, accepted, count in groups.annotate(Count("id")):
        tally = tallies.setdefault(source_id, LeadTally(account_id, begin, SourceId(source_id)))
        tally.received += count
        tally.accepted += count if accepted else 0
        column = _column_of(state, repeats=repeats, accepted=accepted)
        if column in _COUNTED_STATES:
            setattr(tally, column, getattr(tally, column) + count)
    had = models.Delivery.objects.filter(**_came(account_id, begin, end, "lead__"), test=False)
    for source_id, matched, sold in (
        had.order_by()
        .values_list("lead__source_id")
        .annotate(
            matched=Count("lead_id", distinct=True),
            sold=Count("lead_id", distinct=True, filter=Q(state__in=_SOLD)),
        )
    ):
        tallies[source_id].matched = matched
        tallies[source_id].sold = sold
    return list(tallies.values())


def count_deliveries(account_id: AccountId, begin: datetime, end: datetime) -> list[DeliveryTally]:
    """Count the deliveries of leads that came from `begin` until `end`, which is excluded."""
    tallies: dict[tuple[int, int, int], DeliveryTally] = {}
    rows = models.Delivery.objects.filter(**_came(account_id, begin, end, "lead__"), test=False)
    for source_id, profile_id, partner_id, state, count, price in (
        rows.order_by()
        .values_list("lead__source_id", "profile_id", "partner_id", "state")
        .annotate(Count("id"), Sum("price_minor"))
    ):
        tally = tallies.setdefault(
            (source_id, profile_id, partner_id),
            DeliveryTally(
                account_id,
                begin,
                SourceId(source_id),
                ProfileId(profile_id),
                PartnerId(partner_id),
            ),
        )
        tally.made += count
        column = "open" if state in ("pending", "sending") else state
        if column in _COUNTED_DELIVERIES:
            setattr(tally, column, getattr(tally, column) + count)
        if state in _SOLD:
            tally.revenue_minor += price
    credited = models.LedgerEntry.objects.filter(
        kind="credit",
        delivery_id__in=rows.filter(state=State.RETURNED).values("id"),
    )
    for source_id, profile_id, partner_id, amount in (
        credited.order_by()
        .values_list("delivery__lead__source_id", "delivery__profile_id", "delivery__partner_id")
        # A lead that came back brings nothing, also where a credit note took its charge back.
        .annotate(Sum("delivery__price_minor"))
    ):
        tallies[source_id, profile_id, partner_id].revenue_minor -= amount
    _add_feedback(tallies, rows)
    return list(tallies.values())


def _add_feedback(
    tallies: Mapping[tuple[int, int, int], DeliveryTally], rows: QuerySet[models.Delivery]
) -> None:
    """Add what partners said last of these deliveries."""
    said = models.Disposition.objects.filter(is_latest=True, delivery_id__in=rows.values("id"))
    for source_id, profile_id, partner_id, kind, count, value in (
        said.order_by()
        .values_list(
            "delivery__lead__source_id", "delivery__profile_id", "delivery__partner_id", "kind"
        )
        .annotate(Count("id"), Sum("value_minor"))
    ):
        tally = tallies[source_id, profile_id, partner_id]
        tally.feedback += count
        tally.contacted += count if kind in REACHED else 0
        tally.converted += count if kind == Disposition.SOLD else 0
        tally.bad_contact += count if kind == Disposition.BAD_CONTACT else 0
        tally.sale_minor += value or 0


def _column_of(state: str, *, repeats: bool, accepted: bool) -> str:
    """Return the state that a lead is counted in: erasing it does not take it out of figures."""
    if state != LeadState.ERASED or accepted:
        return state
    return LeadState.DUPLICATE if repeats else LeadState.QUARANTINED


_REPEATS = ExpressionWrapper(Q(duplicate_of__isnull=False), output_field=BooleanField())
_COUNTED_STATES = frozenset(
    (
        LeadState.DUPLICATE,
        LeadState.QUARANTINED,
        LeadState.HELD,
        LeadState.WAITING,
        LeadState.UNMATCHED,
        LeadState.UNDELIVERED,
    )
)
_COUNTED_DELIVERIES = frozenset(("open", "delivered", "rejected", "failed", "unknown", "returned"))


def _came(account_id: AccountId, begin: datetime, end: datetime, of: str = "") -> dict[str, object]:
    """Name the leads of a span by what their index has: the source and the arrival."""
    sources = models.Source.objects.filter(account_id=account_id).values_list("id", flat=True)
    return {
        f"{of}source_id__in": list(sources),
        f"{of}received_at__gte": begin,
        f"{of}received_at__lt": end,
    }


def _hour(number: int) -> datetime:
    return datetime.fromtimestamp(number * 3600, UTC)
