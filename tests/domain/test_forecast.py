"""A forecast follows from the rate, the samples and the set-up, the same every time."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from deciding import configuration, partner, plan_of, profile, seat

from headgate.domain.caps import Cap, Per, Unit
from headgate.domain.decision import Situation
from headgate.domain.forecast import MOST_DECIDED, Forecast, Hour, expected_hours, forecast
from headgate.domain.history.past import PastDelivery, PastLead
from headgate.domain.ids import AssignmentId, LeadId, PartnerId, SourceId
from headgate.domain.matching import Plan

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SITE = SourceId(1)
ZONE = ZoneInfo("UTC")


def leads_a_day(limit: int) -> dict[str, Any]:
    return {"caps": (Cap(Per.DAY, Unit.LEADS, limit),)}


def sample(*, declined_by: int | None = None) -> PastLead:
    declined = () if declined_by is None else (
        PastDelivery(AssignmentId(1_000), PartnerId(declined_by), True, 0, 0),
    )  # fmt: skip
    return PastLead(LeadId(UUID(int=1)), "solar", NOW, NOW, {"status": "New"}, declined)


def hourly(leads: float, hours: int = 12) -> list[Hour]:
    return [Hour(SITE, NOW + timedelta(hours=number), leads) for number in range(hours)]


def run(
    plan: Plan, *, used: int = 0, leads: float = 10, samples: list[PastLead] | None = None
) -> Forecast:
    situation = Situation([used] * len(plan.slots), [None] * len(plan.slots), {})
    given = {SITE: [sample()] if samples is None else samples}
    return forecast(plan, situation, hourly(leads), given, zone=ZONE, now=NOW)


class TestForecast:
    def test_says_when_a_cap_fills_and_what_is_lost_to_it(self) -> None:
        plan = plan_of(configuration(profile("main", seat("sun", **leads_a_day(50)))))

        found = run(plan, used=25)

        (full,) = found.full_caps()
        assert full.at == NOW + timedelta(hours=2, minutes=27)  # the 25th of ten an hour
        assert (found.leads, found.untaken) == (120, 95)
        assert (full.came[SITE], full.lost[SITE]) == (95, 95)

    def test_loses_nothing_to_a_cap_while_another_partner_takes_the_leads(self) -> None:
        plan = plan_of(
            configuration(profile("main", seat("sun", **leads_a_day(50)), seat("helios")))
        )

        found = run(plan)

        (full,) = found.full_caps()
        assert (found.untaken, full.lost.total()) == (0, 0)

    def test_sees_nothing_fill_that_is_full_already_or_has_room(self) -> None:
        plan = plan_of(configuration(profile("main", seat("sun", **leads_a_day(500)))))

        assert run(plan, used=500).full_caps() == []
        assert run(plan, used=100).full_caps() == []

    def test_begins_an_hourly_cap_anew(self) -> None:
        hour: dict[str, Any] = {"caps": (Cap(Per.HOUR, Unit.LEADS, 5),)}

        found = run(plan_of(configuration(profile("main", seat("sun", **hour)))), used=5)

        (full,) = found.full_caps()
        assert full.at == NOW + timedelta(hours=1, minutes=27)
        assert found.leads - found.untaken == 11 * 5

    def test_has_partners_refuse_what_they_refused(self) -> None:
        setup = configuration(
            profile("main", seat("sun", priority=2, **leads_a_day(50)), seat("helios"))
        )
        plan = plan_of(setup)
        sun = plan.identities.partners["sun"]

        assert run(plan, samples=[sample(declined_by=sun)]).full_caps() == []
        assert run(plan, samples=[sample(declined_by=sun)]).untaken == 0

    def test_has_one_lead_stand_for_several_beyond_what_is_decided(self) -> None:
        plan = plan_of(
            configuration(
                profile("main", seat("sun")), partners=[partner("sun", **leads_a_day(9_000))]
            )
        )

        found = run(plan, leads=1_000)

        (full,) = found.full_caps()
        assert len(found.fates) <= MOST_DECIDED
        assert found.leads == pytest.approx(12_000, rel=0.01)
        assert full.at - NOW == pytest.approx(timedelta(hours=9), rel=0.01)

    def test_is_the_same_every_time(self) -> None:
        plan = plan_of(configuration(profile("main", seat("sun", **leads_a_day(50)))))

        assert run(plan).fates == run(plan).fates

    def test_leaves_out_sources_without_a_sample(self) -> None:
        plan = plan_of(configuration(profile("main", seat("sun"))))

        assert run(plan, samples=[]).leads == 0


class TestExpectedHours:
    def test_average_the_same_hour_of_the_days_before(self) -> None:
        past = [
            Hour(SITE, NOW - timedelta(days=day) + timedelta(hours=hour), 7)
            for day in (1, 2)
            for hour in (0, 1)
        ]
        now = NOW + timedelta(minutes=30)

        expected = expected_hours(past, days=2, zone=ZONE, until=NOW + timedelta(hours=12), now=now)

        assert expected == [Hour(SITE, now, 3.5), Hour(SITE, NOW + timedelta(hours=1), 7)]
