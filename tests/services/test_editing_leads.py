"""Leads that people change: what is kept of it, who is recognised, what a new status starts."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from small_world import DELIVERED, REFUSED, SmallWorld

from headgate.domain.flaws import Flawed
from headgate.domain.ids import LeadId
from headgate.domain.instants import rfc3339
from headgate.services import editing
from headgate.services.editing import Edit, Edited
from headgate.services.handling import NotInThisState
from headgate.services.people.membership import create_user
from headgate.services.privacy.erasing import erase_lead
from headgate.services.routing import Leases
from headgate.services.verification import verify
from headgate.services.writing import read_list, read_rounds, read_values
from headgate.storage import deliveries, leads
from headgate.storage.people import Role

pytestmark = pytest.mark.usefixtures("database", "installation")

SET_UP = b"""
version: 1
account: {slug: acme, name: Acme, timezone: UTC, currency: USD}
entities:
  - slug: solar
    name: Solar
    fields:
      - {key: name, type: text, required: true}
      - {key: kind, type: text}
      - {key: email, type: email}
      - {key: ssn, type: text, encrypted: true}
    statuses: [New, Qualified, Lost]
    duplicates: {match: [email], within_days: 30}
sources:
  - {slug: site, entity: solar, name: Site, on_invalid: quarantine}
partners:
  - slug: first
    name: First
    delivery: {channel: webhook, url: "https://first.example/", retry: none}
  - {slug: second, name: Second, delivery: {channel: inbox}}
profiles:
  - slug: fresh
    entity: solar
    name: Fresh
    enabled: true
    strategy: first_match
    exclusive: EXCLUSIVE
    rules: {all: [{field: status, op: equals, value: New}, {field: kind, op: equals, value: house}]}
    assignments: [{partner: first}]
  - slug: called
    entity: solar
    name: Called
    enabled: true
    strategy: first_match
    exclusive: EXCLUSIVE
    rules: {all: [{field: status, op: equals, value: Qualified}]}
    assignments: [{partner: first, priority: 2}, {partner: second, priority: 1}]
  - slug: late
    entity: solar
    name: Late
    enabled: true
    strategy: send_to_all
    exclusive: false
    rules: {all: [{field: kind, op: equals, value: late}]}
    assignments: [{partner: second}]
"""
EXCLUSIVE, SHARED = SET_UP.replace(b"EXCLUSIVE", b"true"), SET_UP.replace(b"EXCLUSIVE", b"false")
BY = "ann@acme.example"


def edit(world: SmallWorld, lead_id: LeadId, **said: Any) -> Edited:
    return editing.edit_lead(
        account_id=world.account_id,
        lead_id=lead_id,
        edit=Edit(**said),
        by=BY,
        leases=Leases(0),
        now=world.now,
    )


def stored(lead_id: LeadId) -> leads.Lead:
    return leads.find_many([lead_id])[lead_id]


def partners_of(lead_id: LeadId) -> list[tuple[int, str]]:
    return [(each.profile_id, each.state) for each in deliveries.of_leads([lead_id])[lead_id]]


@pytest.fixture
def world(now: datetime) -> SmallWorld:
    return SmallWorld(now, EXCLUSIVE)


class TestEditing:
    def test_keeps_who_changed_what_and_when(self, world: SmallWorld) -> None:
        lead_id = world.post("Ann", kind="flat")

        edit(world, lead_id, fields={"name": " Anna ", "kind": "flat"})

        assert read_values(stored(lead_id).fields) == {"name": "Anna", "kind": "flat"}
        assert read_list(stored(lead_id).history) == [
            {
                "at": rfc3339(world.now),
                "because": "edited",
                "by": BY,
                "changes": {"name": ["Ann", "Anna"]},
            }
        ]

    def test_says_of_an_encrypted_value_only_that_it_changed(self, world: SmallWorld) -> None:
        lead_id = world.post("Ann")

        edit(world, lead_id, fields={"ssn": "078-05-1120"})
        edit(world, lead_id, fields={"ssn": ""})

        lead = stored(lead_id)
        assert lead.sealed is None
        assert [line["changes"] for line in read_list(lead.history)] == [{"ssn": "•••"}] * 2

    def test_takes_a_blank_value_away(self, world: SmallWorld) -> None:
        lead_id = world.post("Ann", kind="flat")

        edit(world, lead_id, fields={"kind": "  "})

        assert read_values(stored(lead_id).fields) == {"name": "Ann"}

    def test_names_every_flaw_and_changes_nothing(self, world: SmallWorld) -> None:
        lead_id = world.post("Ann")
        wrong = {"name": "", "email": "ann@", "colour": "red"}

        with pytest.raises(Flawed) as refused:
            edit(world, lead_id, fields=wrong, status="Sold", assignee="eve@else.example")

        places = {flaw.place for flaw in refused.value.flaws}
        assert places == {"name", "email", "colour", "status", "assignee"}
        assert stored(lead_id).history is None

    def test_is_not_kept_up_by_what_it_leaves_alone(self, world: SmallWorld) -> None:
        lead_id = world.post("", kind="flat")

        edit(world, lead_id, fields={"kind": "house"})

        assert read_values(stored(lead_id).fields) == {"kind": "house"}

    def test_leaves_no_trace_of_the_same_values(self, world: SmallWorld) -> None:
        lead_id = world.post("Ann")

        edited = edit(world, lead_id, fields={"name": "Ann"}, status="new", note=" ")

        assert not edited.changed
        assert stored(lead_id).history is None

    def test_stands_back_for_whoever_was_quicker(self, world: SmallWorld) -> None:
        lead_id = world.post("Ann")
        edit(world, lead_id, note="first", based_on=0)

        with pytest.raises(NotInThisState) as refused:
            edit(world, lead_id, note="second", based_on=0)

        assert refused.value.slug == "changed_meanwhile"

    def test_lets_one_of_two_at_the_same_instant_win(
        self, world: SmallWorld, at_once: Callable[..., list[Any]]
    ) -> None:
        lead_id = world.post("Ann")

        def write(note: str) -> bool:
            try:
                return edit(world, lead_id, note=note, based_on=0).changed
            except NotInThisState:
                return False

        won = at_once(lambda: write("one"), lambda: write("other"))

        assert sorted(won) == [False, True]
        assert len(read_list(stored(lead_id).history)) == 1

    def test_forgets_the_value_that_could_not_be_read(self, world: SmallWorld) -> None:
        lead_id = world.post("Ann", fields={"name": "Ann", "email": "ann@"})
        assert read_values(stored(lead_id).extra or "{}") == {"email": "ann@"}

        edit(world, lead_id, fields={"email": "ann@example.com"})

        assert stored(lead_id).extra is None

    def test_takes_notes_and_an_assignee(self, world: SmallWorld) -> None:
        create_user(
            account_id=world.account_id,
            email=BY,
            password="water-flows-down",
            role=Role.MEMBER,
            now=world.now,
        )
        lead_id = world.post("Ann")

        edit(world, lead_id, note="Call after six", assignee=BY)
        edit(world, lead_id, note="Called", assignee=None)

        first, second = read_list(stored(lead_id).history)
        assert (first["note"], first["assignee"]) == ("Call after six", [None, BY])
        assert (second["note"], second["assignee"]) == ("Called", [BY, None])

    def test_is_over_once_the_lead_is_erased(self, world: SmallWorld) -> None:
        lead_id = world.post("Ann")
        edit(world, lead_id, note="Her neighbour is Bob")
        erase_lead(account_id=world.account_id, lead_id=lead_id, leases=Leases(0), now=world.now)

        with pytest.raises(NotInThisState):
            edit(world, lead_id, note="Bob")

        assert stored(lead_id).history is None


class TestTheEditedPerson:
    def test_is_recognised_by_the_new_values(self, world: SmallWorld) -> None:
        lead_id = world.post("Ann")

        edit(world, lead_id, fields={"email": "Ann@example.com"})

        again = world.post("Ann", fields={"name": "Ann", "email": "ann@example.com"})
        assert (stored(again).state, stored(again).duplicate_of) == ("duplicate", lead_id)

    def test_points_to_the_earlier_lead_that_it_turns_out_to_repeat(
        self, world: SmallWorld
    ) -> None:
        earlier = world.post("Ann", fields={"name": "Ann", "email": "ann@example.com"})
        lead_id = world.post("Ann")

        edit(world, lead_id, fields={"email": "ann@example.com"})

        assert (stored(lead_id).state, stored(lead_id).duplicate_of) == ("in_delivery", earlier)


class TestANewStatus:
    def test_starts_a_profile_for_a_lead_that_nobody_has(self, world: SmallWorld) -> None:
        lead_id = world.post("Ann", kind="flat")
        assert stored(lead_id).state == "unmatched"

        edited = edit(world, lead_id, status="qualified")

        lead = stored(lead_id)
        assert edited.decided
        assert (lead.state, lead.status) == ("in_delivery", "Qualified")
        assert [each.because for each in read_rounds(lead.rounds)] == ["received", "status_changed"]

    def test_sells_an_exclusive_lead_once(self, world: SmallWorld) -> None:
        lead_id = world.post("Ann")
        world.answer(DELIVERED)

        edited = edit(world, lead_id, status="Qualified")

        assert not edited.decided
        assert len(partners_of(lead_id)) == 1

    def test_does_not_ask_a_partner_twice(self, world: SmallWorld) -> None:
        lead_id = world.post("Ann")
        world.answer(REFUSED)

        edit(world, lead_id, status="Qualified")
        world.answer(DELIVERED)

        assert [state for _, state in partners_of(lead_id)] == ["rejected", "delivered"]
        assert not list(verify())

    def test_adds_a_partner_to_a_lead_that_is_shared(self, now: datetime) -> None:
        world = SmallWorld(now, SHARED)
        lead_id = world.post("Ann")
        world.answer(DELIVERED)

        edit(world, lead_id, status="Qualified")

        assert [state for _, state in partners_of(lead_id)] == ["delivered", "pending"]

    def test_adds_none_by_profiles_that_do_not_read_it(self, now: datetime) -> None:
        world = SmallWorld(now, SHARED)
        lead_id = world.post("Ann")
        world.answer(DELIVERED)
        edit(world, lead_id, fields={"kind": "late"})

        edit(world, lead_id, status="Lost")

        assert len(partners_of(lead_id)) == 1

    def test_ends_a_wait_by_another_profile(self, now: datetime) -> None:
        one_an_hour = b"{partner: first, caps: [{per: hour, leads: 1}], at_cap: wait}"
        world = SmallWorld(now, EXCLUSIVE.replace(b"[{partner: first}]", b"[" + one_an_hour + b"]"))
        world.post("Ann")
        lead_id = world.post("Bob")
        assert stored(lead_id).state == "waiting"

        edit(world, lead_id, status="Qualified")

        lead = stored(lead_id)
        assert (lead.state, lead.look_at) == ("in_delivery", None)
        assert not list(verify())

    @pytest.mark.parametrize("kept_back", [{"distribute": False}, {"kind": "house"}])
    def test_leaves_held_and_open_leads_alone(
        self, world: SmallWorld, kept_back: dict[str, Any]
    ) -> None:
        lead_id = world.post("Ann", **kept_back)
        rounds = stored(lead_id).rounds

        edit(world, lead_id, status="Qualified")

        assert stored(lead_id).rounds == rounds
