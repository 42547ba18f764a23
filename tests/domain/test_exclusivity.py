"""Decisions across profiles: exclusive leads, partners with several seats, shared places."""

import pytest
from deciding import Desk, chosen, day, profile, result, seat

from headgate.domain.deliveries import State

OVER = (State.REJECTED, State.FAILED, State.CANCELLED)
LIVE = (State.PENDING, State.SENDING, State.DELIVERED, State.UNKNOWN, State.RETURNED)


class TestExclusivity:
    @pytest.mark.parametrize("first_is_exclusive", [True, False])
    @pytest.mark.parametrize("second_is_exclusive", [True, False])
    def test_holds_across_profiles_both_ways(
        self, first_is_exclusive: bool, second_is_exclusive: bool
    ) -> None:
        desk = Desk(
            profile("first", seat("sun"), exclusive=first_is_exclusive),
            profile("second", seat("helios"), exclusive=second_is_exclusive),
        )

        decision = desk.decide()

        is_shared = not (first_is_exclusive or second_is_exclusive)
        assert chosen(decision) == (["sun", "helios"] if is_shared else ["sun"])
        assert decision.round.profiles[1].taken_by == (None if is_shared else "first")

    @pytest.mark.parametrize("state", LIVE)
    def test_keeps_a_lead_that_another_profile_holds(self, state: State) -> None:
        desk = Desk(profile("first", seat("sun")), profile("second", seat("helios")))

        decision = desk.decide(held=(desk.held("first", "sun", state),))

        assert result(desk, decision, "second/helios") == "taken"

    @pytest.mark.parametrize("state", OVER)
    def test_lets_a_later_profile_run_after_no_sale(self, state: State) -> None:
        desk = Desk(profile("first", seat("sun")), profile("second", seat("helios")))

        decision = desk.decide(held=(desk.held("first", "sun", state),))

        assert chosen(decision) == ["helios"]

    def test_goes_by_what_the_profile_was_when_the_lead_was_given(self) -> None:
        desk = Desk(
            profile("first", seat("sun"), exclusive=False),
            profile("second", seat("helios"), exclusive=False),
        )
        held = desk.held("first", "sun", State.DELIVERED)

        assert chosen(desk.decide(held=(held,))) == ["helios"]

    def test_lets_an_earlier_profile_win_the_lead_back_only_when_it_is_free(self) -> None:
        desk = Desk(profile("first", seat("sun")), profile("second", seat("helios")))

        decision = desk.decide(held=(desk.held("second", "helios", State.SENDING),))

        assert result(desk, decision, "first/sun") == "taken"


class TestAcrossProfiles:
    def test_a_partner_gets_the_lead_once(self) -> None:
        desk = Desk(
            profile("first", seat("sun"), strategy="send_to_all"),
            profile("second", seat("sun", "again"), seat("helios"), strategy="send_to_all"),
        )

        decision = desk.decide()

        assert chosen(decision) == ["sun", "helios"]
        assert result(desk, decision, "second/again") == "already_has_lead"

    def test_a_test_lead_is_decided_alike_and_leaves_the_situation_alone(self) -> None:
        desk = Desk(profile("main", seat("sun", caps=(day(1),))))
        before = desk.situation()

        first, second = desk.decide(), desk.decide()

        assert first == second
        assert desk.situation() == before

    def test_leads_of_one_batch_see_each_others_places(self) -> None:
        desk = Desk(profile("main", seat("sun", caps=(day(1),), priority=2), seat("helios")))

        assert [chosen(desk.route()) for _ in range(3)] == [["sun"], ["helios"], ["helios"]]
