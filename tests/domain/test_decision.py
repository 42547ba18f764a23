"""Decisions: each check's verdict, who is chosen, and what one choice does to the next."""

from typing import Any

import pytest
from deciding import Desk, all_, chosen, day, hours, is_, partner, profile, result, seat, spend

from headgate.domain.assignments import OnAmbiguous
from headgate.domain.deliveries import State
from headgate.domain.suppressions import Suppressed
from headgate.domain.verdicts import Because

CLOSED_TODAY = hours(tue="09:00-17:00")
OVER = (State.REJECTED, State.FAILED, State.CANCELLED)
LIVE = (State.PENDING, State.SENDING, State.DELIVERED, State.UNKNOWN, State.RETURNED)


class TestChecks:
    @pytest.mark.parametrize(
        ("seat_rest", "partner_rest", "expected"),
        [
            ({}, {}, "selected"),
            ({"rules": all_(is_("zip", "starts_with", "1"))}, {}, "rules_not_met"),
            ({"enabled": False}, {}, "assignment_disabled"),
            ({}, {"active": False}, "partner_inactive"),
            ({"hours": CLOSED_TODAY}, {}, "closed"),
            ({}, {"hours": CLOSED_TODAY}, "closed"),
            ({"caps": (day(0),)}, {}, "cap_reached"),
            ({}, {"caps": (day(0),)}, "cap_reached"),
            ({"caps": (spend(999),), "price_minor": 1000}, {}, "cap_reached"),
            ({"caps": (spend(1000),), "price_minor": 1000}, {}, "selected"),
            ({}, {"delivery": None}, "channel_down"),
        ],
    )
    def test_fail_with_their_result(
        self, seat_rest: dict[str, Any], partner_rest: dict[str, Any], expected: str
    ) -> None:
        sun = partner("sun", **partner_rest)
        desk = Desk(profile("main", seat("sun", **seat_rest)), partners=[sun])

        assert result(desk, desk.decide({"zip": "90210"}), "main/sun") == expected

    def test_look_at_the_caps_of_the_profile(self) -> None:
        desk = Desk(profile("main", seat("sun"), caps=(day(0),)))

        assert result(desk, desk.decide(), "main/sun") == "cap_reached"

    def test_look_at_suppressions(self) -> None:
        desk = Desk(profile("main", seat("sun")))

        (sun,) = desk.partner_ids("sun")
        decision = desk.decide(suppressed=Suppressed(from_partners={sun: "Do not call"}))

        assert result(desk, decision, "main/sun") == "suppressed"
        assert decision.round.suppressed_by == {"sun": "Do not call"}

    def test_look_at_suppressions_of_the_whole_account(self) -> None:
        desk = Desk(profile("main", seat("sun"), seat("helios")))

        decision = desk.decide(suppressed=Suppressed(from_all="Objections"))

        assert set(desk.results(decision).values()) == {"suppressed"}
        assert decision.round.suppressed_by == {"*": "Objections"}

    def test_look_at_persons_that_the_partner_has(self) -> None:
        desk = Desk(profile("main", seat("sun")))

        decision = desk.decide(has_person=desk.partner_ids("sun"))

        assert result(desk, decision, "main/sun") == "already_has_person"

    def test_look_at_channels_that_are_down(self) -> None:
        desk = Desk(profile("main", seat("sun"), seat("helios")))
        desk.down = frozenset([desk.identities.assignments["main", "sun"]])

        decision = desk.decide()

        assert desk.results(decision) == {
            "main/sun": "channel_down",
            "main/helios": "selected",
        }

    def test_are_reported_in_the_documented_order(self) -> None:
        everything = seat(
            "sun",
            enabled=False,
            hours=CLOSED_TODAY,
            caps=(day(0),),
            rules=is_("zip", "equals", "1"),
        )
        desk = Desk(
            profile("first", seat("helios")),
            profile("main", everything),
            partners=[partner("sun", active=False, delivery=None)],
        )
        ids = desk.partner_ids("sun")
        tried = desk.held("main", "sun", State.REJECTED)
        suppressed = Suppressed(from_partners=dict.fromkeys(ids, "Do not call"))
        decision = desk.decide(suppressed=suppressed, has_person=ids, held=(tried,))

        assert decision.round.profiles[1].failed == (0b101_1111_1111, 1)

    @pytest.mark.parametrize("state", list(State))
    def test_let_no_partner_have_a_lead_twice(self, state: State) -> None:
        desk = Desk(profile("main", seat("sun"), strategy="send_to_all"))

        decision = desk.decide(held=(desk.held("main", "sun", state),))

        assert result(desk, decision, "main/sun") == "already_has_lead"


class TestProfiles:
    def test_give_no_verdicts_when_their_own_rules_do_not_match(self) -> None:
        desk = Desk(profile("main", seat("sun"), rules=all_(is_("zip", "equals", "1"))))

        decision = desk.decide({"zip": "2"})

        assert chosen(decision) == []
        assert not decision.round.profiles[0].matched

    def test_are_left_out_when_disabled(self) -> None:
        desk = Desk(profile("off", seat("sun"), enabled=False), profile("main", seat("helios")))

        assert [each.slug for each in desk.decide().round.profiles] == ["main"]

    def test_give_the_lead_to_the_first_of_the_ranked(self) -> None:
        desk = Desk(profile("main", seat("sun", priority=1), seat("helios", priority=2)))

        decision = desk.decide()

        assert desk.results(decision) == {"main/sun": "next_in_line", "main/helios": "selected"}
        assert decision.round.profiles[0].ranked == (1, 0)


class TestSendToAll:
    def test_takes_every_eligible_one(self) -> None:
        desk = Desk(
            profile("main", seat("a"), seat("b", enabled=False), seat("c"), strategy="send_to_all")
        )

        assert chosen(desk.decide()) == ["a", "c"]

    def test_takes_at_most_as_many_as_it_says(self) -> None:
        desk = Desk(profile("main", *map(seat, "abc"), strategy="send_to_all", max_partners=2))

        decision = desk.decide()

        assert chosen(decision) == ["a", "b"]
        assert result(desk, decision, "main/c") == "next_in_line"

    def test_sells_once_when_it_is_exclusive(self) -> None:
        desk = Desk(profile("main", *map(seat, "abc"), strategy="send_to_all", exclusive=True))

        assert chosen(desk.decide()) == ["a"]

    def test_stops_where_its_own_choice_fills_the_profiles_cap(self) -> None:
        desk = Desk(
            profile("main", *map(seat, "abc"), strategy="send_to_all", caps=(day(5),)),
            used={"main": 3},
        )

        decision = desk.decide()

        assert desk.results(decision) == {
            "main/a": "selected",
            "main/b": "selected",
            "main/c": "cap_reached",
        }
        assert decision.round.profiles[0].late == {2: (5,)}

    def test_goes_on_to_a_cheaper_one_that_still_fits_a_budget(self) -> None:
        desk = Desk(
            profile(
                "main",
                seat("a", priority=3, price_minor=600),
                seat("b", priority=2, price_minor=600),
                seat("c", priority=1, price_minor=300),
                strategy="send_to_all",
                caps=(spend(1000),),
            )
        )

        decision = desk.decide()

        assert chosen(decision) == ["a", "c"]
        assert decision.round.profiles[0].ranked == (0, 2)
        assert decision.round.profiles[0].late == {1: (600,)}

    def test_gives_a_partner_with_two_seats_one_of_them(self) -> None:
        desk = Desk(
            profile(
                "main", seat("sun", "low"), seat("sun", "high", priority=5), strategy="send_to_all"
            )
        )

        decision = desk.decide()

        assert desk.results(decision) == {
            "main/low": "already_has_lead",
            "main/high": "selected",
        }

    @pytest.mark.parametrize(
        ("states", "expected"),
        [
            ((State.REJECTED, State.DELIVERED), ["c"]),
            ((State.FAILED, State.SENDING), ["c"]),
            ((State.REJECTED, State.REJECTED), ["c", "d"]),
            ((State.DELIVERED, State.UNKNOWN), []),
        ],
    )
    def test_replaces_those_that_ended_without_a_sale(
        self, states: tuple[State, State], expected: list[str]
    ) -> None:
        desk = Desk(profile("main", *map(seat, "abcd"), strategy="send_to_all", max_partners=2))
        held = tuple(
            desk.held("main", slug, state) for slug, state in zip("ab", states, strict=True)
        )

        assert chosen(desk.decide(held=held, because=Because.REFUSED, n=2)) == expected


class TestNextInLine:
    @pytest.mark.parametrize("state", OVER)
    def test_gets_the_lead_after_no_sale(self, state: State) -> None:
        desk = Desk(profile("main", *map(seat, "abc")))

        held = (desk.held("main", "a", state),)
        decision = desk.decide(held=held, because=Because.REFUSED, n=2)

        assert desk.results(decision) == {
            "main/a": "already_has_lead",
            "main/b": "selected",
            "main/c": "next_in_line",
        }

    @pytest.mark.parametrize("state", LIVE)
    def test_stands_back_while_the_lead_is_held_or_sold(self, state: State) -> None:
        desk = Desk(profile("main", *map(seat, "ab")))

        decision = desk.decide(held=(desk.held("main", "a", state),))

        assert chosen(decision) == []
        assert result(desk, decision, "main/b") == "next_in_line"

    def test_gets_an_unknown_one_as_well_where_the_assignment_moves_on(self) -> None:
        desk = Desk(profile("main", *map(seat, "ab")))
        unknown = desk.held("main", "a", State.UNKNOWN, on_ambiguous=OnAmbiguous.NEXT)

        assert chosen(desk.decide(held=(unknown,), because=Because.UNKNOWN, n=2)) == ["b"]

    def test_is_decided_anew_by_the_turns_of_the_profile(self) -> None:
        desk = Desk(profile("main", *map(seat, "abc"), strategy="round_robin"))

        assert [chosen(desk.route())[0] for _ in range(5)] == list("abcab")
