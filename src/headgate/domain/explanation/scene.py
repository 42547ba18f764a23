"""What a round was decided by: the set-up of its version, its moment, and what the rules saw."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from headgate.domain.assignments import Assignment
from headgate.domain.caps import LEADS_OF_THE_MONTH, Cap, Scope, Unit
from headgate.domain.configuration.value import Configuration
from headgate.domain.entities import Entity
from headgate.domain.instants import from_milliseconds
from headgate.domain.partners import Partner
from headgate.domain.price_tiers import PriceInForce, tier_at
from headgate.domain.pricing import frozen_price
from headgate.domain.profiles import Profile
from headgate.domain.rules.explaining import Failure, failures
from headgate.domain.rules.tree import Rule
from headgate.domain.suppressions import EVERY_PARTNER
from headgate.domain.verdicts import ProfileVerdict, Round


class NamedCap(Struct, frozen=True):
    """A cap by its owner's name, and what a seat takes of it."""

    scope: Scope
    owner: str
    cap: Cap
    amount: int


class Reading(Struct, frozen=True):
    """A seat's caps with what they had used when it was looked at, and its price by tiers.

    The price is that of the profile or the assignment alone where there are no tiers.
    """

    caps: list[tuple[NamedCap, int]]
    price_minor: int
    tiered: PriceInForce | None = None


class Scene(Struct, frozen=True):
    configuration: Configuration
    entity: Entity
    partners: Mapping[str, Partner]
    zone: ZoneInfo
    at: datetime
    seen: Mapping[str, object]
    suppressed_by: Mapping[str, str]

    @property
    def currency(self) -> str:
        return self.configuration.account.currency

    @property
    def profiles(self) -> list[Profile]:
        return [p for p in self.configuration.profiles if p.entity == self.entity.slug]

    def zone_of(self, partner: Partner) -> ZoneInfo:
        return ZoneInfo(partner.timezone) if partner.timezone else self.zone

    def suppressing_list(self, partner: Partner) -> str | None:
        """Return the name of the list that kept the lead from this partner."""
        return self.suppressed_by.get(EVERY_PARTNER) or self.suppressed_by.get(partner.slug)

    def failures(self, rule: Rule | None) -> tuple[Failure, ...]:
        return failures(rule, self.entity, self.seen, zone=self.zone)

    def caps_of(self, profile: Profile, assignment: Assignment) -> list[NamedCap]:
        """Return the caps of a seat in the order of its plan: the balance is the last.

        They are as before the first of its tiers, for so they are laid out in the record.
        """
        price = frozen_price(assignment, profile)
        partner = self.partners[assignment.partner]
        return [
            NamedCap(scope, owner, cap, price if cap.unit is Unit.SPEND else 1)
            for scope, owner, caps in (
                (Scope.ASSIGNMENT, assignment.slug, assignment.counted_caps),
                (Scope.PARTNER, partner.slug, partner.caps),
                (Scope.PROFILE, profile.slug, profile.caps),
                (Scope.BALANCE, partner.slug, partner.balance_caps),
            )
            for cap in caps
        ]

    def readings(self, profile: Profile, verdict: ProfileVerdict) -> list[Reading]:
        """Return what was read of each seat when it was looked at."""
        seats = [self.caps_of(profile, assignment) for assignment in profile.assignments]
        ceilings = dict.fromkeys(cap for caps in seats for cap in caps)
        used = dict(zip(ceilings, verdict.used, strict=True))
        return [
            _priced(
                list(zip(caps, verdict.late.get(position) or [used[c] for c in caps], strict=True)),
                profile.assignments[position],
                profile,
            )
            for position, caps in enumerate(seats)
        ]


def _priced(caps: list[tuple[NamedCap, int]], assignment: Assignment, profile: Profile) -> Reading:
    """Have the caps take the price that was in force by what the seat had counted."""
    base = frozen_price(assignment, profile)
    if not assignment.price_tiers:
        return Reading(caps, base)
    leads = next(
        used
        for named, used in caps
        if named.scope is Scope.ASSIGNMENT and LEADS_OF_THE_MONTH.counts_like(named.cap)
    )
    tier = tier_at(assignment.price_tiers, leads)
    price = tier.price_minor if tier else base
    return Reading(
        [
            (replace(named, amount=price) if named.cap.unit is Unit.SPEND else named, used)
            for named, used in caps
        ],
        price,
        PriceInForce(price, leads + 1, tier.after if tier else None),
    )


class UnknownEntity(LookupError):
    """The version of a round has no such entity; the record belongs to another one."""


def scene_of(configuration: Configuration, entity_slug: str, record: Round) -> Scene:
    """Return the scene of a recorded round.

    :raises UnknownEntity:
    """
    entity = configuration.entity(entity_slug)
    if entity is None:
        raise UnknownEntity(f"version {record.config_version} has no entity {entity_slug!r}")
    return Scene(
        configuration=configuration,
        entity=entity,
        partners={partner.slug: partner for partner in configuration.partners},
        zone=ZoneInfo(configuration.account.timezone),
        at=from_milliseconds(record.at),
        seen=record.seen,
        suppressed_by=record.suppressed_by,
    )
