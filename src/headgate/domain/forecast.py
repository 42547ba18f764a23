"""The rest of today, decided ahead: which caps fill when, and who then finds nobody.

Nothing of it is random: the same past and the same set-up give the same forecast.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from headgate.domain.cap_slots import SeatCap
from headgate.domain.caps import Per, window
from headgate.domain.decision import Candidate, Decision, Held, Selection, Situation, decide
from headgate.domain.deliveries import State
from headgate.domain.history.calendar import Calendar
from headgate.domain.history.past import PastLead
from headgate.domain.ids import SourceId
from headgate.domain.instants import rfc3339
from headgate.domain.matching import EntityPlan, Plan
from headgate.domain.verdicts import BALANCE, CAP, Because, failures_of

MOST_DECIDED = 800
# Multiples of it, without their whole part, spread evenly however many are taken.
_GOLDEN = 0.618033988749895


class Hour(Struct, frozen=True):
    """How many leads a source sent in an hour of the past, or is expected to send in one."""

    source_id: SourceId
    start: datetime
    leads: float


class Fate(Struct, frozen=True):
    """What becomes of a lead that stands for as many as the forecast's `weight`.

    `blocked_by` are the caps but for which it would have a taker; empty where it has one,
    waits, or has none for other reasons.
    """

    at: datetime
    source_id: SourceId
    is_taken: bool
    waits: bool = False
    blocked_by: frozenset[int] = frozenset()


class FullCap(Struct, frozen=True):
    """A cap's first filling today, and what comes after it: of each source, and of those the lost.

    Lost are the leads without a taker that would have one but for this cap.
    """

    slot: int
    at: datetime
    came: Counter[SourceId]
    lost: Counter[SourceId]


class Forecast(Struct):
    """`leads`, `untaken` and `waiting` are those of the rest of today."""

    weight: int
    fates: list[Fate] = []
    full_at: dict[int, datetime] = msgspec.field(default_factory=dict)

    @property
    def leads(self) -> int:
        return len(self.fates) * self.weight

    @property
    def untaken(self) -> int:
        return sum(not each.is_taken and not each.waits for each in self.fates) * self.weight

    @property
    def waiting(self) -> int:
        return sum(each.waits for each in self.fates) * self.weight

    def full_caps(self) -> list[FullCap]:
        """Return the caps that fill, the first one first."""
        return [
            self._full_cap(slot, at)
            for slot, at in sorted(self.full_at.items(), key=lambda item: (item[1], item[0]))
        ]

    def _full_cap(self, slot: int, at: datetime) -> FullCap:
        came, lost = Counter[SourceId](), Counter[SourceId]()
        for fate in self.fates:
            if fate.at > at:
                came[fate.source_id] += self.weight
                lost[fate.source_id] += self.weight * (slot in fate.blocked_by)
        return FullCap(slot, at, came, lost)


def expected_hours(
    past: Iterable[Hour], *, days: int, zone: ZoneInfo, until: datetime, now: datetime
) -> list[Hour]:
    """Return the rest of today as the average of so many past days, hour by hour of the clock."""
    usual: dict[int, dict[SourceId, float]] = defaultdict(lambda: defaultdict(float))
    for each in past:
        usual[each.start.astimezone(zone).hour][each.source_id] += each.leads
    expected = []
    at = now
    while at < until:
        span = window(Per.HOUR, zone, at)
        end = min(span.end or until, until)
        part = (end - at) / ((span.end or until) - span.start)
        for source_id, leads in usual[at.astimezone(zone).hour].items():
            expected.append(Hour(source_id, at, leads / days * part))
        at = end
    return expected


def forecast(
    plan: Plan,
    today: Situation,
    expected: Sequence[Hour],
    samples: Mapping[SourceId, Sequence[PastLead]],
    *,
    zone: ZoneInfo,
    now: datetime,
) -> Forecast:
    """Decide leads like the samples at the rate that is expected, from how things stand `today`.

    Partners answer a lead as they answered its sample; what they refuse goes on. Every lead is
    of a new person. Beyond `MOST_DECIDED` one lead stands for several.
    """
    known = [each for each in expected if samples.get(each.source_id)]
    weight = max(1, -int(-sum(each.leads for each in known) // MOST_DECIDED))
    course = _Course(plan, today, weight, now)
    for at, source_id, number in _arrivals(known, weight, zone):
        listed = samples[source_id]
        sample = listed[int(number * _GOLDEN % 1 * len(listed))]
        course.decide(sample, source_id, at)
    return course.forecast


def _arrivals(
    expected: Iterable[Hour], weight: int, zone: ZoneInfo
) -> Iterator[tuple[datetime, SourceId, int]]:
    """Give when each lead comes, evenly within its hour, and its number among its source's."""
    arrivals = []
    so_far: dict[SourceId, float] = defaultdict(float)
    for hour in expected:
        end = window(Per.HOUR, zone, hour.start).end or hour.start
        before, leads = so_far[hour.source_id], hour.leads / weight
        so_far[hour.source_id] = before + leads
        # The lead of number n comes when n and a half are expected to have come.
        for number in range(int(before + 0.5), int(before + leads + 0.5)):
            at = hour.start + (end - hour.start) * ((number + 0.5 - before) / leads)
            arrivals.append((at, hour.source_id, number))
    return iter(sorted(arrivals))


class _Course:
    """Today going on: caps fill and begin anew, seats open and close."""

    def __init__(self, plan: Plan, today: Situation, weight: int, now: datetime) -> None:
        self.forecast = Forecast(weight)
        self._plan = plan
        self._calendar = Calendar(plan)
        self._calendar.move_to(now)
        situation = self._calendar.situation
        situation.used[:] = today.used
        situation.standings.update(today.standings)
        situation.down = today.down

    def decide(self, sample: PastLead, source_id: SourceId, at: datetime) -> None:
        self._calendar.move_to(at)
        plan = self._plan.entities.get(sample.entity)
        own_caps = self._plan.source_caps.get(source_id, ())
        over = self._without_room(own_caps)
        if over or plan is None:
            fate = Fate(at, source_id, is_taken=False, blocked_by=over)
        else:
            self._take(own_caps, at)
            fate = self._sell(sample, plan, source_id, at)
        self.forecast.fates.append(fate)

    def _sell(self, sample: PastLead, plan: EntityPlan, source_id: SourceId, at: datetime) -> Fate:
        values = {**sample.values, "received_at": rfc3339(at)}
        held: list[Held] = []
        while True:
            decision = decide(
                Candidate(values, tuple(held), suppressed=sample.suppressed),
                plan,
                self._calendar.situation,
                because=Because.RECEIVED,
                n=1,
                config_version=self._plan.version,
                now=at,
            )
            self._calendar.situation.standings.update(decision.standings)
            answered = [self._answer(each, sample, at) for each in decision.selections]
            held += answered
            if all(each.state is State.DELIVERED for each in answered):
                break
        is_taken = any(each.state is State.DELIVERED for each in held)
        waits = decision.wait is not None and not is_taken
        blocked = frozenset[int]() if is_taken or waits else self._blocked_by(decision, plan)
        return Fate(at, source_id, is_taken, waits, blocked)

    def _answer(self, selection: Selection, sample: PastLead, at: datetime) -> Held:
        accepts = not sample.declined_by(selection.seat.partner_id)
        if accepts:
            self._take(selection.seat.caps, at)
        profile = selection.line.profile
        return Held(
            profile_id=selection.line.id,
            profile=profile.slug,
            exclusive=profile.exclusive,
            partner_id=selection.seat.partner_id,
            state=State.DELIVERED if accepts else State.REJECTED,
            on_ambiguous=selection.seat.assignment.on_ambiguous,
        )

    def _take(self, caps: Iterable[SeatCap], at: datetime) -> None:
        used = self._calendar.situation.used
        for cap in caps:
            used[cap.slot] += cap.amount * self.forecast.weight
            # What is full already takes nothing until it begins anew.
            if not cap.has_room(used):
                self.forecast.full_at.setdefault(cap.slot, at)

    def _blocked_by(self, decision: Decision, plan: EntityPlan) -> frozenset[int]:
        """Return the caps of the seats that fail by nothing but caps."""
        blocked: set[int] = set()
        for line, verdict in zip(plan.lines, decision.round.profiles, strict=True):
            seats = line.seats_at(self._calendar.situation.used)
            for seat, failed in zip(seats, failures_of(verdict), strict=False):
                if failed and not failed & ~(CAP | BALANCE):
                    blocked |= self._without_room(seat.caps)
        return frozenset(blocked)

    def _without_room(self, caps: Iterable[SeatCap]) -> frozenset[int]:
        used = self._calendar.situation.used
        return frozenset([cap.slot for cap in caps if not cap.has_room(used)])
