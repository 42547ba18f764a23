"""What became of the leads of each hour is counted again where rows changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from headgate.domain.ids import AccountId, PartnerId, ProfileId, SourceId
from headgate.domain.sources import CostPer, Source
from headgate.domain.tallies import hours_touching
from headgate.services import setups
from headgate.services.reports.portions import portions_of
from headgate.storage import setup, tallies
from headgate.storage.tallies import DeliveryTally, LeadTally, Stale

MOST_AT_ONCE = 200
# An hour of a million leads is counted again after 200 seconds, so that counting stays cheap.
LEADS_A_SECOND = 5_000
_rests_until: dict[Stale, datetime] = {}


def count_stale_hours(*, now: datetime) -> int:
    """Count stale hours of all accounts, the newest first; return how many were counted.

    Their rows are read while others go on writing; an hour in which a lead changes meanwhile
    stays stale.
    """
    stale = tallies.stale_hours(limit=MOST_AT_ONCE)
    return sum(_count(each, now=now) for each in stale)


def bring_up_to_date(
    *, account_id: AccountId, since: datetime | None, until: datetime | None, now: datetime
) -> bool:
    """Count the stale hours of a span; False when some are left for later."""
    stale = tallies.stale_hours(account_id=account_id, since=since, until=until, limit=MOST_AT_ONCE)
    counted = sum(_count(each, now=now) for each in stale)
    return counted == len(stale) < MOST_AT_ONCE


def _count(stale: Stale, *, now: datetime) -> bool:
    """Count an hour, unless it was counted just now and has so many leads that it shall rest."""
    if now < _rests_until.get(stale, now):
        return False
    tallies.take(stale, now=now)
    zone = setups.in_force(stale.account_id).zone
    leads = sum(
        _count_hour(stale.account_id, start, end) for start, end in hours_touching(zone, stale.hour)
    )
    tallies.finish(stale, taken_at=now)
    _rests_until.pop(stale, None)
    if leads > LEADS_A_SECOND:
        _rests_until[stale] = now + timedelta(seconds=leads // LEADS_A_SECOND)
    return True


def _count_hour(account_id: AccountId, start: datetime, end: datetime) -> int:
    """Count by portions, for the set-up may have changed meanwhile, or the hour be a big one."""
    leads: dict[SourceId, LeadTally] = {}
    deliveries: dict[tuple[SourceId, ProfileId, PartnerId], DeliveryTally] = {}
    versions = setup.versions_during(account_id, start, end)
    cuts = [made_at for made_at, _ in versions]
    for begin, until in portions_of(account_id, start, end, cuts):
        counted = tallies.count_leads(account_id, begin, until)
        costs = _costs(account_id, versions, begin) if counted else {}
        for tally in counted:
            tally.cost_minor = _cost_of(tally, costs)
            total = leads.setdefault(tally.source_id, LeadTally(account_id, start, tally.source_id))
            _add(total, tally, tallies.LEAD_COUNTS)
        for made in tallies.count_deliveries(account_id, begin, until):
            key = (made.source_id, made.profile_id, made.partner_id)
            _add(
                deliveries.setdefault(key, DeliveryTally(account_id, start, *key)),
                made,
                tallies.DELIVERY_COUNTS,
            )
    tallies.replace(account_id, start, list(leads.values()), list(deliveries.values()))
    return sum(tally.received for tally in leads.values())


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


def _add(total: object, part: object, columns: tuple[str, ...]) -> None:
    for column in columns:
        setattr(total, column, getattr(total, column) + getattr(part, column))
