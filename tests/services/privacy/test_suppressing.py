"""Suppression lists: what stands on them, and which leads they keep from whom."""

import hashlib
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from small_world import CONFIGURATION, REFUSED, SmallWorld

from headgate.domain.flaws import Flawed
from headgate.domain.ids import LeadId
from headgate.services import simulation, tracking
from headgate.services.csv_reading import pieces_on_disk
from headgate.services.identity import fresh_id
from headgate.services.privacy import suppressing, suppression_files
from headgate.services.privacy.suppression_files import Filling, NoColumn, NothingListable
from headgate.services.submissions import Submission
from headgate.storage import suppressions
from headgate.storage.keys import Caller, KeyScope

SOURCE = CONFIGURATION.replace(
    b"{key: kind, type: text}",
    b"{key: kind, type: text}, {key: email, type: email, encrypted: true},"
    b" {key: phone, type: phone, region: US}",
)


@pytest.fixture
def world(database: object, installation: None, now: datetime) -> SmallWorld:
    return SmallWorld(now, SOURCE)


def make_list(world: SmallWorld, slug: str, partner: str | None = None) -> None:
    suppressing.create_list(
        account_id=world.account_id,
        slug=slug,
        name=slug.capitalize(),
        partner=partner,
        made_by="test",
        now=world.now,
    )


def add(world: SmallWorld, slug: str, *values: str) -> suppressing.Added:
    return suppressing.add_values(
        account_id=world.account_id,
        slug=slug,
        values=values,
        region=None,
        made_by="test",
        now=world.now,
    )


def post(world: SmallWorld, **fields: Any) -> LeadId:
    return world.post("Ann", fields={"name": "Ann", "kind": "house", **fields})


def results(world: SmallWorld, lead_id: LeadId, *, round_number: int = 1) -> dict[str, str]:
    explained = tracking.explain_lead(account_id=world.account_id, lead_id=lead_id)
    seats = explained.rounds[round_number - 1].profiles[0].assignments
    return {each.partner: str(each.result) for each in seats}


def lists_named(world: SmallWorld, lead_id: LeadId) -> set[str]:
    explained = tracking.explain_lead(account_id=world.account_id, lead_id=lead_id)
    return {
        getattr(check, "list", "")
        for each in explained.profiles[0].assignments
        for check in each.checks
        if check.check == "suppressed" and not check.passed
    }


def imported(world: SmallWorld, path: Path, content: str, **how: Any) -> Filling:
    path.write_text(content, encoding="utf-8")
    file = suppression_files.look_through(
        partial(pieces_on_disk, path), column=how.pop("column", None), region=None
    )
    filling = suppression_files.begin_filling(
        account_id=world.account_id,
        slug="dnc",
        file=file,
        replaces=how.pop("replaces", False),
        region=None,
    )
    for part in suppression_files.parts(filling):
        suppression_files.take_part(filling, part, now=world.now)
    while suppression_files.finish_some(filling, made_by="test", now=world.now):
        pass
    return filling


class TestALead:
    def test_goes_to_nobody_from_a_list_of_the_account(self, world: SmallWorld) -> None:
        make_list(world, "dnc")
        add(world, "dnc", "ann@example.com")

        lead_id = post(world, email="Ann@Example.com")

        assert results(world, lead_id) == {"first": "suppressed", "second": "suppressed"}
        assert lists_named(world, lead_id) == {"Dnc"}

    def test_is_kept_from_the_lists_partner_alone(self, world: SmallWorld) -> None:
        make_list(world, "customers", partner="first")
        add(world, "customers", hashlib.md5(b"12025550143", usedforsecurity=False).hexdigest())

        lead_id = post(world, phone="(202) 555-0143")

        assert results(world, lead_id) == {"first": "suppressed", "second": "selected"}
        assert lists_named(world, lead_id) == {"Customers"}

    def test_is_looked_up_again_when_it_goes_on(self, world: SmallWorld) -> None:
        make_list(world, "dnc")
        lead_id = post(world, email="ann@example.com")
        add(world, "dnc", "example.com")

        world.answer(REFUSED)

        assert results(world, lead_id)["second"] == "next_in_line"
        assert results(world, lead_id, round_number=2)["second"] == "suppressed"

    def test_is_free_again_once_it_is_removed(self, world: SmallWorld) -> None:
        make_list(world, "dnc")
        add(world, "dnc", "+12025550143")
        suppressing.remove_values(
            account_id=world.account_id,
            slug="dnc",
            values=["12025550143"],
            region=None,
            made_by="test",
            now=world.now,
        )

        assert results(world, post(world, phone="+12025550143"))["first"] == "selected"

    def test_is_not_kept_back_by_another_account(self, world: SmallWorld, now: datetime) -> None:
        other = SmallWorld(now, SOURCE.replace(b"slug: acme", b"slug: other"))
        make_list(other, "dnc")
        add(other, "dnc", "ann@example.com")

        assert results(world, post(world, email="ann@example.com"))["first"] == "selected"

    def test_is_suppressed_in_a_dry_run_too(self, world: SmallWorld) -> None:
        make_list(world, "dnc")
        add(world, "dnc", "ann@example.com")

        simulated = simulation.simulate_lead(
            account_id=world.account_id,
            submission=Submission(
                id=LeadId(fresh_id(world.now)),
                caller=Caller(world.account_id, KeyScope.ADMIN),
                entity="solar",
                fields={"name": "Ann", "email": "ann@example.com"},
                received_at=world.now,
            ),
            now=world.now,
        )

        assert simulated.deliveries == []
        assert "on the suppression list Dnc" in simulated.decision.sentence


class TestAddingValues:
    def test_counts_what_is_new(self, world: SmallWorld) -> None:
        make_list(world, "dnc")
        add(world, "dnc", "ann@example.com")

        again = add(world, "dnc", "ANN@example.com ", "bob@example.com", "bob@example.com")

        assert (again.added, again.already) == (1, 2)

    def test_reads_national_numbers_of_a_region_that_exists(self, world: SmallWorld) -> None:
        make_list(world, "dnc")

        with pytest.raises(Flawed, match="'us' is no country code"):
            suppressing.add_values(
                account_id=world.account_id,
                slug="dnc",
                values=["(202) 555-0143"],
                region="us",
                made_by="test",
                now=world.now,
            )

    def test_adds_none_where_one_is_wrong(self, world: SmallWorld) -> None:
        make_list(world, "dnc")

        with pytest.raises(Flawed, match=r"values\[1\]: this is no email address"):
            add(world, "dnc", "ann@example.com", "bob")

        assert suppressing.show_list(account_id=world.account_id, slug="dnc").entries == 0


class TestCreatingAList:
    def test_wants_a_partner_that_exists(self, world: SmallWorld) -> None:
        with pytest.raises(Flawed, match="there is no partner 'nobody'"):
            make_list(world, "dnc", partner="nobody")

    def test_refuses_a_slug_that_is_taken(self, world: SmallWorld) -> None:
        make_list(world, "dnc")

        with pytest.raises(suppressions.ListExists):
            make_list(world, "dnc")


class TestAFile:
    @pytest.fixture(autouse=True)
    def a_list(self, world: SmallWorld) -> None:
        make_list(world, "dnc")

    @pytest.mark.parametrize(
        ("content", "how"),
        [
            ("ann@example.com\n\nbob@example.com\n", {}),
            ("Email\nann@example.com\nbob@example.com\n", {}),
            ("name;email\nAnn;ann@example.com\nBob;bob@example.com\n", {}),
            ("Who,Contact\nAnn,ann@example.com\nBob,bob@example.com\n", {"column": "Contact"}),
        ],
    )
    def test_has_one_value_a_row(
        self, world: SmallWorld, tmp_path: Path, content: str, how: dict[str, Any]
    ) -> None:
        filling = imported(world, tmp_path / "dnc.csv", content, **how)

        assert (filling.rows, filling.added, filling.failed) == (2, 2, 0)

    def test_names_the_lines_that_hold_no_value(self, world: SmallWorld, tmp_path: Path) -> None:
        filling = imported(world, tmp_path / "dnc.csv", "ann@example.com\nnobody\n")

        assert (filling.added, filling.failed) == (1, 1)
        assert filling.bad_rows[0].line == 2
        assert "nobody" not in filling.bad_rows[0].message

    def test_replaces_the_list_where_it_says_so(self, world: SmallWorld, tmp_path: Path) -> None:
        add(world, "dnc", "old@example.com", "ann@example.com")

        filling = imported(
            world, tmp_path / "dnc.csv", "ann@example.com\nnew@example.com\n", replaces=True
        )

        assert (filling.added, filling.already, filling.removed) == (1, 1, 1)
        shown = suppressing.find_value(
            account_id=world.account_id, value="old@example.com", region=None
        )
        assert shown == []

    def test_without_any_value_leaves_the_list_alone(
        self, world: SmallWorld, tmp_path: Path
    ) -> None:
        add(world, "dnc", "old@example.com")

        with pytest.raises(NothingListable, match="none of 1 rows"):
            imported(world, tmp_path / "dnc.csv", "Name\nAnn\n", replaces=True)

        assert suppressing.show_list(account_id=world.account_id, slug="dnc").entries == 1

    def test_of_several_columns_wants_one_named(self, world: SmallWorld, tmp_path: Path) -> None:
        with pytest.raises(NoColumn, match="say which column holds the values; there are: a, b"):
            imported(world, tmp_path / "dnc.csv", "a,b\n1,2\n")

    def test_can_be_exported_and_imported_again(self, world: SmallWorld, tmp_path: Path) -> None:
        add(world, "dnc", "ann@example.com", hashlib.sha256(b"bob@example.com").hexdigest())
        exported = b"".join(suppressing.export_csv(account_id=world.account_id, slug="dnc"))

        again = imported(world, tmp_path / "dnc.csv", exported.decode())

        assert (again.rows, again.added, again.already) == (2, 0, 2)
        assert b"ann" not in exported


class TestDeleting:
    def test_takes_the_list_and_what_stands_on_it(self, world: SmallWorld) -> None:
        make_list(world, "dnc")
        add(world, "dnc", "ann@example.com")

        left = suppressing.delete_some(
            account_id=world.account_id, slug="dnc", made_by="test", now=world.now
        )

        assert left is False
        assert suppressing.show_lists(account_id=world.account_id) == []
        assert results(world, post(world, email="ann@example.com"))["first"] == "selected"
