"""Plans, situations and decisions from short Python values."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from headgate.domain.assignments import Assignment, Otherwise
from headgate.domain.caps import Cap, Per, Unit, window
from headgate.domain.configuration.value import Account, Configuration
from headgate.domain.decision import Candidate, Decision, Held, Situation, decide
from headgate.domain.deliveries import State
from headgate.domain.delivery_settings import Inbox
from headgate.domain.entities import Entity
from headgate.domain.fields import Field, FieldType
from headgate.domain.flaws import Flaw
from headgate.domain.hours import Hours, read_hours
from headgate.domain.identities import Identities
from headgate.domain.ids import AssignmentId, EntityId, PartnerId, ProfileId, SourceId
from headgate.domain.matching import Plan, compile_plan
from headgate.domain.partners import Partner
from headgate.domain.profiles import Profile, Strategy
from headgate.domain.rules.tree import Condition, Group, Kind, Operator, Rule
from headgate.domain.seats import Seat
from headgate.domain.sources import Source
from headgate.domain.strategies import Standing
from headgate.domain.verdicts import Because, Result, failures_of, result_of

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday
ENTITY = Entity(
    "solar",
    "Solar leads",
    (
        Field("zip", FieldType.POSTCODE, "ZIP code"),
        Field("budget", FieldType.NUMBER, "Budget"),
        Field("home", FieldType.ADDRESS, "Home"),
    ),
)


def day(limit: int) -> Cap:
    return Cap(Per.DAY, Unit.LEADS, limit)


def spend(limit_minor: int, per: Per = Per.MONTH) -> Cap:
    return Cap(per, Unit.SPEND, limit_minor)


def is_(field: str, op: str, value: str | tuple[str, ...] | None = None) -> Condition:
    return Condition(field, Operator(op), value)


def all_(*children: Rule) -> Group:
    return Group(Kind.ALL, children)


def any_(*children: Rule) -> Group:
    return Group(Kind.ANY, children)


def none_(*children: Rule) -> Group:
    return Group(Kind.NONE, children)


def hours(**raw: object) -> Hours:
    flaws: list[Flaw] = []
    found = read_hours(raw, place="hours", flaws=flaws)
    assert found is not None, flaws
    return found


def seat(partner: str, slug: str | None = None, **rest: Any) -> Assignment:
    """Make an assignment; `wait=True` waits at caps and outside hours unless it says otherwise."""
    if rest.pop("wait", False):
        rest = {"at_cap": Otherwise.WAIT, "when_closed": Otherwise.WAIT} | rest
    return Assignment(slug=slug or partner, partner=partner, **rest)


def profile(slug: str, *seats: Assignment, strategy: str = "first_match", **rest: Any) -> Profile:
    shared = strategy == Strategy.SEND_TO_ALL
    return Profile(
        **{
            "slug": slug,
            "entity": ENTITY.slug,
            "name": slug.capitalize(),
            "exclusive": not shared,
            "give_up_minutes": 1440 if shared else 15,
            "enabled": True,
            "strategy": Strategy(strategy),
            "assignments": seats,
            **rest,
        }
    )


def partner(slug: str, **rest: Any) -> Partner:
    return Partner(**{"slug": slug, "name": slug.capitalize(), "delivery": Inbox(), **rest})


def configuration(
    *profiles: Profile, partners: Sequence[Partner] = (), sources: Sequence[Source] = ()
) -> Configuration:
    """Make a set-up; partners that are named but not given are plain ones."""
    given = {each.slug: each for each in partners}
    named = [each.partner for listed in profiles for each in listed.assignments]
    plain = {slug: partner(slug) for slug in named if slug not in given}
    return Configuration(
        account=Account("acme", "Acme Leads", "UTC", "USD"),
        entities=(ENTITY,),
        sources=tuple(sources),
        partners=tuple((given | plain).values()),
        profiles=profiles,
    )


def plan_of(setup: Configuration, *, version: int = 1) -> Plan:
    return compile_plan(setup, identities_of(setup), version=version)


def identities_of(setup: Configuration) -> Identities:
    """Number everything by its place; assignments from 1,000, so that no id is two things."""
    seats = [(p.slug, each.slug) for p in setup.profiles for each in p.assignments]
    return Identities(
        entities={each.slug: EntityId(n) for n, each in enumerate(setup.entities, 1)},
        sources={(each.entity, each.slug): SourceId(n) for n, each in enumerate(setup.sources, 1)},
        partners={each.slug: PartnerId(n) for n, each in enumerate(setup.partners, 100)},
        profiles={each.slug: ProfileId(n) for n, each in enumerate(setup.profiles, 10)},
        assignments={key: AssignmentId(n) for n, key in enumerate(seats, 1_000)},
    )


class Desk:
    """Decides one lead after the other on one set-up, and keeps what they take."""

    def __init__(
        self,
        *profiles: Profile,
        partners: Sequence[Partner] = (),
        used: Mapping[str, int] | None = None,
        now: datetime = NOW,
    ) -> None:
        self.configuration = configuration(*profiles, partners=partners)
        self.plan = plan_of(self.configuration)
        self.identities = self.plan.identities
        self.now = now
        self.standings: dict[ProfileId, Standing] = {}
        self.down: frozenset[AssignmentId] = frozenset()
        self.used = [0] * len(self.plan.slots)
        for owner, amount in (used or {}).items():
            self.use(owner, amount)

    def use(self, owner: str, amount: int) -> None:
        """Set what every cap of a partner, profile or `profile/assignment` has used."""
        for number, slot in enumerate(self.plan.slots):
            if slot.owner_id == self._id(owner):
                self.used[number] = amount

    def _id(self, owner: str) -> int:
        ids = self.identities
        if "/" in owner:
            profile_slug, _, slug = owner.partition("/")
            return ids.assignments[profile_slug, slug]
        return ids.partners[owner] if owner in ids.partners else ids.profiles[owner]

    def seats(self) -> Iterable[Seat]:
        return (each for line in self.plan.entities["solar"].lines for each in line.seats)

    def situation(self) -> Situation:
        return Situation(
            used=list(self.used),
            resets_at=[window(slot.cap.per, slot.zone, self.now).end for slot in self.plan.slots],
            standings=dict(self.standings),
            closed=frozenset(each.id for each in self.seats() if not each.is_open(self.now)),
            down=self.down,
        )

    def held(self, profile_slug: str, partner_slug: str, state: State, **rest: Any) -> Held:
        """Make a delivery that the lead already has."""
        setup = self.configuration.profile(profile_slug)
        return Held(
            profile_id=self.identities.profiles[profile_slug],
            profile=profile_slug,
            exclusive=setup.exclusive if setup else True,
            partner_id=self.identities.partners[partner_slug],
            state=state,
            **rest,
        )

    def partner_ids(self, *slugs: str) -> frozenset[PartnerId]:
        return frozenset(self.identities.partners[slug] for slug in slugs)

    def decide(
        self,
        values: Mapping[str, object] | None = None,
        *,
        because: Because = Because.RECEIVED,
        n: int = 1,
        **rest: Any,
    ) -> Decision:
        """Decide a lead without taking its places; `rest` is for the candidate."""
        return decide(
            Candidate(values=values or {}, **rest),
            self.plan.entities["solar"],
            self.situation(),
            because=because,
            n=n,
            config_version=self.plan.version,
            now=self.now,
        )

    def route(self, values: Mapping[str, object] | None = None, **rest: Any) -> Decision:
        """Decide a lead, take its places and move the turns."""
        decision = self.decide(values, **rest)
        for selection in decision.selections:
            for cap in selection.seat.caps:
                self.used[cap.slot] += cap.amount
        self.standings.update(decision.standings)
        return decision

    def results(self, decision: Decision) -> dict[str, Result]:
        """Return every assignment's result by `profile/assignment`, as the record has it."""
        found = {}
        for verdict in decision.round.profiles:
            setup = self.configuration.profile(verdict.slug)
            assert setup is not None
            failures = failures_of(verdict) if verdict.matched else [1] * len(setup.assignments)
            for position, failed in enumerate(failures):
                passed = Result.SELECTED if position in verdict.selected else Result.NEXT_IN_LINE
                key = f"{verdict.slug}/{setup.assignments[position].slug}"
                found[key] = result_of(failed) or passed
        return found


def chosen(decision: Decision) -> list[str]:
    """Return the selected assignments, in order."""
    return [selection.seat.assignment.slug for selection in decision.selections]


def result(desk: Desk, decision: Decision, key: str) -> str:
    """Return the result of `profile/assignment`."""
    return str(desk.results(decision)[key])
