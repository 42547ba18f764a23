"""Many connections want the last place at the same moment."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from small_world import DELIVERED, REFUSED, SmallWorld

from headgate.domain.ids import LeadId
from headgate.services.verification import verify
from headgate.storage import deliveries, leads
from headgate.storage.caps import CapFull

pytestmark = pytest.mark.usefixtures("database", "installation")
CONNECTIONS = 8
LEADS_EACH = 30
ELIGIBLE = CONNECTIONS * LEADS_EACH


def world_with(now: datetime, *caps: dict[str, Any], profile_caps: Any = ()) -> SmallWorld:
    fields = [{"key": "name", "type": "text"}, {"key": "kind", "type": "text"}]
    configuration = {
        "version": 1,
        "account": {"slug": "acme", "name": "Acme", "timezone": "UTC", "currency": "USD"},
        "entities": [{"slug": "solar", "name": "Solar", "fields": fields, "statuses": ["New"]}],
        "sources": [{"slug": "site", "entity": "solar", "name": "Site"}],
        "partners": [
            {"slug": "only", "name": "Only", "caps": list(caps), "delivery": {"channel": "inbox"}}
        ],
        "profiles": [
            {
                "slug": "all",
                "entity": "solar",
                "name": "All",
                "enabled": True,
                "strategy": "first_match",
                "price": "10.00",
                "caps": list(profile_caps),
                "assignments": [{"partner": "only"}],
            }
        ],
    }
    return SmallWorld(now, json.dumps(configuration).encode())


def posting(world: SmallWorld, count: int = LEADS_EACH) -> Callable[[], list[LeadId]]:
    """Return what posts leads one by one, and again where somebody else was quicker."""

    def post(number: int) -> LeadId:
        while True:
            try:
                return world.post(str(number))
            except CapFull:
                continue

    return lambda: [post(number) for number in range(count)]


def states_of(several: list[list[LeadId]]) -> Counter[str]:
    stored = leads.find_many([id for some in several for id in some])
    return Counter(lead.state for lead in stored.values())


class TestTheLastPlace:
    @pytest.mark.parametrize(
        ("caps", "limit"),
        [
            ([{"per": "hour", "leads": 1}], 1),
            ([{"per": "day", "leads": 7}], 7),
            ([{"per": "month", "leads": 200}], 200),
            ([{"per": "week", "spend": "79.99"}], 7),
            ([{"per": "total", "leads": 50}, {"per": "hour", "leads": 7}], 7),
            ([{"per": "day", "leads": 1_000}], ELIGIBLE),
        ],
    )
    def test_is_given_once_and_given_always(
        self,
        now: datetime,
        at_once: Callable[..., list[Any]],
        caps: list[dict[str, Any]],
        limit: int,
    ) -> None:
        world = world_with(now, *caps)

        posted = at_once(*[posting(world)] * CONNECTIONS)

        expected = {"in_delivery": limit, "unmatched": ELIGIBLE - limit}
        assert states_of(posted) == Counter({k: v for k, v in expected.items() if v})
        assert list(verify()) == []

    def test_goes_by_the_tightest_of_partner_and_profile(
        self, now: datetime, at_once: Callable[..., list[Any]]
    ) -> None:
        world = world_with(
            now, {"per": "day", "leads": 20}, profile_caps=[{"per": "day", "leads": 13}]
        )

        posted = at_once(*[posting(world)] * CONNECTIONS)

        assert states_of(posted)["in_delivery"] == 13
        assert list(verify()) == []

    def test_comes_back_while_others_ask_for_it(
        self, now: datetime, at_once: Callable[..., list[Any]]
    ) -> None:
        world = world_with(now, {"per": "day", "leads": 5})

        def refuse_and_sell() -> list[LeadId]:
            for _ in range(LEADS_EACH):
                world.answer(REFUSED, DELIVERED)
            return []

        posted = at_once(*[posting(world)] * (CONNECTIONS // 2), *[refuse_and_sell] * 2)
        world.answer(DELIVERED)

        made = deliveries.of_leads([id for some in posted for id in some])
        held = [d for several in made.values() for d in several if d.holds_place]
        assert len(held) <= 5
        assert {d.state for d in held} <= {"delivered"}
        assert list(verify()) == []
