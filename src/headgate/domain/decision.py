"""Who gets a lead, and why the others do not."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from msgspec import Struct

from headgate.domain.assignments import OnAmbiguous
from headgate.domain.deliveries import OPEN, State
from headgate.domain.ids import AssignmentId, PartnerId, ProfileId
from headgate.domain.matching import EntityPlan, Line, Seat
from headgate.domain.profiles import Strategy
from headgate.domain.strategies import Standing, in_order
from headgate.domain.verdicts import (
    CAP,
    CHANNEL,
    CLOSED,
    HAS_LEAD,
    HAS_PERSON,
    RULES,
    SUPPRESSED,
    TAKEN,
    Because,
    ProfileVerdict,
    Round,
    Verdict,
)
from headgate.domain.waiting import Wait, longest, waits_of

ENGINE = "1"  # raised whenever the same record would be decided or explained differently


class Situation(Struct):
    """What a decision depends on besides the lead and the plan.

    `used` follows `Plan.slots`; the caller raises it after each decision, so that leads of one
    batch see each other's places.
    """

    used: list[int]
    resets_at: Sequence[datetime | None]
    standings: dict[ProfileId, Standing]
    closed: AbstractSet[AssignmentId] = frozenset()
    down: AbstractSet[AssignmentId] = frozenset()


class Held(Struct, frozen=True):
    """A delivery that the lead already has."""

    profile_id: ProfileId
    profile: str
    exclusive: bool
    partner_id: PartnerId
    state: State
    on_ambiguous: OnAmbiguous = OnAmbiguous.HOLD

    @property
    def holds_the_lead(self) -> bool:
        return self.state in OPEN or self.state in (
            State.DELIVERED,
            State.RETURNED,
            State.UNKNOWN,
        )

    @property
    def fills_its_line(self) -> bool:
        """Tell whether the profile's next in line has to stand back for it."""
        moved_on = self.state is State.UNKNOWN and self.on_ambiguous is OnAmbiguous.NEXT
        return self.holds_the_lead and not moved_on


class Candidate(Struct, frozen=True):
    """A lead as a decision sees it: clean values with status, source and received_at."""

    values: Mapping[str, object]
    held: tuple[Held, ...] = ()
    has_person: AbstractSet[PartnerId] = frozenset()
    suppressed_for: AbstractSet[PartnerId] = frozenset()
    waiting_since: datetime | None = None


class Selection(Struct, frozen=True):
    line: Line
    seat: Seat


class Decision(Struct, frozen=True):
    """`standings` are those of the profiles that selected somebody, after it."""

    round: Round
    selections: tuple[Selection, ...]
    standings: dict[ProfileId, Standing]
    wait: Wait | None


def decide(
    candidate: Candidate,
    plan: EntityPlan,
    situation: Situation,
    *,
    because: Because,
    n: int,
    config_version: int,
    now: datetime,
) -> Decision:
    """Give every assignment its verdict and choose who gets the lead, without taking places."""
    seen = plan.comparables(candidate.values)
    course = _Course(candidate, seen, situation, now, list(candidate.held), {}, [], {}, [])
    record = Round(
        n=n,
        at=int(now.timestamp() * 1000),
        because=because,
        config_version=config_version,
        engine=ENGINE,
        seen={key: candidate.values[key] for key in plan.seen_keys if key in candidate.values},
        profiles=tuple(
            [
                _decide_line(line, course)
                if line.matches(seen)
                else ProfileVerdict(line.profile.slug, matched=False)
                for line in plan.lines
            ]
        ),
    )
    beside_an_open_one = any(each.state in OPEN for each in course.held)
    wait = None if beside_an_open_one else longest(course.waits)
    return Decision(record, tuple(course.selections), course.standings, wait)


class _Course(Struct):
    """One decision in the making: what it goes by, and what it has chosen line by line."""

    candidate: Candidate
    seen: Mapping[str, object]
    situation: Situation
    now: datetime
    held: list[Held]
    places: dict[int, int]
    selections: list[Selection]
    standings: dict[ProfileId, Standing]
    waits: list[Wait]

    def used(self) -> Sequence[int]:
        """Return what every cap has used, the places chosen in this decision included."""
        if not self.places:
            return self.situation.used
        used = list(self.situation.used)
        for slot, amount in self.places.items():
            used[slot] += amount
        return used

    def select(self, line: Line, seat: Seat) -> None:
        self.selections.append(Selection(line, seat))
        self.held.append(
            Held(
                profile_id=line.id,
                profile=line.profile.slug,
                exclusive=line.profile.exclusive,
                partner_id=seat.partner_id,
                state=State.PENDING,
                on_ambiguous=seat.assignment.on_ambiguous,
            )
        )
        for cap in seat.caps:
            self.places[cap.slot] = self.places.get(cap.slot, 0) + cap.amount


def _decide_line(line: Line, course: _Course) -> ProfileVerdict:
    taken_by = _taken_by(line, course.held)
    used = course.used()
    failures = _failures(line, course, used, taken_by)
    readings = [tuple([used[cap.slot] for cap in seat.caps]) for seat in line.seats]
    standing = course.situation.standings.get(line.id, Standing())
    eligible = [seat for seat in line.seats if not failures[seat.position]]
    ranked = in_order(line.profile.strategy, eligible, standing)
    room = _room(line, course.held)
    selected = _select(line, course, ranked, room, failures=failures, readings=readings)
    if selected:
        for seat in selected:
            standing = standing.after(seat, ranked, line.profile.strategy)
        course.standings[line.id] = standing
    elif not ranked and room:
        course.waits += waits_of(
            line,
            failures,
            course.situation.resets_at,
            waiting_since=course.candidate.waiting_since,
            now=course.now,
        )
    ranks = {seat.position: rank for rank, seat in enumerate(ranked, 1)}
    return ProfileVerdict(
        slug=line.profile.slug,
        matched=True,
        taken_by=taken_by,
        selected=tuple([seat.position for seat in selected]),
        verdicts=tuple(
            [
                Verdict(failed, None if failed else ranks.get(position), readings[position])
                for position, failed in enumerate(failures)
            ]
        ),
    )


def _select(
    line: Line,
    course: _Course,
    ranked: Sequence[Seat],
    room: int,
    *,
    failures: list[int],
    readings: list[tuple[int, ...]],
) -> list[Seat]:
    """Choose up to `room` of the ranked seats.

    Each choice takes places and may leave a later seat without room, or its partner with the
    lead already; that seat's verdict is then amended.
    """
    selected: list[Seat] = []
    partners: set[PartnerId] = set()
    for seat in ranked:
        if len(selected) == room:
            break
        used = course.used()
        if seat.partner_id in partners:
            failures[seat.position] |= HAS_LEAD
        elif not _fits(seat, used):
            failures[seat.position] |= CAP
            readings[seat.position] = tuple([used[cap.slot] for cap in seat.caps])
        else:
            selected.append(seat)
            partners.add(seat.partner_id)
            course.select(line, seat)
    return selected


def _taken_by(line: Line, held: Sequence[Held]) -> str | None:
    """Return the other profile that keeps this one from offering the lead."""
    for each in held:
        exclusive = each.exclusive or line.profile.exclusive
        if exclusive and each.profile_id != line.id and each.holds_the_lead:
            return each.profile
    return None


def _failures(line: Line, course: _Course, used: Sequence[int], taken_by: str | None) -> list[int]:
    """Return the failed checks of each seat, in the listed order."""
    seen, persons = course.seen, course.candidate.has_person
    suppressed = course.candidate.suppressed_for
    closed, down = course.situation.closed, course.situation.down
    tried = {each.partner_id for each in course.held}
    for_all = TAKEN if taken_by else 0
    failures = []
    for seat in line.seats:
        failed = seat.known_failures | for_all
        if not seat.matches(seen):
            failed |= RULES
        if seat.partner_id in suppressed:
            failed |= SUPPRESSED
        if seat.partner_id in tried:
            failed |= HAS_LEAD
        if seat.partner_id in persons:
            failed |= HAS_PERSON
        if seat.id in closed:
            failed |= CLOSED
        if seat.caps and not _fits(seat, used):
            failed |= CAP
        if seat.id in down:
            failed |= CHANNEL
        failures.append(failed)
    return failures


def _fits(seat: Seat, used: Sequence[int]) -> bool:
    return all(used[cap.slot] + cap.amount <= cap.limit for cap in seat.caps)


def _room(line: Line, held: Sequence[Held]) -> int:
    """Return how many more of the line may have the lead now."""
    filled = sum(1 for each in held if each.profile_id == line.id and each.fills_its_line)
    if line.profile.strategy is Strategy.SEND_TO_ALL:
        most = line.profile.max_partners
        return len(line.seats) if most is None else max(0, most - filled)
    return 0 if filled else 1
