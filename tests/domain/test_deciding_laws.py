"""What holds for every decision, whatever the set-up and the lead."""

import msgspec
from deciding import Desk
from generated_setups import VALUES, candidates, desks
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.domain.decision import Candidate, Decision
from headgate.domain.deliveries import OPEN

few = settings(deadline=None, max_examples=80)
data = st.data()


def decided(desk: Desk, candidate: Candidate) -> Decision:
    return desk.decide(**msgspec.structs.asdict(candidate))


class TestDecide:
    @given(desks(), data)
    @few
    def test_takes_nothing_beyond_a_cap(self, desk: Desk, data: st.DataObject) -> None:
        decision = decided(desk, data.draw(candidates(desk)))

        used = list(desk.used)
        for selection in decision.selections:
            for cap in selection.seat.caps:
                used[cap.slot] += cap.amount
                assert used[cap.slot] <= cap.limit

    @given(desks(), data)
    @few
    def test_sells_an_exclusive_lead_to_one_at_most(self, desk: Desk, data: st.DataObject) -> None:
        decision = decided(desk, data.draw(candidates(desk)))

        sales = [selection.line.profile for selection in decision.selections]
        if any(profile.exclusive for profile in sales):
            assert len(sales) == 1

    @given(desks(), data)
    @few
    def test_gives_a_partner_the_lead_once(self, desk: Desk, data: st.DataObject) -> None:
        candidate = data.draw(candidates(desk))
        decision = decided(desk, candidate)

        had = [each.partner_id for each in candidate.held]
        got = [selection.seat.partner_id for selection in decision.selections]
        assert len(set(got)) == len(got)
        assert not set(got) & set(had)

    @given(desks(), data)
    @few
    def test_decides_the_same_again(self, desk: Desk, data: st.DataObject) -> None:
        candidate = data.draw(candidates(desk))
        before = desk.situation()

        first, second = decided(desk, candidate), decided(desk, candidate)

        assert msgspec.json.encode(first.round) == msgspec.json.encode(second.round)
        assert (first.selections, first.standings, first.wait) == (
            second.selections,
            second.standings,
            second.wait,
        )
        assert desk.situation() == before

    @given(desks(), data)
    @few
    def test_waits_only_when_nothing_is_open(self, desk: Desk, data: st.DataObject) -> None:
        candidate = data.draw(candidates(desk))
        decision = decided(desk, candidate)

        if decision.wait is not None:
            assert not decision.selections
            assert not any(each.state in OPEN for each in candidate.held)
            assert desk.now < decision.wait.until
            assert decision.wait.look_at <= decision.wait.until

    @given(desks(), VALUES)
    @few
    def test_turns_no_fresh_lead_away_that_somebody_may_take(
        self, desk: Desk, values: dict[str, object]
    ) -> None:
        decision = desk.decide(values)

        for verdict in decision.round.profiles:
            assert bool(verdict.selected) is bool(verdict.ranked)
