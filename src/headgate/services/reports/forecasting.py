"""What becomes of the rest of today, if it goes on like the last days: which caps fill when."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from msgspec import Struct

from headgate.domain.caps import Per, Scope, Unit, window
from headgate.domain.forecast import Forecast, FullCap, Hour, expected_hours, forecast
from headgate.domain.history.past import PastLead
from headgate.domain.ids import AccountId, SourceId
from headgate.domain.instants import rfc3339
from headgate.domain.money import format_amount
from headgate.services import setups, simulation
from headgate.services.cap_owners import owner_of
from headgate.services.history import Archivist
from headgate.services.reports import tallying
from headgate.services.setups import Setup
from headgate.storage import history, reports, tallies

MOST_DAYS = 7
MOST_SOURCES = 20
MOST_SAMPLES = 300
LEAST_SAMPLES = 10


class SourceAfter(Struct, frozen=True):
    """What a source sends after a cap is full, and which share of it is lost to that cap."""

    entity: str
    source: str
    leads: int
    lost: int
    share: float


class CapForecast(Struct, frozen=True):
    """A cap that fills today, with the sources that lose leads to it, the hardest hit first.

    `of` and `name` are its owner; an assignment's slug stands behind its profile's. `limit` is
    leads, or money as text. `lost` leads have no taker but would have one if there were room.
    """

    scope: Scope
    of: str
    name: str
    per: Per
    unit: Unit
    limit: int | str
    full_at: str
    leads_after: int
    lost: int
    sources: list[SourceAfter]


class ForecastShown(Struct, frozen=True, rename={"since": "from", "until": "to"}):
    """`days` of the past were averaged; with none of them nothing can be said."""

    since: str
    until: str
    days: int
    leads: int
    untaken: int
    waiting: int
    caps: list[CapForecast]


def forecast_today(*, account_id: AccountId, now: datetime) -> ForecastShown:
    """Decide the rest of the account's day ahead; nothing is written but stale tallies."""
    setup = setups.in_force(account_id)
    until = window(Per.DAY, setup.zone, now).end or now
    days, past = _past_hours(setup, now)
    expected = expected_hours(past, days=max(days, 1), zone=setup.zone, until=until, now=now)
    found = forecast(
        setup.plan,
        simulation.situation_at(setup, now),
        expected,
        _samples(setup, expected),
        zone=setup.zone,
        now=now,
    )
    return ForecastShown(
        since=rfc3339(now),
        until=rfc3339(until),
        days=days,
        leads=found.leads,
        untaken=found.untaken,
        waiting=found.waiting,
        caps=_shown_caps(setup, found),
    )


def _past_hours(setup: Setup, now: datetime) -> tuple[int, list[Hour]]:
    """Return how many whole days of the last seven had begun to count, and their hours."""
    account_id, zone = setup.account.id, setup.zone
    today = now.astimezone(zone).date()
    midnight = datetime.combine(today, time(), zone)
    since = datetime.combine(today - timedelta(days=MOST_DAYS), time(), zone)
    tallying.bring_up_to_date(account_id=account_id, since=since, until=midnight, now=now)
    tallied = tallies.span(account_id)
    if tallied is None:
        return 0, []
    days = min(MOST_DAYS, (today - tallied[0].astimezone(zone).date()).days)
    arrived = reports.arrived_by_hour(account_id, since, midnight)
    return max(days, 0), [Hour(each.source_id, each.start, each.leads) for each in arrived]


def _samples(setup: Setup, expected: Sequence[Hour]) -> dict[SourceId, list[PastLead]]:
    """Read the newest leads of the busiest sources, more of a busier one."""
    leads: Counter[SourceId] = Counter()
    for hour in expected:
        leads[hour.source_id] += round(hour.leads * 1_000)
    total, archivist = sum(leads.values()), Archivist(setup)
    most = {
        source_id: max(LEAST_SAMPLES, MOST_SAMPLES * count // total) if total else LEAST_SAMPLES
        for source_id, count in leads.most_common(MOST_SOURCES)
    }
    samples: dict[SourceId, list[PastLead]] = {source_id: [] for source_id in most}
    for stored in history.read_newest(setup.account.id, most):
        samples[stored.source_id].append(archivist.past_lead(stored))
    return samples


def _shown_caps(setup: Setup, found: Forecast) -> list[CapForecast]:
    sources = {id: key for key, id in setup.plan.identities.sources.items()}
    shown = []
    for full in found.full_caps():
        slot = setup.plan.slots[full.slot]
        owner = owner_of(setup, slot)
        limit = slot.cap.limit
        shown.append(
            CapForecast(
                scope=slot.scope,
                of=owner.slug,
                name=owner.name,
                per=slot.cap.per,
                unit=slot.cap.unit,
                limit=limit
                if slot.cap.unit is Unit.LEADS
                else format_amount(limit, setup.currency),
                full_at=rfc3339(full.at),
                leads_after=full.came.total(),
                lost=full.lost.total(),
                sources=[
                    SourceAfter(*sources[id], full.came[id], lost, round(lost / full.came[id], 4))
                    for id, lost in _hardest_hit(full)
                ],
            )
        )
    return shown


def _hardest_hit(full: FullCap) -> list[tuple[SourceId, int]]:
    return [(id, lost) for id, lost in full.lost.most_common() if lost]
