"""Deliveries: every row of the contract's state table, and laws of any run of attempts."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from headgate.domain.assignments import OnAmbiguous
from headgate.domain.deliveries import (
    OPEN,
    STANDARD_PAUSES,
    TRANSITIONS,
    Attempted,
    NotSettled,
    Outcome,
    Progress,
    State,
    Step,
    cancelled,
    held,
    next_step,
    pause_after,
    resolved,
)
from headgate.domain.ids import DeliveryId

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ID = DeliveryId(UUID("0199a000-0000-7000-8000-000000000001"))
DELIVERED = Attempted(Outcome.DELIVERED)
REFUSED = Attempted(Outcome.REFUSED)
REFUSED_BY_OWN_RULE = Attempted(Outcome.REFUSED, by_own_rule=True)
NOT_SENT = Attempted(Outcome.NOT_SENT)
FINAL = Attempted(Outcome.NOT_SENT, is_final=True)
GONE = Attempted(Outcome.REFUSED, gone=True)
GONE_BY_OWN_RULE = Attempted(Outcome.REFUSED, by_own_rule=True, gone=True)
AMBIGUOUS = Attempted(Outcome.AMBIGUOUS)

SOLD = Step(State.DELIVERED, charge=True)
REJECTED = Step(State.REJECTED, release_place=True, next_in_line=True)
FAILED = Step(State.FAILED, release_place=True, next_in_line=True)
FALLS_BACK = Step(State.PENDING, due_at=NOW, falls_back=True)


def progress(
    attempts: int = 0,
    *,
    minutes_left: float = 15,
    doubt: bool = False,
    pauses: tuple[int, ...] | None = (60,),
    on_ambiguous: OnAmbiguous = OnAmbiguous.HOLD,
    fallbacks: int = 0,
) -> Progress:
    return Progress(
        attempts=attempts,
        give_up_at=NOW + timedelta(minutes=minutes_left),
        ambiguous_before=doubt,
        pauses=pauses,
        on_ambiguous=on_ambiguous,
        fallbacks=fallbacks,
    )


def step(before: Progress, attempted: Attempted) -> Step:
    return next_step(before, attempted, delivery_id=ID, now=NOW)


def retry(seconds: int = 60, *, doubt: bool = False) -> Step:
    return Step(State.PENDING, due_at=NOW + timedelta(seconds=seconds), ambiguous=doubt)


def unknown(*, moves_on: bool = False) -> Step:
    return Step(State.UNKNOWN, ambiguous=True, next_in_line=moves_on)


class TestAFallBack:
    """Tries that are the last by the present settings, and others left after them."""

    @pytest.mark.parametrize(
        ("attempted", "certain", "in_doubt"),
        [
            (NOT_SENT, FALLS_BACK, unknown()),
            (FINAL, FALLS_BACK, unknown()),
            (GONE, FALLS_BACK, unknown()),
            (GONE_BY_OWN_RULE, REJECTED, replace(REJECTED, ambiguous=True)),
            (REFUSED, REJECTED, unknown()),
            (AMBIGUOUS, unknown(), unknown()),
            (DELIVERED, SOLD, replace(SOLD, ambiguous=True)),
        ],
    )
    def test_comes_after_what_certainly_did_not_deliver(
        self, attempted: Attempted, certain: Step, in_doubt: Step
    ) -> None:
        assert step(progress(1, fallbacks=2), attempted) == certain
        assert step(progress(1, fallbacks=2, doubt=True), attempted) == in_doubt

    @pytest.mark.parametrize("attempted", [FINAL, GONE])
    def test_waits_for_no_try_that_cannot_help(self, attempted: Attempted) -> None:
        assert step(progress(0, fallbacks=1), attempted) == FALLS_BACK

    def test_comes_only_after_the_last_try(self) -> None:
        assert step(progress(0, fallbacks=1), NOT_SENT) == retry()

    def test_comes_when_the_next_try_would_be_too_late(self) -> None:
        assert step(progress(minutes_left=0.5, fallbacks=1), NOT_SENT) == FALLS_BACK

    @pytest.mark.parametrize(("attempted", "end"), [(NOT_SENT, FAILED), (GONE, REJECTED)])
    def test_does_not_come_when_the_time_is_over(self, attempted: Attempted, end: Step) -> None:
        late = progress(1, minutes_left=-0.1, fallbacks=1)

        assert step(late, attempted) == end

    @pytest.mark.parametrize(("attempted", "end"), [(NOT_SENT, FAILED), (GONE, REJECTED)])
    def test_does_not_come_when_none_is_left(self, attempted: Attempted, end: Step) -> None:
        assert step(progress(1), attempted) == end


class TestNextStep:
    @pytest.mark.parametrize(
        ("attempted", "with_tries_left", "at_the_last"),
        [
            (DELIVERED, SOLD, SOLD),
            (REFUSED, REJECTED, REJECTED),
            (REFUSED_BY_OWN_RULE, REJECTED, REJECTED),
            (NOT_SENT, retry(), FAILED),
            (AMBIGUOUS, retry(doubt=True), unknown()),
        ],
    )
    def test_follows_the_table_of_states(
        self, attempted: Attempted, with_tries_left: Step, at_the_last: Step
    ) -> None:
        assert step(progress(0), attempted) == with_tries_left
        assert step(progress(1), attempted) == at_the_last

    @pytest.mark.parametrize(
        ("attempted", "with_tries_left", "at_the_last"),
        [
            (NOT_SENT, retry(doubt=True), unknown()),
            (REFUSED, retry(doubt=True), unknown()),
            (AMBIGUOUS, retry(doubt=True), unknown()),
        ],
    )
    def test_stays_with_the_partner_after_an_ambiguous_try(
        self, attempted: Attempted, with_tries_left: Step, at_the_last: Step
    ) -> None:
        assert step(progress(0, doubt=True), attempted) == with_tries_left
        assert step(progress(1, doubt=True), attempted) == at_the_last

    @pytest.mark.parametrize(
        ("attempted", "state"),
        [(DELIVERED, State.DELIVERED), (REFUSED_BY_OWN_RULE, State.REJECTED)],
    )
    def test_settles_an_ambiguous_try_by_delivery_or_own_rule(
        self, attempted: Attempted, state: State
    ) -> None:
        assert step(progress(doubt=True), attempted).state is state

    @pytest.mark.parametrize("attempted", [AMBIGUOUS, NOT_SENT, REFUSED])
    def test_moves_on_from_unknown_where_the_assignment_says_so(self, attempted: Attempted) -> None:
        last = progress(1, doubt=True, on_ambiguous=OnAmbiguous.NEXT)

        assert step(last, attempted) == unknown(moves_on=True)

    @pytest.mark.parametrize(("attempted", "end"), [(NOT_SENT, FAILED), (AMBIGUOUS, unknown())])
    def test_ends_when_the_next_try_would_be_too_late(
        self, attempted: Attempted, end: Step
    ) -> None:
        assert step(progress(minutes_left=0.99), attempted) == end

    def test_makes_a_try_at_the_very_moment_of_giving_up(self) -> None:
        assert step(progress(minutes_left=1), NOT_SENT) == retry()

    def test_ends_at_once_when_no_try_could_help(self) -> None:
        final = Attempted(Outcome.NOT_SENT, is_final=True)

        assert next_step(progress(), final, delivery_id=ID, now=NOW) == FAILED

    def test_ends_at_once_without_retries(self) -> None:
        assert step(progress(pauses=()), NOT_SENT) == FAILED

    @pytest.mark.parametrize(
        ("asked", "seconds"),
        [
            (None, 60),
            (0, 60),
            (59, 60),
            (61, 61),
            (86_400, 86_400),
            (1_000_000, 86_400),  # honoured up to 24 h
        ],
    )
    def test_comes_no_sooner_than_retry_after_says(self, asked: int | None, seconds: int) -> None:
        attempted = Attempted(Outcome.NOT_SENT, retry_after_seconds=asked)

        assert step(progress(minutes_left=10_000), attempted) == retry(seconds)

    def test_ends_when_retry_after_is_beyond_the_time_left(self) -> None:
        attempted = Attempted(Outcome.NOT_SENT, retry_after_seconds=901)

        assert step(progress(minutes_left=15), attempted) == FAILED


class TestPauseAfter:
    def test_follows_the_standard_schedule_within_a_fifth(self) -> None:
        pauses = [pause_after(n, None, delivery_id=ID) for n in range(10)]

        assert pauses[9] is None
        for pause, seconds in zip(pauses, STANDARD_PAUSES, strict=False):
            assert pause is not None
            assert 0.8 * seconds <= pause.total_seconds() <= 1.2 * seconds

    def test_is_the_same_in_every_process(self) -> None:
        assert pause_after(0, None, delivery_id=ID) == timedelta(seconds=5, microseconds=504_380)

    def test_spreads_over_deliveries(self) -> None:
        ids = [DeliveryId(UUID(int=n)) for n in range(1_000)]

        seconds = [
            pause.total_seconds()
            for one in ids
            if (pause := pause_after(1, None, delivery_id=one)) is not None
        ]

        assert sum(second < 300 for second in seconds) == pytest.approx(500, abs=60)
        assert min(seconds) < 246
        assert max(seconds) > 354

    def test_keeps_own_pauses_exact(self) -> None:
        pauses = [pause_after(n, (1, 5), delivery_id=ID) for n in range(3)]

        assert pauses == [timedelta(seconds=1), timedelta(seconds=5), None]


class TestResolved:
    @pytest.mark.parametrize(
        ("outcome", "end"), [(Outcome.DELIVERED, SOLD), (Outcome.REFUSED, REJECTED)]
    )
    def test_settles_as_the_partner_would_have(self, outcome: Outcome, end: Step) -> None:
        assert resolved(outcome) == end

    @pytest.mark.parametrize("outcome", [Outcome.NOT_SENT, Outcome.AMBIGUOUS])
    def test_takes_no_half_answer(self, outcome: Outcome) -> None:
        with pytest.raises(NotSettled, match=outcome):
            resolved(outcome)


class TestHeld:
    @pytest.mark.parametrize("doubt", [False, True])
    def test_changes_nothing_but_when_it_is_due(self, doubt: bool) -> None:
        until = NOW + timedelta(minutes=5)

        step = held(progress(doubt=doubt), until=until)

        assert step == Step(State.PENDING, due_at=until, ambiguous=doubt)


class TestCancelled:
    def test_gives_the_place_back_and_the_lead_to_nobody(self) -> None:
        assert cancelled() == Step(State.CANCELLED, release_place=True)


class TestTransitions:
    def test_speak_of_every_state(self) -> None:
        assert set(TRANSITIONS) == set(State)

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (State.PENDING, State.SENDING),
            (State.SENDING, State.DELIVERED),
            (State.SENDING, State.REJECTED),
            (State.SENDING, State.PENDING),
            (State.SENDING, State.FAILED),
            (State.SENDING, State.UNKNOWN),
            (State.UNKNOWN, State.DELIVERED),
            (State.UNKNOWN, State.REJECTED),
            (State.PENDING, State.CANCELLED),
            (State.UNKNOWN, State.CANCELLED),
            (State.DELIVERED, State.RETURNED),
        ],
    )
    def test_hold_every_row_of_the_contract(self, before: State, after: State) -> None:
        assert after in TRANSITIONS[before]

    @pytest.mark.parametrize("state", [State.REJECTED, State.CANCELLED, State.RETURNED])
    def test_end_here(self, state: State) -> None:
        assert TRANSITIONS[state] == frozenset()


ATTEMPTS = st.builds(
    Attempted,
    st.sampled_from(Outcome),
    by_own_rule=st.booleans(),
    retry_after_seconds=st.none() | st.integers(0, 200_000),
)
STARTS = st.builds(
    Progress,
    attempts=st.just(0),
    give_up_at=st.integers(0, 5_000).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    pauses=st.none() | st.lists(st.integers(0, 5_000), max_size=6).map(tuple),
    on_ambiguous=st.sampled_from(OnAmbiguous),
)
PERSONS = st.sampled_from((resolved(Outcome.DELIVERED), resolved(Outcome.REFUSED), cancelled()))
ROUNDS = st.lists(ATTEMPTS, min_size=20, max_size=20)


def run(start: Progress, attempts: list[Attempted]) -> list[tuple[Attempted, Step]]:
    """Make attempts, each when it is due and a second long, until the delivery is not open."""
    before, now, path = start, NOW, []
    for attempted in attempts:
        now += timedelta(seconds=1)
        after = next_step(before, attempted, delivery_id=ID, now=now)
        path.append((attempted, after))
        if after.state not in OPEN:
            break
        assert after.due_at is not None
        now = after.due_at
        before = Progress(
            attempts=before.attempts + 1,
            give_up_at=before.give_up_at,
            ambiguous_before=after.ambiguous,
            pauses=before.pauses,
            on_ambiguous=before.on_ambiguous,
        )
    return path


class TestAnyRun:
    @given(STARTS, ROUNDS)
    def test_ends_within_the_schedule(self, start: Progress, attempts: list[Attempted]) -> None:
        path = run(start, attempts)

        pauses = STANDARD_PAUSES if start.pauses is None else start.pauses
        assert path[-1][1].state not in OPEN
        assert len(path) <= len(pauses) + 1

    @given(STARTS, ROUNDS)
    def test_has_nothing_due_after_giving_up(
        self, start: Progress, attempts: list[Attempted]
    ) -> None:
        due = [after.due_at for _, after in run(start, attempts) if after.due_at is not None]

        assert all(moment <= start.give_up_at for moment in due)

    @given(STARTS, ROUNDS)
    def test_is_due_again_exactly_while_pending(
        self, start: Progress, attempts: list[Attempted]
    ) -> None:
        steps = [after for _, after in run(start, attempts)]

        assert all((after.due_at is not None) == (after.state is State.PENDING) for after in steps)

    @given(STARTS, ROUNDS)
    def test_takes_only_steps_of_the_table(
        self, start: Progress, attempts: list[Attempted]
    ) -> None:
        assert all(after.state in TRANSITIONS[State.SENDING] for _, after in run(start, attempts))

    @given(STARTS, ROUNDS)
    def test_never_moves_on_in_doubt_unless_told_to(
        self, start: Progress, attempts: list[Attempted]
    ) -> None:
        path = run(start, attempts)
        last, end = path[-1]
        doubt = any(attempted.outcome is Outcome.AMBIGUOUS for attempted, _ in path)

        refused_by_rule = last.outcome is Outcome.REFUSED and last.by_own_rule
        told_to = refused_by_rule or start.on_ambiguous is OnAmbiguous.NEXT
        assert not (doubt and end.next_in_line and not told_to)
        assert not (doubt and end.state is State.FAILED)

    @given(STARTS, ROUNDS, PERSONS)
    def test_gives_the_place_back_at_most_once_and_never_when_sold(
        self, start: Progress, attempts: list[Attempted], by_hand: Step
    ) -> None:
        steps = [after for _, after in run(start, attempts)]
        if steps[-1].state is State.UNKNOWN:
            steps.append(by_hand)

        released = sum(after.release_place for after in steps)
        assert released == (0 if steps[-1].state is State.DELIVERED else 1)

    @given(STARTS, ROUNDS, PERSONS)
    def test_charges_once_exactly_when_delivered(
        self, start: Progress, attempts: list[Attempted], by_hand: Step
    ) -> None:
        steps = [after for _, after in run(start, attempts)]
        if steps[-1].state is State.UNKNOWN:
            steps.append(by_hand)

        charged = sum(after.charge for after in steps)
        assert charged == (1 if steps[-1].state is State.DELIVERED else 0)

    @given(STARTS, ROUNDS)
    def test_keeps_its_doubt(self, start: Progress, attempts: list[Attempted]) -> None:
        flags = [after.ambiguous for _, after in run(start, attempts)]

        assert flags == sorted(flags)
