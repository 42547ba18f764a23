"""One thing of the set-up is changed at a time, and nobody's change is lost."""

from datetime import datetime

import pytest
from small_world import SmallWorld

from headgate.domain.configuration.editing import Document, Thing, ThingNotThere
from headgate.domain.flaws import Flawed
from headgate.services import administration, drafting
from headgate.services.administration import ChangedMeanwhile
from headgate.services.configuration import Applied
from headgate.storage import accounts

pytestmark = pytest.mark.usefixtures("database", "installation")
SECOND = Thing("partners", "second")
THIRD = {"slug": "third", "name": "Third", "delivery": {"channel": "inbox"}}


def saved(
    world: SmallWorld, said: Document, *, instead: Thing | None = None, seen: int = 1
) -> Applied:
    return administration.save_thing(
        account_id=world.account_id,
        kind="partners",
        said=said,
        instead=instead,
        seen=seen,
        made_by="ann@acme.example",
        now=world.now,
    )


def partners(world: SmallWorld) -> list[str]:
    _, document = administration.written(account_id=world.account_id)
    return [said["name"] for said in document["partners"]]


class TestSaving:
    def test_adds_a_thing_as_a_new_version(self, now: datetime) -> None:
        world = SmallWorld(now)

        applied = saved(world, THIRD)

        assert (applied.version, applied.changes) == (2, ("Partner third is new",))
        assert partners(world) == ["First", "Second", "Third"]

    def test_puts_a_thing_in_its_old_place(self, now: datetime) -> None:
        world = SmallWorld(now)

        saved(
            world,
            {"slug": "first", "name": "Foremost", "delivery": {"channel": "inbox"}},
            instead=Thing("partners", "first"),
        )

        assert partners(world) == ["Foremost", "Second"]

    def test_makes_no_version_when_nothing_changes(self, now: datetime) -> None:
        world = SmallWorld(now)
        _, document = administration.written(account_id=world.account_id)

        applied = saved(world, document["partners"][1], instead=SECOND)

        assert (applied.version, applied.changes) == (1, ())

    def test_says_where_a_thing_is_flawed_as_seen_from_it(self, now: datetime) -> None:
        world = SmallWorld(now)

        with pytest.raises(Flawed) as refusal:
            saved(world, {**THIRD, "caps": [{"per": "fortnight", "leads": 5}]})

        assert [flaw.place for flaw in refusal.value.flaws] == ["caps[0].per"]
        assert accounts.version_in_force(world.account_id) == 1

    def test_refuses_a_slug_that_is_taken(self, now: datetime) -> None:
        world = SmallWorld(now)

        with pytest.raises(Flawed) as refusal:
            saved(world, {**THIRD, "slug": "second"})

        assert [(flaw.place, flaw.code) for flaw in refusal.value.flaws] == [("slug", "repeated")]

    def test_keeps_what_others_changed_meanwhile(self, now: datetime) -> None:
        world = SmallWorld(now)
        saved(world, THIRD)

        saved(world, {"slug": "second", "name": "Runner-up"}, instead=SECOND, seen=1)

        assert partners(world) == ["First", "Runner-up", "Third"]

    def test_refuses_to_undo_what_another_changed_in_the_same_thing(self, now: datetime) -> None:
        world = SmallWorld(now)
        saved(world, {"slug": "second", "name": "Runner-up"}, instead=SECOND)

        with pytest.raises(ChangedMeanwhile) as refusal:
            saved(world, {"slug": "second", "name": "Also-ran"}, instead=SECOND, seen=1)

        assert any("Runner-up" in change for change in refusal.value.changes)
        assert partners(world) == ["First", "Runner-up"]


class TestArchiving:
    def test_takes_a_thing_out_of_force(self, now: datetime) -> None:
        world = SmallWorld(now)
        saved(world, THIRD)

        administration.archive_thing(
            account_id=world.account_id,
            thing=Thing("partners", "third"),
            seen=2,
            made_by="ann",
            now=now,
        )

        assert partners(world) == ["First", "Second"]

    def test_says_what_still_needs_it(self, now: datetime) -> None:
        world = SmallWorld(now)

        with pytest.raises(Flawed) as refusal:
            administration.archive_thing(
                account_id=world.account_id, thing=SECOND, seen=1, made_by="ann", now=now
            )

        assert [flaw.place for flaw in refusal.value.flaws] == [
            "profiles[0].assignments[1].partner"
        ]

    def test_refuses_what_is_there_no_more(self, now: datetime) -> None:
        world = SmallWorld(now)

        with pytest.raises(ThingNotThere):
            administration.archive_thing(
                account_id=world.account_id,
                thing=Thing("partners", "nobody"),
                seen=1,
                made_by="ann",
                now=now,
            )


class TestReordering:
    def test_moves_the_named_things_among_their_own_places(self, now: datetime) -> None:
        world = SmallWorld(now)
        saved(world, THIRD)

        administration.reorder_things(
            account_id=world.account_id,
            kind="partners",
            slugs=["third", "first"],
            made_by="ann",
            now=now,
        )

        assert partners(world) == ["Third", "Second", "First"]


class TestSections:
    def test_are_saved_whole(self, now: datetime) -> None:
        world = SmallWorld(now)

        administration.save_section(
            account_id=world.account_id,
            section="alerts",
            said={"emails": ["ann@acme.example"]},
            seen=1,
            made_by="ann",
            now=now,
        )

        current = drafting.load(world.account_id, 2)
        assert current.alerts.emails == ("ann@acme.example",)


class TestDrafting:
    def test_shows_what_would_be_in_force_and_writes_nothing(self, now: datetime) -> None:
        world = SmallWorld(now)

        drafted = administration.draft_thing(
            account_id=world.account_id, kind="partners", said=THIRD, instead=None
        )

        assert [partner.slug for partner in drafted.partners] == ["first", "second", "third"]
        assert partners(world) == ["First", "Second"]
