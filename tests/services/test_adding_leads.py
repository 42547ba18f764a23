"""A lead that a person types in goes where every lead goes."""

from datetime import datetime
from typing import Any

import pytest
from small_world import CONFIGURATION, SmallWorld

from headgate.domain.flaws import Flawed
from headgate.services import adding, setups
from headgate.services.submissions import Receipt
from headgate.services.writing import read_list

pytestmark = pytest.mark.usefixtures("database", "installation")


@pytest.fixture
def world(now: datetime) -> SmallWorld:
    return SmallWorld(now)


def add(world: SmallWorld, **said: Any) -> Receipt:
    how: dict[str, Any] = {
        "fields": {"name": "Ann", "kind": "house"},
        "source": None,
        "status": None,
        "note": None,
        "test": False,
        "distribute": True,
    }
    return adding.add_lead(
        account_id=world.account_id,
        entity="solar",
        by="ann@acme.example",
        now=world.now,
        **how | said,
    )


class TestAddingALead:
    def test_routes_it_and_remembers_who_did(self, world: SmallWorld) -> None:
        added = add(world)

        assert added.lead.state == "in_delivery"
        (line,) = read_list(added.lead.history)
        assert (line["because"], line["by"]) == ("added", "ann@acme.example")

    def test_holds_it_back_when_told_to(self, world: SmallWorld) -> None:
        assert add(world, distribute=False).lead.state == "held"

    def test_knows_a_person_who_asked_before(self, world: SmallWorld) -> None:
        world.post("Ann")

        assert add(world).lead.state == "duplicate"

    def test_refuses_bad_values_whatever_the_source_says(self, now: datetime) -> None:
        lenient = CONFIGURATION.replace(b"name: Site,", b"name: Site, on_invalid: quarantine,")
        world = SmallWorld(now, lenient)

        with pytest.raises(Flawed) as refused:
            add(world, source="site", fields={"colour": "red"}, status="Sold")

        assert {flaw.place for flaw in refused.value.flaws} == {"colour", "status"}

    def test_is_of_the_source_for_hands_where_there_is_one(self, now: datetime) -> None:
        listed = CONFIGURATION.replace(
            b"sources:\n", b"sources:\n  - {slug: manual, entity: solar, name: By hand}\n"
        )
        world = SmallWorld(now, listed)

        added = add(world)

        setup = setups.in_force(world.account_id)
        assert setup.source_slugs[added.lead.source_id] == "manual"
