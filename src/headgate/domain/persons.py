"""Which partners had a person too recently to get that person again."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from headgate.domain.ids import PartnerId
from headgate.domain.matching import EntityPlan


def asks_for_persons(plan: EntityPlan) -> bool:
    """Tell whether any partner of the entity refuses a person that it had before."""
    return any(
        seat.partner.duplicate_days is not None for line in plan.lines for seat in line.seats
    )


def too_recent(
    plan: EntityPlan, latest: Mapping[PartnerId, datetime], *, now: datetime
) -> frozenset[PartnerId]:
    """Return the partners that had the person within their `duplicate_days`."""
    return frozenset(
        seat.partner_id
        for line in plan.lines
        for seat in line.seats
        if seat.partner.duplicate_days is not None
        and seat.partner_id in latest
        and latest[seat.partner_id] > now - timedelta(days=seat.partner.duplicate_days)
    )


def latest_of(had: Iterable[Mapping[PartnerId, datetime]]) -> dict[PartnerId, datetime]:
    """Merge what several digests say about one person."""
    latest: dict[PartnerId, datetime] = {}
    for each in had:
        for partner_id, at in each.items():
            latest[partner_id] = max(at, latest.get(partner_id, at))
    return latest
