"""How long leads took from their arrival until each partner had them."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct

from headgate.domain.ids import AccountId, PartnerId
from headgate.services import setups
from headgate.storage import latencies

MOST_LOOKED_AT = 1_000


class PartnerLatency(Struct, frozen=True):
    """Half of the deliveries took at most `median_ms`, all but a twentieth `most_ms`."""

    partner: str
    name: str
    deliveries: int
    median_ms: int
    most_ms: int


class Latencies(Struct, frozen=True):
    """`looked_at` counts the newest delivered ones of the span, at most `MOST_LOOKED_AT`."""

    looked_at: int
    partners: list[PartnerLatency]


def find_latencies(
    *,
    account_id: AccountId,
    entities: Collection[str] | None,
    since: datetime | None,
    until: datetime | None,
) -> Latencies:
    """Measure the newest deliveries made in the span that were delivered; the slowest first.

    The time that a lead was held, waited for room or queued for a digest counts as well.
    """
    setup = setups.in_force(account_id)
    found = latencies.newest_journeys(
        account_id, since, until, entities=setup.entity_ids(entities), most=MOST_LOOKED_AT
    )
    took: dict[PartnerId, list[int]] = {}
    for each in found:
        took.setdefault(each.partner_id, []).append(each.took_ms)
    names = {partner.slug: partner.name for partner in setup.configuration.partners}
    measured = []
    for partner_id, times in took.items():
        slug = setup.partner_slugs[partner_id]
        times.sort()
        measured.append(
            PartnerLatency(
                partner=slug,
                name=names.get(slug, slug),
                deliveries=len(times),
                median_ms=_within(times, 50),
                most_ms=_within(times, 95),
            )
        )
    measured.sort(key=lambda each: (-each.median_ms, each.partner))
    return Latencies(len(found), measured)


def _within(ordered: list[int], percent: int) -> int:
    """Return the time within which that share of them was done: the nearest rank."""
    return ordered[-(-len(ordered) * percent // 100) - 1]
