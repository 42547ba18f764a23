"""How sources stand: what is used of their caps, their keys, and what became of their requests."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from headgate.domain.cap_slots import CapSlot
from headgate.domain.caps import Scope, window
from headgate.domain.ids import AccountId, SourceId
from headgate.domain.instants import rfc3339
from headgate.domain.sources import API_SOURCE, Source
from headgate.services import receipts, setups
from headgate.services.catalogue import ThingNotFound
from headgate.services.partners import CapStanding, spans
from headgate.services.receipts import SourceAnswer
from headgate.services.setups import Setup
from headgate.services.writing import write_json
from headgate.storage import caps, deliveries, keys, leads, refused_requests, reports
from headgate.storage.keys import KeyShown
from headgate.storage.refused_requests import RefusedRequest
from headgate.storage.reports import ReportFilter

MOST_REQUESTS = 20


class SourceStanding(Struct, frozen=True):
    source: Source
    id: SourceId
    caps: tuple[CapStanding, ...]
    received_today: int
    received_this_month: int
    keys: int


class FlawTold(Struct, frozen=True):
    field: str
    message: str


class Refused(Struct, frozen=True):
    """What a request that brought no lead was answered."""

    path: str
    detail: str
    errors: list[FlawTold] = []


class LastRequest(Struct, frozen=True):
    """A request that brought a lead has its `lead`, one that was refused its `refused`."""

    at: str
    status: int
    lead: SourceAnswer | None = None
    refused: Refused | None = None


class RefusedNow(Struct, frozen=True):
    """A refusal that just went out, by the digest of the key that it was for."""

    digest: str
    at: datetime
    status: int
    refused: Refused


def find_source(setup: Setup, entity: str, slug: str) -> tuple[SourceId, Source]:
    """:raises ThingNotFound:"""
    found = setup.source(entity, slug)
    if found is None:
        raise ThingNotFound(f"there is no source {slug!r} of the entity {entity!r}")
    return found


def find_standings(
    *, account_id: AccountId, entities: Iterable[str], now: datetime
) -> list[SourceStanding]:
    """Return the sources in force of these entities; each has the built-in one."""
    setup = setups.in_force(account_id)
    wanted = [
        found
        for entity in entities
        for slug in _slugs(setup, entity)
        if (found := setup.source(entity, slug)) is not None
    ]
    since = spans(setup, now)
    today, month = (_received(setup, at) for at in (since.today, since.month))
    made = keys.count_in_force([id for id, _ in wanted])
    used = _caps_of(setup, wanted, now)
    return [
        SourceStanding(source, id, used[id], today.get(id, 0), month.get(id, 0), made.get(id, 0))
        for id, source in wanted
    ]


def list_keys(*, account_id: AccountId, source_id: SourceId) -> list[KeyShown]:
    """Return the keys of a source that are in force, newest first."""
    return keys.list_of(account_id, source_id)


def last_requests(*, account_id: AccountId, source_id: SourceId) -> list[LastRequest]:
    """Return what was answered lately, newest first: stored leads, and refusals beside them."""
    setup = setups.in_force(account_id)
    stored = leads.list_last_of(source_id, limit=MOST_REQUESTS)
    made = deliveries.of_leads([lead.id for lead in stored])
    found = [
        LastRequest(
            rfc3339(lead.received_at),
            201,
            lead=receipts.source_answer(setup, lead, made[lead.id]),
        )
        for lead in stored
    ]
    for each in refused_requests.list_last(source_id):
        said = msgspec.json.decode(setup.vault.open(each.sealed), type=Refused)
        found.append(LastRequest(rfc3339(each.at), each.status, refused=said))
    found.sort(key=lambda each: each.at, reverse=True)
    return found[:MOST_REQUESTS]


def keep_refusals(*, refusals: Sequence[RefusedNow]) -> None:
    """Keep what sources were refused; keys of no source, or not in force, are passed over."""
    found = keys.find({each.digest for each in refusals})
    rows = []
    for each in refusals:
        key = found.get(each.digest)
        if key is None or key.source_id is None:
            continue
        sealed = setups.last_seen(key.account_id).vault.seal(write_json(each.refused).encode())
        rows.append(RefusedRequest(key.account_id, key.source_id, each.at, each.status, sealed))
    refused_requests.add(rows)


def _received(setup: Setup, since: datetime) -> dict[Any, int]:
    """Return how many leads each source sent, as far as they are tallied: a minute may lack."""
    wanted = ReportFilter(since=since).in_full_hours(setup.zone)
    sums = reports.sum_leads(setup.account.id, wanted, by="source_id")
    return {source_id: counts["received"] for source_id, counts in sums.items()}


def _slugs(setup: Setup, entity: str) -> list[str]:
    """Return the slugs of an entity's sources as they are listed, the built-in last."""
    listed = [each.slug for each in setup.configuration.sources if each.entity == entity]
    return listed if API_SOURCE in listed else [*listed, API_SOURCE]


def _caps_of(
    setup: Setup, sources: Iterable[tuple[SourceId, Source]], now: datetime
) -> dict[SourceId, tuple[CapStanding, ...]]:
    slots = [
        CapSlot(Scope.SOURCE, id, cap, setup.zone) for id, source in sources for cap in source.caps
    ]
    windows = [window(slot.cap.per, slot.zone, now) for slot in slots]
    wanted = {n: (slot, windows[n]) for n, slot in enumerate(slots)}
    used = caps.used_of(setup.account.id, wanted, now=now)
    found: dict[Any, list[CapStanding]] = {id: [] for id, _ in sources}
    for n, slot in enumerate(slots):
        found[slot.owner_id].append(CapStanding(slot.cap, used[n], windows[n].end, slot.zone))
    return {id: tuple(each) for id, each in found.items()}
