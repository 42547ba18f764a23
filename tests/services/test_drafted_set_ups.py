"""A lead is decided by a set-up that nobody has saved, and nothing comes of it."""

from datetime import datetime
from typing import Any

import pytest
from small_world import DELIVERED, SmallWorld

from headgate.domain.configuration.editing import Thing
from headgate.domain.ids import LeadId
from headgate.services import administration, setups, simulation
from headgate.services.identity import passing_id
from headgate.services.setups import Setup
from headgate.services.simulation import Simulation
from headgate.services.submissions import Submission
from headgate.storage import models
from headgate.storage.leads import LeadNotFound

pytestmark = pytest.mark.usefixtures("database", "installation")
NEW = {
    "slug": "fresh",
    "entity": "solar",
    "enabled": True,
    "caps": [{"per": "day", "leads": 5}],
    "assignments": [{"partner": "first", "price": "7.00", "caps": [{"per": "day", "leads": 1}]}],
}


def drafted(world: SmallWorld, said: dict[str, Any], *, instead: str | None = None) -> Setup:
    configuration = administration.draft_thing(
        account_id=world.account_id,
        kind="profiles",
        said=said,
        instead=Thing("profiles", instead) if instead else None,
    )
    return setups.drafted(world.account_id, configuration)


def simulated(world: SmallWorld, setup: Setup) -> Simulation:
    submission = Submission(
        id=LeadId(passing_id(world.now)),
        caller="",
        entity="solar",
        fields={"name": "Ann", "kind": "nobody"},
        received_at=world.now,
    )
    return simulation.simulate_drafted(setup=setup, submission=submission, now=world.now)


class TestADraftedProfile:
    def test_decides_a_lead_and_shows_the_request(self, now: datetime) -> None:
        world = SmallWorld(now)

        found = simulated(world, drafted(world, NEW))

        (delivery,) = found.deliveries
        assert (delivery.profile, delivery.price) == ("fresh", "7.00")
        assert delivery.request is not None
        assert delivery.request["url"] == "https://first.example/"

    def test_leaves_nothing_behind(self, now: datetime) -> None:
        world = SmallWorld(now)

        simulated(world, drafted(world, NEW))

        assert models.Lead.objects.count() == 0
        assert models.Profile.objects.count() == 1
        assert setups.in_force(world.account_id).configuration.profile("fresh") is None

    def test_stands_for_the_one_in_force(self, now: datetime) -> None:
        world = SmallWorld(now)
        said = {**NEW, "slug": "exclusive", "rules": {"all": []}}

        found = simulated(world, drafted(world, said, instead="exclusive"))

        assert [each.profile for each in found.deliveries] == ["exclusive"]


class TestALeadThatCameBefore:
    def test_is_decided_as_if_it_came_for_the_first_time(self, now: datetime) -> None:
        world = SmallWorld(now)
        lead_id = world.post("Ann")
        world.answer(DELIVERED)
        setup = setups.in_force(world.account_id)

        found = simulation.simulate_again(setup=setup, lead_id=lead_id, now=now)

        assert (found.state, found.duplicate_of) == ("in_delivery", None)
        assert [each.partner for each in found.deliveries] == ["first"]
        assert models.Delivery.objects.count() == 1

    def test_must_be_there(self, now: datetime) -> None:
        setup = setups.in_force(SmallWorld(now).account_id)

        with pytest.raises(LeadNotFound):
            simulation.simulate_again(setup=setup, lead_id=LeadId(passing_id(now)), now=now)
