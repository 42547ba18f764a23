"""The plan: caps numbered once, prices frozen, seats ready to be looked at."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from deciding import (
    NOW,
    all_,
    any_,
    configuration,
    day,
    hours,
    is_,
    none_,
    partner,
    plan_of,
    profile,
    seat,
    spend,
)

from headgate.domain.assignments import Assignment
from headgate.domain.caps import Scope
from headgate.domain.delivery_settings import Email, Inbox, Portal
from headgate.domain.ids import SourceId
from headgate.domain.matching import Line, Plan
from headgate.domain.seats import Seat
from headgate.domain.sources import Source
from headgate.domain.verdicts import ASSIGNMENT_DISABLED, CAP, CHANNEL, PARTNER_INACTIVE

MAIL = Email(to=("leads@sun.example",))


def lines_of(plan: Plan) -> tuple[Line, ...]:
    return plan.entities["solar"].lines


def first_seat(assignment: Assignment, **partner_rest: object) -> Seat:
    sun = partner("sun", **partner_rest)
    return lines_of(plan_of(configuration(profile("main", assignment), partners=[sun])))[0].seats[0]


class TestSlots:
    def test_are_shared_by_a_partner_across_profiles(self) -> None:
        sun = partner("sun", caps=(day(5),))
        listed = [profile("first", seat("sun")), profile("second", seat("sun"))]

        plan = plan_of(configuration(*listed, partners=[sun]))

        first, second = (line.seats[0].caps[0] for line in lines_of(plan))
        assert first.slot == second.slot
        assert len(plan.slots) == 1

    def test_are_shared_by_the_seats_of_a_profile(self) -> None:
        plan = plan_of(configuration(profile("main", seat("a"), seat("b"), caps=(day(5),))))

        a, b = lines_of(plan)[0].seats
        assert a.caps == b.caps

    def test_stay_apart_for_equal_caps_of_two_owners(self) -> None:
        listed = profile("main", seat("a", caps=(day(5),)), seat("b", caps=(day(5),)))

        assert len(plan_of(configuration(listed)).slots) == 2

    def test_follow_each_other_from_the_assignment_to_the_profile(self) -> None:
        sun = partner("sun", caps=(day(2),), timezone="Asia/Tokyo")
        listed = profile("main", seat("sun", caps=(day(1),)), caps=(day(3),))
        plan = plan_of(configuration(listed, partners=[sun]))

        slots = [plan.slots[cap.slot] for cap in lines_of(plan)[0].seats[0].caps]

        tokyo, utc = ZoneInfo("Asia/Tokyo"), ZoneInfo("UTC")
        assert [(slot.scope, slot.cap.limit, slot.zone) for slot in slots] == [
            (Scope.ASSIGNMENT, 1, tokyo),
            (Scope.PARTNER, 2, tokyo),
            (Scope.PROFILE, 3, utc),
        ]

    def test_include_those_of_sources(self) -> None:
        web = Source("web", "solar", "Web", caps=(day(7),))

        plan = plan_of(configuration(sources=[web]))

        (cap,) = plan.source_caps[SourceId(1)]
        assert (cap.limit, cap.amount, plan.slots[cap.slot].scope) == (7, 1, Scope.SOURCE)


class TestSeatCap:
    @pytest.mark.parametrize(
        ("own", "profiles", "expected"), [(1250, 999, 1250), (None, 999, 999), (None, None, 0)]
    )
    def test_takes_the_frozen_price_of_a_budget(
        self, own: int | None, profiles: int | None, expected: int
    ) -> None:
        listed = profile("main", seat("a", price_minor=own, caps=(spend(5000),)))
        listed = profile("main", *listed.assignments, price_minor=profiles)

        (cap,) = lines_of(plan_of(configuration(listed)))[0].seats[0].caps

        assert (cap.amount, cap.is_money) == (expected, True)

    def test_takes_one_of_a_count(self) -> None:
        (cap,) = first_seat(seat("sun", price_minor=1250, caps=(day(5),))).caps

        assert (cap.amount, cap.is_money) == (1, False)


class TestCeilings:
    def test_name_a_cap_once_for_all_that_take_the_same_of_it(self) -> None:
        listed = profile("main", seat("a"), seat("b", caps=(day(1),)), caps=(day(5),))
        ceilings = lines_of(plan_of(configuration(listed)))[0].ceilings

        assert ceilings.failing == (((0, 1), CAP), ((1,), CAP))
        assert ceilings.most == (4, 0)
        assert ceilings.read([30, 10]) == (30, 10)

    def test_tell_prices_apart(self) -> None:
        seats = [seat("a", price_minor=100), seat("b", price_minor=300)]
        listed = profile("main", *seats, caps=(spend(500),))
        ceilings = lines_of(plan_of(configuration(listed)))[0].ceilings

        assert ceilings.failing == (((0,), CAP), ((1,), CAP))
        assert ceilings.most == (400, 200)
        assert ceilings.read([150]) == (150, 150)


class TestSeat:
    @pytest.mark.parametrize(
        ("assignment", "partner_rest", "expected"),
        [
            (seat("sun"), {}, 0),
            (seat("sun", enabled=False), {}, ASSIGNMENT_DISABLED),
            (seat("sun"), {"active": False}, PARTNER_INACTIVE),
            (seat("sun"), {"delivery": None}, CHANNEL),
        ],
    )
    def test_knows_what_fails_whatever_the_lead(
        self, assignment: Assignment, partner_rest: dict[str, object], expected: int
    ) -> None:
        assert first_seat(assignment, **partner_rest).known_failures == expected

    def test_prefers_its_own_delivery_settings(self) -> None:
        its_partners = {"delivery": Inbox(), "fallbacks": (MAIL,)}

        own = first_seat(seat("sun", delivery=Portal()), **its_partners)

        assert [way.settings for way in own.ways] == [Portal()]

    def test_takes_all_of_its_partners_without_its_own(self) -> None:
        its_partners = {"delivery": Inbox(), "fallbacks": (MAIL,)}

        ways = first_seat(seat("sun"), **its_partners).ways

        assert [way.settings for way in ways] == [Inbox(), MAIL]
        assert ways[0].digest != ways[1].digest

    @pytest.mark.parametrize(
        ("partners", "own", "expected"),
        [
            (None, None, True),
            ("09:00-12:00", None, True),
            ("09:00-12:00", "11:00-12:00", False),
            ("11:00-12:00", "09:00-12:00", False),
        ],
    )
    def test_is_open_when_partner_and_assignment_are(
        self, partners: str | None, own: str | None, expected: bool
    ) -> None:
        assignment = seat("sun", hours=own and hours(mon=own))

        found = first_seat(assignment, hours=partners and hours(mon=partners))

        assert found.is_open(NOW) is expected

    def test_is_open_by_the_partners_clock(self) -> None:
        found = first_seat(seat("sun", hours=hours(mon="11:00-12:00")), timezone="Europe/Berlin")

        assert found.is_open(NOW)
        assert not found.is_open(NOW + timedelta(hours=1))


class TestEntityPlan:
    def test_sees_the_values_that_rules_of_enabled_profiles_read(self) -> None:
        own = any_(is_("home.postcode", "is_empty"), none_(is_("budget", "gt", "5")))
        listed = profile("main", seat("a", rules=own), rules=all_(is_("status", "equals", "New")))
        off = profile("off", seat("b", rules=is_("zip", "equals", "1")), enabled=False)

        plan = plan_of(configuration(listed, off))

        assert plan.entities["solar"].seen_keys == ("budget", "home", "status")
