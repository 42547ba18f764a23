"""Who gets a lead, and why the others do not."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import compress
from operator import gt, not_

from msgspec import Struct

from headgate.domain.assignments import OnAmbiguous
from headgate.domain.deliveries import OPEN, State
from headgate.domain.ids import AssignmentId, PartnerId, ProfileId
from headgate.domain.instants import to_milliseconds
from headgate.domain.matching import EntityPlan, Line
from headgate.domain.profiles import Strategy
from headgate.domain.seats import Seat
from headgate.domain.strategies import Standing, in_order
from headgate.domain.suppressions import NOT_SUPPRESSED, Suppressed
from headgate.domain.verdicts import (
    CHANNEL,
    CLOSED,
    HAS_LEAD,
    HAS_PERSON,
    SUPPRESSED,
    TAKEN,
    Because,
    ProfileVerdict,
    Round,
    runs_of,
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
    suppressed: Suppressed = NOT_SUPPRESSED
    waiting_since: datetime | None = None
    passed_over: AbstractSet[ProfileId] = frozenset()  # profiles that may not select it now


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
    course = _Course(candidate, seen, situation, now, situation.used, list(candidate.held))
    record = Round(
        n=n,
        at=to_milliseconds(now),
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
        suppressed_by=plan.named_lists(candidate.suppressed),
    )
    beside_an_open_one = any(each.state in OPEN for each in course.held)
    wait = None if beside_an_open_one else longest(course.waits)
    return Decision(record, tuple(course.selections), course.standings, wait)


class _Course(Struct):
    """One decision in the making: what it goes by, and what it has chosen line by line.

    `used` is what every cap has used, the places chosen in this decision included.
    """

    candidate: Candidate
    seen: Mapping[str, object]
    situation: Situation
    now: datetime
    used: list[int]
    held: list[Held]
    selections: list[Selection] = []
    standings: dict[ProfileId, Standing] = {}
    waits: list[Wait] = []

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
        if self.used is self.situation.used:
            self.used = list(self.used)
        for cap in seat.caps:
            self.used[cap.slot] += cap.amount


class _Choice(Struct):
    """What one line chooses, and which seats lose their room or partner to the choice."""

    selected: list[Seat] = []
    late: dict[int, tuple[int, ...]] = {}


def _decide_line(line: Line, course: _Course) -> ProfileVerdict:
    taken_by = _taken_by(line, course.held)
    readings = line.ceilings.read(course.used)
    failures = _failures(line, course, readings, taken_by)
    seats = line.seats
    if line.tiered:
        seats = line.seats_at(course.used)
        for position in line.tiered:
            failures[position] |= seats[position].lacks(course.used)
    strategy = line.profile.strategy
    standing = course.situation.standings.get(line.id, Standing())
    eligible = list(compress(seats, map(not_, failures)))
    ranked = in_order(strategy, eligible, standing)
    room = 0 if line.id in course.candidate.passed_over else _room(line, course.held)
    choice = _choose(line, course, ranked, room, failures)
    if choice.selected:
        course.standings[line.id] = standing.after(choice.selected, ranked, strategy)
    elif not ranked and room:
        course.waits += waits_of(
            line,
            failures,
            course.used,
            course.situation.resets_at,
            waiting_since=course.candidate.waiting_since,
            now=course.now,
        )
    return ProfileVerdict(
        slug=line.profile.slug,
        matched=True,
        taken_by=taken_by,
        failed=runs_of(failures),
        ranked=_positions(seat for seat in ranked if not failures[seat.position]),
        selected=_positions(choice.selected),
        used=readings,
        late=choice.late,
    )


def _choose(
    line: Line, course: _Course, ranked: Sequence[Seat], room: int, failures: list[int]
) -> _Choice:
    """Choose up to `room` of the ranked seats.

    Each choice takes places and may leave a later seat without room, or its partner with the
    lead already; that seat's failures are then amended.
    """
    choice = _Choice()
    partners: set[PartnerId] = set()
    for seat in ranked:
        if len(choice.selected) == room:
            break
        if seat.partner_id in partners:
            failures[seat.position] |= HAS_LEAD
        elif lacking := seat.lacks(course.used):
            failures[seat.position] |= lacking
            choice.late[seat.position] = tuple([course.used[cap.slot] for cap in seat.caps])
        else:
            choice.selected.append(seat)
            partners.add(seat.partner_id)
            course.select(line, seat)
    return choice


def _taken_by(line: Line, held: Sequence[Held]) -> str | None:
    """Return the other profile that keeps this one from offering the lead."""
    for each in held:
        exclusive = each.exclusive or line.profile.exclusive
        if exclusive and each.profile_id != line.id and each.holds_the_lead:
            return each.profile
    return None


def _failures(
    line: Line, course: _Course, readings: Sequence[int], taken_by: str | None
) -> list[int]:
    """Return the failed checks of each seat, in the listed order."""
    seen, candidate, situation = course.seen, course.candidate, course.situation
    failures = line.rule_failures(seen)
    if taken_by:
        failures = [failed | TAKEN for failed in failures]
    everybody, suppressed = line.positions_of.keys(), candidate.suppressed
    for partners, bit in (
        (everybody if suppressed.from_all else suppressed.from_partners.keys(), SUPPRESSED),
        ({each.partner_id for each in course.held}, HAS_LEAD),
        (candidate.has_person, HAS_PERSON),
    ):
        for partner_id in everybody & partners:
            _fail(failures, line.positions_of[partner_id], bit)
    for seats, bit in ((situation.closed, CLOSED), (situation.down, CHANNEL)):
        _fail(failures, [line.position_of[id] for id in line.position_of.keys() & seats], bit)
    ceilings = line.ceilings
    for positions, bit in compress(ceilings.failing, map(gt, readings, ceilings.most)):
        _fail(failures, positions, bit)
    return failures


def _fail(failures: list[int], positions: Iterable[int], bit: int) -> None:
    for position in positions:
        failures[position] |= bit


def _positions(seats: Iterable[Seat]) -> tuple[int, ...]:
    return tuple([seat.position for seat in seats])


def _room(line: Line, held: Sequence[Held]) -> int:
    """Return how many more of the line may have the lead now."""
    profile = line.profile
    filled = sum(1 for each in held if each.profile_id == line.id and each.fills_its_line)
    if profile.exclusive or profile.strategy is not Strategy.SEND_TO_ALL:
        return 0 if filled else 1
    most = profile.max_partners
    return len(line.seats) if most is None else max(0, most - filled)
