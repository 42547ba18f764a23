"""The plan: a configuration compiled for deciding."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from headgate.domain.assignments import Assignment
from headgate.domain.cap_slots import CapSlot, Ceilings, SeatCap, Slots, ceilings_of
from headgate.domain.caps import Scope
from headgate.domain.configuration.value import Configuration
from headgate.domain.delivery_settings import Way, settings_digest
from headgate.domain.entities import Entity
from headgate.domain.hours import is_open
from headgate.domain.identities import Identities
from headgate.domain.ids import AssignmentId, EntityId, PartnerId, ProfileId, SourceId
from headgate.domain.partners import Partner
from headgate.domain.pricing import frozen_price
from headgate.domain.profiles import Profile
from headgate.domain.rules.comparing import compile_comparables
from headgate.domain.rules.compiling import compile_rule
from headgate.domain.rules.explaining import fields_used
from headgate.domain.rules.subjects import STATUS
from headgate.domain.sources import Source
from headgate.domain.verdicts import ASSIGNMENT_DISABLED, CHANNEL, PARTNER_INACTIVE, RULES


class Seat(Struct, frozen=True):
    """An assignment ready to be decided on; `known_failures` do not depend on the lead.

    It is delivered to by the first of its `ways`; those after it are fall-backs.
    """

    id: AssignmentId
    position: int
    partner_id: PartnerId
    assignment: Assignment
    partner: Partner
    zone: ZoneInfo
    matches: Callable[[Mapping[str, object]], bool]
    known_failures: int
    caps: tuple[SeatCap, ...]
    priority: int
    weight: int
    price_minor: int
    ways: tuple[Way, ...]

    def lacks(self, used: Sequence[int]) -> int:
        """Return the failures of the caps, and of the balance, that have no room; 0 for none."""
        lacking = 0
        for cap in self.caps:
            if not cap.has_room(used):
                lacking |= cap.failure
        return lacking

    def is_open(self, at: datetime) -> bool:
        """Tell whether both the partner and the assignment take leads at that moment."""
        return all(
            is_open(hours, self.zone, at)
            for hours in (self.partner.hours, self.assignment.hours)
            if hours is not None
        )


class Line(Struct, frozen=True):
    """An enabled profile with its seats in the listed order.

    `reads_status` tells whether its rules, or those of a seat, name the lead's status. The rest
    is the same seats, laid out for a quick look at all of them at once.
    """

    id: ProfileId
    profile: Profile
    matches: Callable[[Mapping[str, object]], bool]
    seats: tuple[Seat, ...]
    checks: tuple[tuple[Callable[[Mapping[str, object]], bool], int, int], ...]
    ceilings: Ceilings
    position_of: dict[AssignmentId, int]
    positions_of: dict[PartnerId, tuple[int, ...]]
    reads_status: bool


class EntityPlan(Struct, frozen=True):
    """`seen_keys` are the values that any rule of the entity reads."""

    id: EntityId
    entity: Entity
    lines: tuple[Line, ...]
    seen_keys: tuple[str, ...]
    comparables: Callable[[Mapping[str, object]], Mapping[str, object]]


class Plan(Struct, frozen=True):
    """The whole account, for one configuration version."""

    version: int
    configuration: Configuration
    identities: Identities
    entities: dict[str, EntityPlan]
    slots: tuple[CapSlot, ...]
    most_taken: tuple[int, ...]  # of each slot, by the seat that takes the most of it
    prepaid: frozenset[int]  # the partners whose balances stand among the slots
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
    )


class _Compiler:
    def __init__(self, configuration: Configuration, identities: Identities) -> None:
        self.configuration = configuration
        self.identities = identities
        self.zone = ZoneInfo(configuration.account.timezone)
        self.partners = {partner.slug: partner for partner in configuration.partners}
        self.slots = Slots()

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
        return Line(
            id=self.identities.profiles[profile.slug],
            profile=profile,
            matches=compile_rule(profile.rules, entity, zone=self.zone),
            seats=seats,
            checks=tuple(
                (seat.matches, seat.known_failures, seat.known_failures | RULES) for seat in seats
            ),
            ceilings=ceilings_of([seat.caps for seat in seats]),
            position_of={seat.id: seat.position for seat in seats},
            positions_of=_positions_of(seats),
            reads_status=any(
                STATUS in fields_used(rules)
                for rules in (profile.rules, *(each.rules for each in profile.assignments))
            ),
        )

    def _seat(
        self, position: int, assignment: Assignment, profile: Profile, entity: Entity
    ) -> Seat:
        partner = self.partners[assignment.partner]
        zone = ZoneInfo(partner.timezone) if partner.timezone else self.zone
        ways = assignment.all_settings or partner.all_settings
        return Seat(
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
            caps=self._seat_caps(assignment, partner, profile, zone),
            priority=assignment.priority,
            weight=assignment.weight,
            price_minor=frozen_price(assignment, profile),
            ways=tuple([Way(each, settings_digest(each)) for each in ways]),
        )

    def _seat_caps(
        self, assignment: Assignment, partner: Partner, profile: Profile, zone: ZoneInfo
    ) -> tuple[SeatCap, ...]:
        price = frozen_price(assignment, profile)
        ids, take = self.identities, self.slots.take
        assignment_id = ids.assignments[profile.slug, assignment.slug]
        partner_id, profile_id = ids.partners[partner.slug], ids.profiles[profile.slug]
        return (
            take(Scope.ASSIGNMENT, assignment_id, assignment.caps, zone, price=price)
            + take(Scope.PARTNER, partner_id, partner.caps, zone, price=price)
            + take(Scope.PROFILE, profile_id, profile.caps, self.zone, price=price)
            + take(Scope.BALANCE, partner_id, partner.balance_caps, zone, price=price)
        )


def _positions_of(seats: Sequence[Seat]) -> dict[PartnerId, tuple[int, ...]]:
    positions: dict[PartnerId, tuple[int, ...]] = {}
    for seat in seats:
        positions[seat.partner_id] = (*positions.get(seat.partner_id, ()), seat.position)
    return positions
