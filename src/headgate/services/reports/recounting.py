"""Every figure of reports that the rows contradict, for whoever verifies."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from headgate.domain.ids import AccountId
from headgate.domain.tallies import hours_touching
from headgate.services import setups
from headgate.services.reports.portions import portions_of
from headgate.storage import accounts, reports, tallies
from headgate.storage.reports import ReportFilter, Sums
from headgate.storage.tallies import DeliveryTally, LeadTally
from headgate.storage.verification import Breach


def breaches() -> Iterator[Breach]:
    """Compare what is kept of hours without a mark with what is there."""
    for account in accounts.list_all():
        for begin, end in _clean_runs(account.id):
            wanted = ReportFilter(since=begin, until=end)
            leads: dict[Any, dict[str, int]] = {}
            deliveries: dict[Any, dict[str, int]] = {}
            for start, until in portions_of(account.id, begin, end):
                _add(leads, tallies.count_leads(account.id, start, until), "source_id")
                made = tallies.count_deliveries(account.id, start, until)
                _add(deliveries, made, "partner_id")
            kept = reports.sum_leads(account.id, wanted, by="source_id")
            yield from _differing(
                f"leads of account {account.slug}, source", kept, leads, without="cost_minor"
            )
            kept = reports.sum_deliveries(account.id, wanted, by="partner_id")
            yield from _differing(
                f"deliveries of account {account.slug}, partner", kept, deliveries
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


def _add(
    sums: dict[Any, dict[str, int]],
    counted: Sequence[LeadTally] | Sequence[DeliveryTally],
    by: str,
) -> None:
    columns = tallies.LEAD_COUNTS if by == "source_id" else tallies.DELIVERY_COUNTS
    for tally in counted:
        total = sums.setdefault(getattr(tally, by), dict.fromkeys(columns, 0))
        for column in columns:
            total[column] += getattr(tally, column)


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
