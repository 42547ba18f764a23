"""The plan: a configuration compiled for deciding."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from headgate.domain.assignments import Assignment
from headgate.domain.cap_slots import CapSlot, Ceilings, SeatCap, Slots, ceilings_of
from headgate.domain.caps import LEADS_OF_THE_MONTH, Scope
from headgate.domain.configuration.value import Configuration
from headgate.domain.delivery_settings import Way, settings_digest
from headgate.domain.entities import Entity
from headgate.domain.identities import Identities
from headgate.domain.ids import AssignmentId, EntityId, PartnerId, ProfileId, SourceId
from headgate.domain.partners import Partner
from headgate.domain.pricing import frozen_price
from headgate.domain.profiles import Profile
from headgate.domain.rules.comparing import compile_comparables
from headgate.domain.rules.compiling import compile_rule
from headgate.domain.rules.explaining import fields_used
from headgate.domain.rules.narrowing import Narrowing, narrow
from headgate.domain.rules.subjects import STATUS
from headgate.domain.seats import Seat, Tiers
from headgate.domain.sources import Source
from headgate.domain.suppressions import EVERY_PARTNER, Suppressed
from headgate.domain.verdicts import ASSIGNMENT_DISABLED, CHANNEL, PARTNER_INACTIVE, RULES


class Line(Struct, frozen=True):
    """An enabled profile with its seats in the listed order.

    `reads_status` tells whether its rules, or those of a seat, name the lead's status; `tiered`
    are the positions of the seats whose prices change. The rest is the same seats, laid out for
    a quick look at all of them at once: a seat is `unmatched` until its rules, which
    `narrowing` finds, are seen to match.
    """

    id: ProfileId
    profile: Profile
    matches: Callable[[Mapping[str, object]], bool]
    seats: tuple[Seat, ...]
    unmatched: tuple[int, ...]
    narrowing: Narrowing
    ceilings: Ceilings
    position_of: dict[AssignmentId, int]
    positions_of: dict[PartnerId, tuple[int, ...]]
    reads_status: bool
    tiered: tuple[int, ...] = ()

    def seats_at(self, used: Sequence[int]) -> tuple[Seat, ...]:
        """Return the seats at the prices in force; without tiers they are always the same."""
        return tuple([seat.at(used) for seat in self.seats]) if self.tiered else self.seats

    def rule_failures(self, seen: Mapping[str, object]) -> list[int]:
        """Return what is known against each seat and whether its rules fail, in listed order."""
        failures = list(self.unmatched)
        for position in self.narrowing.candidates(seen):
            seat = self.seats[position]
            if seat.matches(seen):
                failures[position] = seat.known_failures
        return failures


class EntityPlan(Struct, frozen=True):
    """`seen_keys` are the values that any rule of the entity reads."""

    id: EntityId
    entity: Entity
    lines: tuple[Line, ...]
    seen_keys: tuple[str, ...]
    comparables: Callable[[Mapping[str, object]], Mapping[str, object]]

    def named_lists(self, suppressed: Suppressed) -> dict[str, str]:
        """Return the name of the list that keeps a lead from each partner, by its slug."""
        if suppressed.from_all:
            return {EVERY_PARTNER: suppressed.from_all}
        if not suppressed.from_partners:
            return {}
        return {
            seat.partner.slug: suppressed.from_partners[seat.partner_id]
            for line in self.lines
            for seat in line.seats
            if seat.partner_id in suppressed.from_partners
        }


class Plan(Struct, frozen=True):
    """The whole account, for one configuration version."""

    version: int
    configuration: Configuration
    identities: Identities
    entities: dict[str, EntityPlan]
    slots: tuple[CapSlot, ...]
    most_taken: tuple[int, ...]  # of each slot, by the seat that takes the most of it
    prepaid: frozenset[int]  # the partners whose balances stand among the slots
    dearer: frozenset[int]  # the slots that count towards a higher price
    source_caps: dict[SourceId, tuple[SeatCap, ...]]


def compile_plan(configuration: Configuration, identities: Identities, *, version: int) -> Plan:
    compiler = _Compiler(configuration, identities)
    return Plan(
        version=version,
        configuration=configuration,
        identities=identities,
        entities={entity.slug: compiler.entity_plan(entity) for entity in configuration.entities},
        source_caps={
            identities.sources[source.entity, source.slug]: compiler.source_caps(source)
            for source in configuration.sources
        },
        slots=tuple(compiler.slots.all),
        most_taken=tuple(compiler.slots.most_taken),
        prepaid=frozenset(
            slot.owner_id for slot in compiler.slots.all if slot.scope is Scope.BALANCE
        ),
        dearer=frozenset(compiler.dearer),
    )


class _Compiler:
    def __init__(self, configuration: Configuration, identities: Identities) -> None:
        self.configuration = configuration
        self.identities = identities
        self.zone = ZoneInfo(configuration.account.timezone)
        self.partners = {partner.slug: partner for partner in configuration.partners}
        self.slots = Slots()
        self.dearer: set[int] = set()

    def source_caps(self, source: Source) -> tuple[SeatCap, ...]:
        source_id = self.identities.sources[source.entity, source.slug]
        return self.slots.take(Scope.SOURCE, source_id, source.caps, self.zone, price=0)

    def entity_plan(self, entity: Entity) -> EntityPlan:
        profiles = [
            profile
            for profile in self.configuration.profiles
            if profile.entity == entity.slug and profile.enabled
        ]
        rules = [p.rules for p in profiles] + [a.rules for p in profiles for a in p.assignments]
        used = frozenset[str]().union(*(fields_used(rule) for rule in rules if rule))
        return EntityPlan(
            id=self.identities.entities[entity.slug],
            entity=entity,
            lines=tuple(self._line(profile, entity) for profile in profiles),
            seen_keys=tuple(sorted({key.partition(".")[0] for key in used})),
            comparables=compile_comparables(entity, zone=self.zone, keys=used),
        )

    def _line(self, profile: Profile, entity: Entity) -> Line:
        seats = tuple(
            self._seat(position, assignment, profile, entity)
            for position, assignment in enumerate(profile.assignments)
        )
        tiered = tuple([seat.position for seat in seats if seat.tiers is not None])
        return Line(
            id=self.identities.profiles[profile.slug],
            profile=profile,
            matches=compile_rule(profile.rules, entity, zone=self.zone),
            seats=seats,
            unmatched=tuple(
                seat.known_failures | (RULES if seat.assignment.rules else 0) for seat in seats
            ),
            narrowing=narrow(
                {seat.position: seat.assignment.rules for seat in seats if seat.assignment.rules},
                entity,
                zone=self.zone,
            ),
            ceilings=ceilings_of([seat.caps for seat in seats], varying=tiered),
            position_of={seat.id: seat.position for seat in seats},
            positions_of=_positions_of(seats),
            reads_status=any(
                STATUS in fields_used(rules)
                for rules in (profile.rules, *(each.rules for each in profile.assignments))
            ),
            tiered=tiered,
        )

    def _seat(
        self, position: int, assignment: Assignment, profile: Profile, entity: Entity
    ) -> Seat:
        partner = self.partners[assignment.partner]
        zone = ZoneInfo(partner.timezone) if partner.timezone else self.zone
        ways = assignment.all_settings or partner.all_settings
        price = frozen_price(assignment, profile)
        seat = Seat(
            id=self.identities.assignments[profile.slug, assignment.slug],
            position=position,
            partner_id=self.identities.partners[partner.slug],
            assignment=assignment,
            partner=partner,
            zone=zone,
            matches=compile_rule(assignment.rules, entity, zone=self.zone),
            known_failures=(0 if assignment.enabled else ASSIGNMENT_DISABLED)
            | (0 if partner.active else PARTNER_INACTIVE)
            | (0 if ways else CHANNEL),
            caps=self._seat_caps(assignment, partner, profile, zone, price=price),
            priority=assignment.priority,
            weight=assignment.weight,
            price_minor=price,
            ways=tuple([Way(each, settings_digest(each)) for each in ways]),
        )
        return self._with_tiers(seat, profile) if assignment.price_tiers else seat

    def _with_tiers(self, seat: Seat, profile: Profile) -> Seat:
        """Price the seat once for each of its tiers, which count in the calendar of its caps."""
        assignment, tiers = seat.assignment, seat.assignment.price_tiers
        counts = map(LEADS_OF_THE_MONTH.counts_like, assignment.counted_caps)
        slot = seat.caps[[*counts].index(True)].slot
        prices = [seat.price_minor, *(tier.price_minor for tier in tiers)]
        if any(after > before for before, after in pairwise(prices)):
            self.dearer.add(slot)
        priced = [
            replace(
                seat,
                price_minor=price,
                caps=self._seat_caps(assignment, seat.partner, profile, seat.zone, price=price),
            )
            for price in prices[1:]
        ]
        return replace(
            seat, tiers=Tiers(slot, tuple([tier.after for tier in tiers]), tuple(priced))
        )

    def _seat_caps(
        self,
        assignment: Assignment,
        partner: Partner,
        profile: Profile,
        zone: ZoneInfo,
        *,
        price: int,
    ) -> tuple[SeatCap, ...]:
        ids, take = self.identities, self.slots.take
        assignment_id = ids.assignments[profile.slug, assignment.slug]
        partner_id, profile_id = ids.partners[partner.slug], ids.profiles[profile.slug]
        return (
            take(Scope.ASSIGNMENT, assignment_id, assignment.counted_caps, zone, price=price)
            + take(Scope.PARTNER, partner_id, partner.caps, zone, price=price)
            + take(Scope.PROFILE, profile_id, profile.caps, self.zone, price=price)
            + take(Scope.BALANCE, partner_id, partner.balance_caps, zone, price=price)
        )


def _positions_of(seats: Sequence[Seat]) -> dict[PartnerId, tuple[int, ...]]:
    positions: dict[PartnerId, tuple[int, ...]] = {}
    for seat in seats:
        positions[seat.partner_id] = (*positions.get(seat.partner_id, ()), seat.position)
    return positions
