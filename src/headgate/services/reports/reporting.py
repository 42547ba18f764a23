"""Numbers for people: what came in, what became of it, and what it brought."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from headgate.domain.ids import AccountId
from headgate.domain.instants import rfc3339
from headgate.domain.money import format_amount
from headgate.domain.reports import By
from headgate.services import setups
from headgate.services.reports import tallying
from headgate.services.reports.hour_names import names_of_hours
from headgate.services.setups import Setup
from headgate.storage import reports
from headgate.storage.reports import ReportFilter, Sums
from headgate.storage.tallies import DELIVERY_COUNTS, LEAD_COUNTS

_COLUMNS = {
    By.PARTNER: "partner_id",
    By.SOURCE: "source_id",
    By.PROFILE: "profile_id",
    By.DAY: "start",
    By.HOUR: "start",
}
_OF_LEADS = (By.SOURCE, By.DAY, By.HOUR)


class Figures(Struct, frozen=True, omit_defaults=False):
    """What one line of a report says; money is in the account's currency.

    Figures of leads (`received` to `undelivered`, `cost` and `margin`) are None in a report by
    partner or profile, for a lead may be offered to several. `acceptance` is the share of
    deliveries that partners took among those that they answered; None while nobody answered.
    `feedback` counts deliveries of which a partner said something, `contacted` to `bad_contact`
    what it said last; the rates are of the deliveries that partners got. `sale_value` is the sum
    of what those sold for, as far as they said.
    """

    received: int | None
    accepted: int | None
    matched: int | None
    sold: int | None
    duplicate: int | None
    quarantined: int | None
    held: int | None
    waiting: int | None
    unmatched: int | None
    undelivered: int | None
    deliveries: int
    open: int
    delivered: int
    refused: int
    failed: int
    unknown: int
    returned: int
    acceptance: float | None
    revenue: str
    cost: str | None
    margin: str | None
    feedback: int
    contacted: int
    converted: int
    bad_contact: int
    contact_rate: float | None
    conversion_rate: float | None
    sale_value: str


class Line(Struct, frozen=True):
    """`key` is a slug, a day (2026-11-23) or an hour (00 to 23); `name` is for people."""

    key: str
    name: str
    figures: Figures


class Report(Struct, frozen=True, rename={"since": "from", "until": "to"}):
    """`since` and `until` are the full hours that hold the span that was asked for.

    `complete` is False while older hours are still being counted.
    """

    by: By
    since: str | None
    until: str | None
    currency: str
    lines: list[Line]
    total: Figures
    complete: bool


def report(*, account_id: AccountId, by: By, wanted: ReportFilter, now: datetime) -> Report:
    """Add up the leads received in the span, with what became of them until now.

    Hours that changed since they were counted are counted first.
    """
    in_force = setups.in_force(account_id)
    wanted = wanted.in_full_hours(in_force.zone)
    complete = tallying.bring_up_to_date(
        account_id=account_id, since=wanted.since, until=wanted.until, now=now
    )
    column = _COLUMNS[by]
    tells_of_leads = by in _OF_LEADS and wanted.profile is None and wanted.partner is None
    key_of, name_of = _words(in_force, by)
    if by is By.HOUR:
        name_of = names_of_hours(account_id, wanted, in_force.zone)
    lead_sums = (
        reports.sum_leads(account_id, wanted, by=column, key_of=key_of) if tells_of_leads else {}
    )
    delivery_sums = reports.sum_deliveries(account_id, wanted, by=column, key_of=key_of)
    nothing: Mapping[str, int | None] = dict.fromkeys(LEAD_COUNTS, 0 if tells_of_leads else None)
    none_made = dict.fromkeys(DELIVERY_COUNTS, 0)
    currency = in_force.currency
    lines = [
        Line(
            key,
            name_of(key),
            _figures(lead_sums.get(key, nothing), delivery_sums.get(key, none_made), currency),
        )
        for key in sorted(lead_sums.keys() | delivery_sums.keys())
    ]
    total = _figures(
        _added(lead_sums.values(), LEAD_COUNTS) if tells_of_leads else nothing,
        _added(delivery_sums.values(), DELIVERY_COUNTS),
        currency,
    )
    since, until = (None if at is None else rfc3339(at) for at in (wanted.since, wanted.until))
    return Report(by, since, until, currency, lines, total, complete)


def as_table(report: Report) -> tuple[list[str], list[list[str]]]:
    """Return all figures as a header and rows, for a file."""
    names = report.total.__struct_fields__
    rows = [
        [line.key, line.name, *(_plain(getattr(line.figures, name)) for name in names)]
        for line in report.lines
    ]
    return [str(report.by), "name", *names], rows


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def _words(in_force: Setup, by: By) -> tuple[Callable[[Any], str], Callable[[str], str]]:
    """Return how a tally's column becomes a line's key, and that a name."""
    zone, said = in_force.zone, in_force.configuration
    match by:
        case By.PARTNER:
            names = {each.slug: each.name for each in said.partners}
            return lambda id: in_force.partner_slugs[id], lambda key: names.get(key, key)
        case By.PROFILE:
            names = {each.slug: each.name for each in said.profiles}
            return lambda id: in_force.profile_slugs[id], lambda key: names.get(key, key)
        case By.SOURCE:
            names = {each.slug: each.name for each in said.sources}
            return lambda id: in_force.source_slugs[id], lambda key: names.get(key, key)
        case By.DAY:
            return lambda start: start.astimezone(zone).date().isoformat(), str
        case By.HOUR:
            return lambda start: f"{start.astimezone(zone).hour:02}", str


def _added(parts: Iterable[Sums], columns: tuple[str, ...]) -> Sums:
    total = dict.fromkeys(columns, 0)
    for part in parts:
        for column in columns:
            total[column] += part[column]
    return total


def _figures(came: Mapping[str, int | None], made: Sums, currency: str) -> Figures:
    revenue, cost = made["revenue_minor"], came["cost_minor"]
    taken = made["delivered"] + made["returned"]
    answered = taken + made["rejected"] + made["failed"]
    return Figures(
        **{name: came[name] for name in LEAD_COUNTS if name != "cost_minor"},
        deliveries=made["made"],
        open=made["open"],
        delivered=made["delivered"],
        refused=made["rejected"],
        failed=made["failed"],
        unknown=made["unknown"],
        returned=made["returned"],
        acceptance=_share(taken, answered),
        revenue=format_amount(revenue, currency),
        cost=None if cost is None else format_amount(cost, currency),
        margin=None if cost is None else format_amount(revenue - cost, currency),
        feedback=made["feedback"],
        contacted=made["contacted"],
        converted=made["converted"],
        bad_contact=made["bad_contact"],
        contact_rate=_share(made["contacted"], taken),
        conversion_rate=_share(made["converted"], taken),
        sale_value=format_amount(made["sale_minor"], currency),
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
