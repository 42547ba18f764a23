"""A drafted rule is asked of the leads that came last."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from small_world import SmallWorld

from headgate.domain.rules.reading import read_rule
from headgate.services import previewing, setups
from headgate.services.previewing import Preview, Recent, recent_leads

pytestmark = pytest.mark.usefixtures("database", "installation")
HOUSES = {"all": [{"field": "kind", "op": "equals", "value": "house"}]}


@pytest.fixture
def world(now: datetime) -> SmallWorld:
    world = SmallWorld(now)
    for number, kind in enumerate(("house", "flat", "barn", "flat")):
        world.now = now + timedelta(minutes=number)
        world.post(f"Lead {number}", kind=kind)
    return world


def recent(world: SmallWorld) -> list[Recent]:
    return recent_leads(account_id=world.account_id, entity="solar")


def preview(world: SmallWorld, raw: dict[str, Any]) -> Preview:
    entity = setups.in_force(world.account_id).configuration.entities[0]
    rule = read_rule(raw, place="rules", entity=entity, flaws=[])
    return previewing.preview_rule(
        account_id=world.account_id, rule=rule, entity=entity, among=recent(world)
    )


class TestRecentLeads:
    def test_are_the_newest_that_were_accepted(self, world: SmallWorld) -> None:
        world.post("Lead 1")  # a duplicate
        world.post("Tester", test=True)

        names = [each.values["name"] for each in recent(world)]

        assert names == ["Lead 3", "Lead 2", "Lead 1", "Lead 0"]

    def test_are_so_many_at_most(self, world: SmallWorld) -> None:
        found = recent_leads(account_id=world.account_id, entity="solar", limit=2)

        assert [each.values["name"] for each in found] == ["Lead 3", "Lead 2"]


class TestPreview:
    def test_says_how_many_match_and_which(self, world: SmallWorld) -> None:
        found = preview(world, HOUSES)

        assert (len(found.matching), found.of) == (1, 4)
        assert [each.values["name"] for each in found.samples] == ["Lead 0"]

    def test_says_what_fails_most(self, world: SmallWorld) -> None:
        both = {"all": [*HOUSES["all"], {"field": "name", "op": "not_equals", "value": "Lead 1"}]}

        found = preview(world, both)

        assert [(each.path, each.leads) for each in found.blamed] == [("all[0]", 3), ("all[1]", 1)]

    def test_takes_every_lead_without_a_rule(self, world: SmallWorld) -> None:
        found = preview(world, {})

        assert (len(found.matching), found.of, found.blamed) == (4, 4, ())

    def test_knows_source_and_status(self, world: SmallWorld) -> None:
        rule = {"all": [{"field": "source", "op": "in", "value": ["site"]}]}

        assert len(preview(world, rule).matching) == 4
