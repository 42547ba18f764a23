"""What another set-up would have made of the leads of the past: a replay that touches nothing."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import count

from msgspec import Struct
from msgspec.structs import replace

from headgate.domain.caps import Scope, Unit
from headgate.domain.configuration.value import Configuration
from headgate.domain.history.differences import Differences
from headgate.domain.history.past import PastDelivery, PastLead
from headgate.domain.history.replay import Replay
from headgate.domain.identities import Identities
from headgate.domain.ids import AccountId, AssignmentId, EntityId, PartnerId, ProfileId, SourceId
from headgate.domain.instants import from_milliseconds, rfc3339
from headgate.domain.matching import Plan, compile_plan
from headgate.domain.money import format_amount
from headgate.domain.persons import asks_for_persons
from headgate.domain.sources import API_SOURCE
from headgate.domain.suppressions import EVERY_PARTNER, NOT_SUPPRESSED, Suppressed
from headgate.services import setups
from headgate.services.board import seat_of_places
from headgate.services.setups import Setup
from headgate.services.writing import read_list, read_rounds, read_values
from headgate.storage import history
from headgate.storage.history import StoredDelivery, StoredLead


class ShareShown(Struct, frozen=True):
    partner: str
    leads_before: int
    leads_after: int
    revenue_before: str
    revenue_after: str


class CapShown(Struct, frozen=True):
    """A cap of the other set-up that ran full; `limit` is leads, or money as text."""

    scope: str
    of: str
    per: str
    limit: int | str
    full_windows: int


class MoveShown(Struct, frozen=True):
    """A lead that would have gone elsewhere, from and to these partners."""

    lead: str
    before: list[str]
    after: list[str]


class HistoryShown(Struct, frozen=True):
    """`moves` has the first of the `moved`; `unmatched_because` are results and their counts."""

    leads: int
    erased: int
    moved: int
    matched_before: int
    matched_after: int
    newly_matched: int
    newly_unmatched: int
    unmatched_because: dict[str, int]
    currency: str
    revenue_before: str
    revenue_after: str
    partners: list[ShareShown]
    caps: list[CapShown]
    moves: list[MoveShown]


class Replayed(Struct, frozen=True):
    """`full_windows` follows the plan's slots; `erased` leads could not be decided again."""

    plan: Plan
    differences: Differences
    full_windows: list[int]
    erased: int


def replay_history(
    *,
    account_id: AccountId,
    configuration: Configuration,
    since: datetime | None,
    until: datetime | None,
) -> Replayed:
    """Decide the leads received in the span again, as if `configuration` had been in force.

    What partners answered stays; caps, turns and persons begin empty at the first lead.
    """
    in_force = setups.in_force(account_id)
    ids = _with_new_slugs(in_force.plan.identities, configuration)
    plan = compile_plan(configuration, ids, version=in_force.version)
    replay = Replay(plan)
    archivist = Archivist(in_force)
    asks = any(asks_for_persons(each) for each in plan.entities.values())
    for stored in history.read_leads(account_id, since, until, with_digests=asks):
        replay.take(archivist.past_lead(stored))
    replay.finish()
    erased = history.count_erased(account_id, since, until)
    return Replayed(plan, replay.differences, replay.full_windows, erased)


def show(replayed: Replayed) -> HistoryShown:
    found = replayed.differences
    currency = replayed.plan.configuration.account.currency
    slugs = {id: slug for slug, id in replayed.plan.identities.partners.items()}
    shares = found.shares.values()
    return HistoryShown(
        leads=found.leads,
        erased=replayed.erased,
        moved=found.moved,
        matched_before=found.matched_before,
        matched_after=found.matched_after,
        newly_matched=found.newly_matched,
        newly_unmatched=found.newly_unmatched,
        unmatched_because=dict(found.reasons.most_common()),
        currency=currency,
        revenue_before=format_amount(sum(each.revenue_before for each in shares), currency),
        revenue_after=format_amount(sum(each.revenue_after for each in shares), currency),
        partners=[
            ShareShown(
                partner=slugs[partner_id],
                leads_before=share.leads_before,
                leads_after=share.leads_after,
                revenue_before=format_amount(share.revenue_before, currency),
                revenue_after=format_amount(share.revenue_after, currency),
            )
            for partner_id, share in sorted(
                found.shares.items(), key=lambda item: -item[1].revenue_after
            )
        ],
        caps=_full_caps(replayed, currency),
        moves=[
            MoveShown(
                str(move.lead),
                [slugs[id] for id in move.before],
                [slugs[id] for id in move.after],
            )
            for move in found.named
        ],
    )


def _full_caps(replayed: Replayed, currency: str) -> list[CapShown]:
    ids = replayed.plan.identities
    names: dict[tuple[Scope, int], str] = {
        **{(Scope.PARTNER, id): slug for slug, id in ids.partners.items()},
        **{(Scope.PROFILE, id): slug for slug, id in ids.profiles.items()},
        **{
            (Scope.ASSIGNMENT, id): f"{profile}/{slug}"
            for (profile, slug), id in ids.assignments.items()
        },
        **{(Scope.SOURCE, id): slug for (_, slug), id in ids.sources.items()},
    }
    return [
        CapShown(
            scope=str(slot.scope),
            of=names[slot.scope, slot.owner_id],
            per=str(slot.cap.per),
            limit=(
                slot.cap.limit
                if slot.cap.unit is Unit.LEADS
                else format_amount(slot.cap.limit, currency)
            ),
            full_windows=full,
        )
        for slot, full in zip(replayed.plan.slots, replayed.full_windows, strict=True)
        if full and slot.cap.limit
    ]


class Archivist:
    """Reads stored leads as what they were when they were decided first."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    def past_lead(self, stored: StoredLead) -> PastLead:
        first = read_rounds(stored.rounds)[0]
        values = {
            **read_values(stored.fields),
            "status": _first_status(stored),
            "source": self._setup.source_slugs.get(stored.source_id, ""),
            "received_at": rfc3339(stored.received_at),
            **first.seen,
        }
        return PastLead(
            id=stored.id,
            entity=self._setup.entity_slugs.get(stored.entity_id, ""),
            received_at=stored.received_at,
            decided_at=max(stored.received_at, from_milliseconds(first.at)),
            values=values,
            deliveries=tuple([self._past(each) for each in stored.deliveries]),
            persons=tuple(stored.digests),
            suppressed=self._suppressed(first.suppressed_by),
        )

    def _past(self, delivery: StoredDelivery) -> PastDelivery:
        setup = setups.at_version(self._setup.account.id, delivery.config_version)
        seat = setup.seats.get(delivery.assignment_id)
        usual = seat_of_places(seat, delivery.places).price_minor if seat else None
        return PastDelivery(
            assignment_id=delivery.assignment_id,
            partner_id=delivery.partner_id,
            declined=delivery.declined,
            price_minor=delivery.price_minor,
            usual_minor=delivery.price_minor if usual is None else usual,
        )

    def _suppressed(self, by: Mapping[str, str]) -> Suppressed:
        if not by:
            return NOT_SUPPRESSED
        partners = self._setup.plan.identities.partners
        listed = {partners[slug]: name for slug, name in by.items() if slug in partners}
        return Suppressed(by.get(EVERY_PARTNER), listed)


def _first_status(stored: StoredLead) -> str:
    """Return the status that the lead had before anybody changed it."""
    for entry in read_list(stored.history):
        changed = entry.get("changes", {}).get("status")
        if changed:
            return str(changed[0])
    return stored.status


def _with_new_slugs(known: Identities, configuration: Configuration) -> Identities:
    """Give what is only in the draft an id that nothing stored has."""
    fresh: Iterator[int] = count(-1, -1)
    sources = [(each.entity, each.slug) for each in configuration.sources]
    sources += [(each.slug, API_SOURCE) for each in configuration.entities]
    seats = [
        (profile.slug, seat.slug)
        for profile in configuration.profiles
        for seat in profile.assignments
    ]
    return replace(
        known,
        entities={e.slug: EntityId(next(fresh)) for e in configuration.entities} | known.entities,
        sources={key: SourceId(next(fresh)) for key in sources} | known.sources,
        partners={p.slug: PartnerId(next(fresh)) for p in configuration.partners} | known.partners,
        profiles={p.slug: ProfileId(next(fresh)) for p in configuration.profiles} | known.profiles,
        assignments={key: AssignmentId(next(fresh)) for key in seats} | known.assignments,
    )
