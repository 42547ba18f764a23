"""Acts on many leads: part by part, by the rules for one, with what was left out and why."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
from small_world import CONFIGURATION, SmallWorld

from headgate.domain.flaws import Flawed
from headgate.domain.ids import LeadId, SweepId
from headgate.services import sweeping
from headgate.services.routing import Leases
from headgate.services.sweeping import Act, left_out_of
from headgate.services.verification import verify
from headgate.services.writing import read_list
from headgate.storage import leads, sweeps
from headgate.storage.lists import LeadFilter
from headgate.storage.sweeps import Sweep

pytestmark = pytest.mark.usefixtures("database", "installation")
BY = "ann@acme.example"


@pytest.fixture
def world(now: datetime) -> SmallWorld:
    return SmallWorld(now, CONFIGURATION.replace(b"statuses: [New]", b"statuses: [New, Won]"))


def begin(
    world: SmallWorld, act: Act, lead_ids: Sequence[LeadId], to: str | None = None
) -> SweepId:
    return sweeping.begin_sweep(
        account_id=world.account_id, act=act, to=to, lead_ids=lead_ids, by=BY, now=world.now
    )


def swept(world: SmallWorld, sweep_id: SweepId) -> Sweep:
    sweeping.sweep_on(sweep_id=sweep_id, leases=Leases(0), now=world.now)
    return sweeps.get(world.account_id, sweep_id)


def states(lead_ids: Sequence[LeadId]) -> list[str]:
    stored = leads.find_many(lead_ids)
    return [str(stored[each].state) for each in lead_ids]


class TestASweep:
    def test_distributes_what_it_can_and_says_what_it_left_out(self, world: SmallWorld) -> None:
        held, open_one = world.post("Held", distribute=False), world.post("Open")

        done = swept(world, begin(world, Act.DISTRIBUTE, [held, open_one]))

        assert states([held, open_one]) == ["in_delivery", "in_delivery"]
        assert (done.state, done.done, done.left_out) == ("done", 1, 1)
        assert [(each.lead_id, each.reason) for each in left_out_of(done)] == [
            (str(open_one), "wrong_state")
        ]
        assert not list(verify())

    def test_sets_a_status_with_history(self, world: SmallWorld) -> None:
        lead_id = world.post("Ann", kind="nobody")

        swept(world, begin(world, Act.STATUS, [lead_id], "Won"))

        lead = leads.find_many([lead_id])[lead_id]
        assert lead.status == "Won"
        assert read_list(lead.history)[0]["by"] == BY

    def test_erases(self, world: SmallWorld) -> None:
        held, sold = world.post("Held", distribute=False), world.post("Open")

        swept(world, begin(world, Act.ERASE, [held, sold]))

        assert states([held, sold]) == ["erased", "erased"]
        assert not list(verify())

    def test_takes_parts_and_goes_on_where_it_was(
        self, world: SmallWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sweeping, "MOST_IN_A_TRANSACTION", 2)
        posted = [world.post(f"Lead {n}", distribute=False) for n in range(3)]
        sweep_id = begin(world, Act.DISTRIBUTE, posted)

        first, second = (swept(world, sweep_id).cursor for _ in range(2))

        assert (first, second) == (2, 3)
        assert states(posted) == ["in_delivery"] * 3

    def test_takes_each_lead_once_however_many_work_at_it(
        self, world: SmallWorld, at_once: Callable[..., list[Any]]
    ) -> None:
        posted = [world.post(f"Lead {n}", distribute=False) for n in range(3)]
        sweep_id = begin(world, Act.STATUS, posted, "Won")

        at_once(*[lambda: swept(world, sweep_id) for _ in range(3)])

        assert sweeps.get(world.account_id, sweep_id).done == 3
        stored = leads.find_many(posted).values()
        assert [len(read_list(lead.history)) for lead in stored] == [1, 1, 1]

    def test_stops_when_it_is_cancelled(self, world: SmallWorld) -> None:
        held = world.post("Held", distribute=False)
        sweep_id = begin(world, Act.DISTRIBUTE, [held])

        sweeping.cancel_sweep(account_id=world.account_id, sweep_id=sweep_id, now=world.now)

        assert swept(world, sweep_id).state == "cancelled"
        assert states([held]) == ["held"]

    @pytest.mark.parametrize(
        ("act", "to"), [(Act.STATUS, "Sold"), (Act.ASSIGN, "eve@else.example")]
    )
    def test_does_not_begin_with_what_nobody_knows(
        self, world: SmallWorld, act: Act, to: str
    ) -> None:
        with pytest.raises(Flawed):
            begin(world, act, [world.post("Ann")], to)

    def test_takes_the_leads_of_a_list_up_to_a_bound(
        self, world: SmallWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        posted = [world.post(f"Lead {n}", distribute=False) for n in range(2)]
        wanted = LeadFilter(state="held")

        found = sweeping.find_leads(account_id=world.account_id, wanted=wanted)
        monkeypatch.setattr(sweeping, "MOST_AT_ONCE", 1)

        assert found == posted
        with pytest.raises(Flawed):
            sweeping.find_leads(account_id=world.account_id, wanted=wanted)
