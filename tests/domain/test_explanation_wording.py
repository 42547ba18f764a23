"""What an explanation says in plain words."""

from typing import Any

import pytest
from deciding import Desk, any_, day, hours, is_, none_, partner, profile, seat, spend
from explaining import document

from headgate.domain.caps import Cap, Per, Unit
from headgate.domain.deliveries import State
from headgate.domain.ids import PartnerId
from headgate.domain.partners import Partner
from headgate.domain.suppressions import Suppressed

SUN = partner("sun", name="SunPeak Energy")
HELIOS = partner("helios", name="Helios Homes", timezone="Europe/Berlin")


def sentences(*profiles: Any, partners: tuple[Partner, ...] = (SUN, HELIOS), **rest: Any) -> Any:
    """Return the sentence of each assignment of the first profile, for a lead of ZIP 10001."""
    desk = Desk(*profiles, partners=partners, used=rest.pop("used", None))
    found = document(desk, desk.decide({"zip": "10001"}, **rest))
    return [each["sentence"] for each in found["profiles"][0]["assignments"]]


class TestDecisionSentence:
    def test_says_where_the_lead_went_and_why_not_elsewhere(self) -> None:
        helios = seat("helios", caps=(day(25),), priority=20)
        desk = Desk(
            profile("main", helios, seat("sun", priority=10), seat("b")),
            partners=[SUN, HELIOS],
            used={"main/helios": 25},
        )

        assert document(desk, desk.decide())["sentence"] == (
            "Went to SunPeak Energy because it was first by priority (10) of 2 eligible; "
            "B: next in line, number 2 of 2; "
            "Helios Homes: daily cap reached, 25 of 25, resets 00:00 Europe/Berlin"
        )

    def test_says_that_nobody_got_it(self) -> None:
        desk = Desk(
            profile("main", seat("sun", enabled=False)),
            profile("second", seat("helios"), rules=is_("zip", "equals", "1")),
            partners=[SUN, HELIOS],
        )

        assert document(desk, desk.decide({"zip": "2"}))["sentence"] == (
            "Went to nobody; SunPeak Energy: the assignment is switched off; "
            "profile second: rules not met: ZIP code is 2, wanted: 1"
        )

    def test_follows_the_lead_to_whom_it_went_later(self) -> None:
        desk = Desk(profile("main", seat("sun"), seat("helios")), partners=[SUN, HELIOS])
        fates = {("main", "sun"): State.REJECTED, ("main", "helios"): State.DELIVERED}

        assert document(desk, desk.decide(), fates=fates)["sentence"] == (
            "Went to Helios Homes as the next in line; SunPeak Energy: refused it"
        )

    def test_names_those_that_the_first_round_did_not_list(self) -> None:
        desk = Desk(profile("off", seat("sun"), enabled=False), partners=[SUN])
        fates = {("off", "sun"): State.DELIVERED}

        found = document(desk, desk.decide(), fates=fates)

        assert found["sentence"] == "Went to off / sun in a later round"

    def test_counts_those_that_it_does_not_name(self) -> None:
        desk = Desk(profile("main", *map(seat, "abcdefghijkl")))

        assert document(desk, desk.decide())["sentence"].endswith("; and 4 more")


class TestSelected:
    @pytest.mark.parametrize(
        ("strategy", "reason"),
        [
            ("first_match", "it was first by priority (3) of 2 eligible"),
            ("send_to_all", "it was number 1 of 2 eligible by priority"),
            ("best_price", "it was first by price (12.50 USD) of 2 eligible"),
            ("round_robin", "it was the one that had waited longest of 2 eligible"),
            ("weighted", "it was the one furthest below its share of 2 eligible"),
        ],
    )
    def test_says_what_the_strategy_preferred(self, strategy: str, reason: str) -> None:
        sun = seat("sun", priority=3, price_minor=1250, weight=2)

        first, *_ = sentences(profile("main", sun, seat("b"), strategy=strategy))

        assert first == f"Went to SunPeak Energy because {reason}"

    def test_says_that_there_was_no_choice(self) -> None:
        (only,) = sentences(profile("main", seat("sun")))

        assert only == "Went to SunPeak Energy because it was the only one eligible"

    @pytest.mark.parametrize(
        ("state", "expected"),
        [
            (State.FAILED, "SunPeak Energy: the delivery failed"),
            (State.UNKNOWN, "SunPeak Energy: nobody knows whether it arrived"),
            (State.CANCELLED, "SunPeak Energy: the delivery was cancelled"),
            (State.RETURNED, "SunPeak Energy: gave it back"),
        ],
    )
    def test_says_what_became_of_the_delivery(self, state: State, expected: str) -> None:
        desk = Desk(profile("main", seat("sun")), partners=[SUN])

        found = document(desk, desk.decide(), fates={("main", "sun"): state})

        assert found["profiles"][0]["assignments"][0]["sentence"] == expected

    def test_says_that_a_seat_without_room_got_it_later(self) -> None:
        desk = Desk(profile("main", seat("sun", caps=(day(0),))), partners=[SUN])

        found = document(desk, desk.decide(), fates={("main", "sun"): State.DELIVERED})

        assert found["sentence"] == "Went to SunPeak Energy in a later round"


class TestOthers:
    @pytest.mark.parametrize(
        ("rest", "expected"),
        [
            ({"enabled": False}, "the assignment is switched off"),
            (
                {"rules": any_(is_("zip", "in", ("1", "2")))},
                "rules not met: ZIP code is 10001, wanted: 1 or 2",
            ),
            (
                {"rules": is_("budget", "gt", "5")},
                "rules not met: Budget is empty, wanted: more than 5",
            ),
            (
                {"rules": is_("zip", "is_empty")},
                "rules not met: ZIP code is 10001, wanted: empty",
            ),
            (
                {"rules": none_(is_("zip", "equals", "10001"))},
                "rules not met: ZIP code is 10001, unwanted: 10001",
            ),
            ({"hours": hours()}, "closed, with no opening within a year"),
            ({"hours": hours(mon="12:00-13:00")}, "closed, opens 12:00 Europe/Berlin"),
            ({"hours": hours(fri="12:00-13:00")}, "closed, opens 2026-11-27 12:00 Europe/Berlin"),
            (
                {"caps": (spend(2000),), "price_minor": 3000},
                "monthly budget reached, 0.00 of 20.00 USD and the lead costs 30.00, "
                "resets 2026-12-01 00:00 Europe/Berlin",
            ),
            ({"caps": (Cap(Per.TOTAL, Unit.LEADS, 0),)}, "total cap reached, 0 of 0"),
        ],
    )
    def test_say_what_kept_the_lead_away(self, rest: dict[str, Any], expected: str) -> None:
        listed = [profile("main", seat("helios", **({"hours": None} | rest)))]

        assert sentences(*listed) == [f"Helios Homes: {expected}"]

    def test_say_whose_cap_it_was(self) -> None:
        (full,) = sentences(profile("main", seat("sun"), caps=(day(0),)))

        assert full == ("SunPeak Energy: the profile's daily cap reached, 0 of 0, resets 00:00 UTC")

    def test_tell_two_seats_of_a_partner_apart(self) -> None:
        _, second = sentences(profile("main", seat("sun"), seat("sun", "evening")))

        assert second == "SunPeak Energy (evening): next in line, number 2 of 2"

    def test_say_that_a_weight_of_nothing_is_never_chosen(self) -> None:
        _, second = sentences(
            profile("main", seat("sun"), seat("helios", weight=0), strategy="weighted")
        )

        assert second == "Helios Homes: has weight 0, so it is never chosen"

    @pytest.mark.parametrize(
        ("partner_rest", "lead", "expected"),
        [
            ({"active": False}, {}, "the partner is paused"),
            ({"delivery": None}, {}, "its channel is down"),
            (
                {},
                {"suppressed": Suppressed(from_partners={PartnerId(100): "Do not call"})},
                "the person is on the suppression list Do not call",
            ),
            ({"duplicate_days": 90}, {"has_person": {100}}, "had this person within 90 days"),
        ],
    )
    def test_say_what_is_with_the_partner(
        self, partner_rest: dict[str, Any], lead: dict[str, Any], expected: str
    ) -> None:
        partners = (partner("sun", name="SunPeak Energy", **partner_rest),)

        found = sentences(profile("main", seat("sun")), partners=partners, **lead)

        assert found == [f"SunPeak Energy: {expected}"]

    def test_say_which_profile_has_it_and_who_was_asked_before(self) -> None:
        desk = Desk(profile("main", seat("sun")), profile("late", seat("helios"), seat("sun", "s")))

        late = document(desk, desk.decide())["profiles"][1]["assignments"]

        assert [each["sentence"] for each in late] == [
            "Helios: taken by profile main",
            "Sun (s): already has this lead",
        ]
