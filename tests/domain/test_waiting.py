"""Waiting: which leads wait for room or opening hours, until when, and when to look again."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from deciding import NOW, Desk, chosen, day, hours, is_, partner, profile, seat

from headgate.domain.assignments import Otherwise
from headgate.domain.caps import Cap, Per, Unit
from headgate.domain.deliveries import State
from headgate.domain.profiles import Profile
from headgate.domain.waiting import Wait, longest

MIDNIGHT = datetime.fromisoformat("2026-11-24T00:00Z")
FULL = (day(0),)
NEXT_DAY = hours(tue="09:00-17:00")
MONTH_FULL = Cap(Per.MONTH, Unit.LEADS, 0)
TOTAL_FULL = Cap(Per.TOTAL, Unit.LEADS, 0)


def waiting(partner_slug: str = "sun", **rest: Any) -> Any:
    return seat(partner_slug, **{"wait": True, "wait_minutes": 60 * 24 * 40, **rest})


class TestLookAt:
    @pytest.mark.parametrize(
        ("rest", "expected"),
        [
            ({"caps": FULL}, "2026-11-24T00:00Z"),
            ({"caps": (day(9), MONTH_FULL)}, "2026-12-01T00:00Z"),
            ({"caps": (day(0), MONTH_FULL)}, "2026-12-01T00:00Z"),
            ({"hours": NEXT_DAY}, "2026-11-24T09:00Z"),
            ({"hours": NEXT_DAY, "caps": (MONTH_FULL,)}, "2026-12-01T00:00Z"),
            ({"hours": NEXT_DAY, "caps": FULL}, "2026-11-24T09:00Z"),
            ({"caps": (day(0), TOTAL_FULL), "wait_minutes": 60}, "2026-11-23T11:00Z"),
            ({"hours": hours(), "wait_minutes": 60}, "2026-11-23T11:00Z"),
            ({"caps": FULL, "wait_minutes": 60}, "2026-11-23T11:00Z"),
        ],
    )
    def test_is_when_all_that_fails_may_be_over(self, rest: dict[str, Any], expected: str) -> None:
        wait = Desk(profile("main", waiting(**rest))).decide().wait

        assert wait is not None
        assert wait.look_at == datetime.fromisoformat(expected)

    def test_is_when_partner_and_assignment_are_both_open(self) -> None:
        sun = partner("sun", hours=hours(mon="12:00-13:00", wed="08:00-12:00"))
        listed = profile("main", waiting(hours=hours(mon="15:00-16:00", wed="10:00-18:00")))

        wait = Desk(listed, partners=[sun]).decide().wait

        assert wait is not None
        assert wait.look_at == datetime.fromisoformat("2026-11-25T10:00Z")

    def test_follows_the_partners_time_zone(self) -> None:
        sun = partner("sun", caps=FULL, timezone="Europe/Berlin")

        wait = Desk(profile("main", waiting()), partners=[sun]).decide().wait

        assert wait is not None
        assert wait.look_at == datetime.fromisoformat("2026-11-23T23:00Z")


class TestDeadline:
    def test_counts_from_the_decision(self) -> None:
        wait = Desk(profile("main", waiting(caps=FULL, wait_minutes=90))).decide().wait

        assert wait is not None
        assert wait.until == NOW + timedelta(minutes=90)

    def test_counts_from_when_the_lead_began_to_wait(self) -> None:
        desk = Desk(profile("main", waiting(caps=FULL, wait_minutes=90)))

        wait = desk.decide(waiting_since=NOW - timedelta(minutes=60)).wait

        assert wait is not None
        assert wait.until == NOW + timedelta(minutes=30)

    def test_ends_the_wait(self) -> None:
        desk = Desk(profile("main", waiting(caps=FULL, wait_minutes=90)))

        assert desk.decide(waiting_since=NOW - timedelta(minutes=90)).wait is None


class TestWaiting:
    @pytest.mark.parametrize(
        "profiles",
        [
            pytest.param([profile("main", seat("sun", caps=FULL))], id="it says skip"),
            pytest.param([profile("main", waiting())], id="it is eligible"),
            pytest.param(
                [profile("main", waiting(caps=FULL), seat("b"))], id="another is eligible"
            ),
            pytest.param(
                [profile("main", waiting(caps=FULL, enabled=False))], id="more than a cap fails"
            ),
            pytest.param(
                [profile("main", waiting(caps=FULL, rules=is_("zip", "equals", "1")))],
                id="its rules fail",
            ),
            pytest.param(
                [profile("main", seat("sun", caps=FULL, when_closed=Otherwise.WAIT))],
                id="it waits for hours only",
            ),
            pytest.param(
                [profile("main", waiting(caps=FULL, hours=NEXT_DAY, when_closed=Otherwise.SKIP))],
                id="it waits for caps only and is closed as well",
            ),
            pytest.param(
                [profile("main", waiting(caps=FULL, weight=0), strategy="weighted")],
                id="its weight is 0",
            ),
            pytest.param(
                [profile("main", waiting(caps=FULL)), profile("later", seat("b"))],
                id="a later profile sells it",
            ),
            pytest.param(
                [profile("early", seat("b")), profile("main", waiting(caps=FULL))],
                id="an earlier profile sells it",
            ),
            pytest.param(
                [
                    profile("early", seat("b"), strategy="send_to_all"),
                    profile("main", waiting(caps=FULL), strategy="send_to_all"),
                ],
                id="a shared profile has an open seller",
            ),
            pytest.param(
                [profile("main", waiting(caps=FULL), rules=is_("zip", "equals", "1"))],
                id="the profile does not match",
            ),
        ],
    )
    def test_is_not_for_a_lead_when(self, profiles: list[Profile]) -> None:
        assert Desk(*profiles).decide({"zip": "2"}).wait is None

    @pytest.mark.parametrize("state", [State.PENDING, State.SENDING])
    def test_is_never_beside_an_open_seller(self, state: State) -> None:
        desk = Desk(
            profile("early", seat("b"), strategy="send_to_all"),
            profile("main", waiting(caps=FULL), strategy="send_to_all"),
        )

        assert desk.decide(held=(desk.held("early", "b", state),)).wait is None

    def test_begins_when_the_open_seller_has_refused(self) -> None:
        desk = Desk(profile("main", waiting(caps=FULL), seat("b")))

        decision = desk.decide(held=(desk.held("main", "b", State.REJECTED),), n=2)

        assert chosen(decision) == []
        assert decision.wait is not None

    def test_is_not_for_a_lead_that_the_profile_may_still_have_sold(self) -> None:
        desk = Desk(profile("main", waiting(caps=FULL), seat("b")))

        assert desk.decide(held=(desk.held("main", "b", State.UNKNOWN),)).wait is None

    def test_needs_only_one_that_says_so(self) -> None:
        desk = Desk(profile("main", seat("b", caps=FULL), waiting(caps=FULL)))

        assert desk.decide().wait is not None

    def test_covers_every_seat_that_asks(self) -> None:
        desk = Desk(
            profile(
                "main",
                waiting("a", caps=FULL, wait_minutes=60 * 24 * 2),
                waiting("b", hours=hours(mon="12:00-13:00"), wait_minutes=300),
            )
        )

        assert desk.decide().wait == Wait(
            look_at=NOW + timedelta(hours=2), until=NOW + timedelta(days=2)
        )


class TestLongest:
    def test_is_none_without_waits(self) -> None:
        assert longest([]) is None

    def test_looks_at_the_first_moment_and_ends_at_the_last(self) -> None:
        late, early = Wait(MIDNIGHT, MIDNIGHT), Wait(NOW, NOW + timedelta(hours=1))

        assert longest([late, early]) == Wait(NOW, MIDNIGHT)
