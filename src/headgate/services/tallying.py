"""What became of the leads of each hour is counted again where rows changed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from headgate.domain.ids import AccountId, SourceId
from headgate.domain.sources import CostPer, Source
from headgate.domain.tallies import hours_touching, parts_of
from headgate.services import setups
from headgate.storage import accounts, reports, setup, tallies
from headgate.storage.reports import ReportFilter, Sums
from headgate.storage.tallies import DeliveryTally, LeadTally, Stale
from headgate.storage.verification import Breach

MOST_AT_ONCE = 200


def count_stale_hours(*, now: datetime) -> int:
    """Count up to `MOST_AT_ONCE` stale hours of all accounts, the newest first.

    Their rows are read while others go on writing; an hour in which a lead changes meanwhile
    stays stale. Returns how many were counted.
    """
    stale = tallies.stale_hours(limit=MOST_AT_ONCE)
    for each in stale:
        _count(each, now=now)
    return len(stale)


def bring_up_to_date(
    *, account_id: AccountId, since: datetime | None, until: datetime | None, now: datetime
) -> bool:
    """Count the stale hours of a span; False when there were more than `MOST_AT_ONCE`."""
    stale = tallies.stale_hours(account_id=account_id, since=since, until=until, limit=MOST_AT_ONCE)
    for each in stale:
        _count(each, now=now)
    return len(stale) < MOST_AT_ONCE


def breaches() -> Iterator[Breach]:
    """Give every figure of hours without a mark that the rows contradict."""
    for account in accounts.list_all():
        for begin, end in _clean_runs(account.id):
            wanted = ReportFilter(since=begin, until=end)
            kept = reports.sum_leads(account.id, wanted, by="source_id")
            made = reports.sum_deliveries(account.id, wanted, by="partner_id")
            yield from _differing(
                f"leads of account {account.slug}, source",
                kept,
                _summed(tallies.count_leads(account.id, begin, end), "source_id"),
                without="cost_minor",
            )
            yield from _differing(
                f"deliveries of account {account.slug}, partner",
                made,
                _summed(tallies.count_deliveries(account.id, begin, end), "partner_id"),
            )


def _clean_runs(account_id: AccountId) -> Iterator[tuple[datetime, datetime]]:
    """Give the spans of tallied hours between those that are stale."""
    tallied = tallies.span(account_id)
    if tallied is None:
        return
    zone = setups.in_force(account_id).zone
    begin, last = tallied
    stale = tallies.stale_hours(account_id=account_id, limit=1_000_000)
    for each in reversed(stale):
        spans = hours_touching(zone, each.hour)
        if begin < spans[0][0]:
            yield begin, spans[0][0]
        begin = max(begin, spans[-1][1])
    if begin <= last:
        yield begin, hours_touching(zone, last)[-1][1]


def _summed(
    counted: Sequence[LeadTally] | Sequence[DeliveryTally], by: str
) -> dict[Any, dict[str, int]]:
    sums: dict[Any, dict[str, int]] = {}
    for tally in counted:
        columns = tallies.LEAD_COUNTS if by == "source_id" else tallies.DELIVERY_COUNTS
        total = sums.setdefault(getattr(tally, by), dict.fromkeys(columns, 0))
        for column in columns:
            total[column] += getattr(tally, column)
    return sums


def _differing(
    what: str, kept: Mapping[Any, Sums], counted: Mapping[Any, Sums], *, without: str = ""
) -> Iterator[Breach]:
    for key in kept.keys() | counted.keys():
        told, found = kept.get(key, {}), counted.get(key, {})
        for column in (told or found).keys() - {without}:
            if told.get(column, 0) != found.get(column, 0):
                yield Breach(
                    "wrong_tally",
                    f"reports say {told.get(column, 0)} {column} for {what} {key}, "
                    f"but the rows {found.get(column, 0)}",
                )


def _count(stale: Stale, *, now: datetime) -> None:
    tallies.take(stale, now=now)
    in_force = setups.in_force(stale.account_id)
    for start, end in hours_touching(in_force.zone, stale.hour):
        _count_hour(stale.account_id, start, end)
    tallies.finish(stale, taken_at=now)


def _count_hour(account_id: AccountId, start: datetime, end: datetime) -> None:
    leads: dict[SourceId, LeadTally] = {}
    versions = setup.versions_during(account_id, start, end)
    for begin, until in parts_of(start, end, [made_at for made_at, _ in versions]):
        counted = tallies.count_leads(account_id, begin, until)
        costs = _costs(account_id, versions, begin) if counted else {}
        for tally in counted:
            tally.cost_minor = _cost_of(tally, costs)
            _add(leads.setdefault(tally.source_id, _none_of(tally, start)), tally)
    deliveries = tallies.count_deliveries(account_id, start, end)
    tallies.replace(account_id, start, list(leads.values()), deliveries)


def _costs(
    account_id: AccountId, versions: Sequence[tuple[datetime, int]], at: datetime
) -> Mapping[SourceId, Source]:
    """Return the sources as they were then; a lead costs what it cost when it came."""
    before = [version for made_at, version in versions if made_at <= at]
    version = before[-1] if before else versions[0][1]
    setup = setups.at_version(account_id, version)
    return {
        setup.plan.identities.sources[source.entity, source.slug]: source
        for source in setup.configuration.sources
    }


def _cost_of(tally: LeadTally, sources: Mapping[SourceId, Source]) -> int:
    source = sources.get(tally.source_id)
    if source is None:
        return 0
    counted = {
        CostPer.RECEIVED: tally.received,
        CostPer.ACCEPTED: tally.accepted,
        CostPer.SOLD: tally.sold,
    }
    return source.cost_minor * counted[source.cost_per]


def _none_of(tally: LeadTally, start: datetime) -> LeadTally:
    return LeadTally(tally.account_id, start, tally.source_id)


def _add(total: LeadTally, part: LeadTally) -> None:
    for column in tallies.LEAD_COUNTS:
        setattr(total, column, getattr(total, column) + getattr(part, column))
