"""Rows of a file become leads, each exactly once, whatever happens between two batches."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from small_world import CONFIGURATION, SmallWorld

from headgate.domain.csv_files import BadMapping
from headgate.domain.ids import ImportId
from headgate.domain.sources import OnDuplicate
from headgate.services import csv_reading, verification
from headgate.services.csv_reading import CsvFile
from headgate.services.imports import importing, undoing
from headgate.services.imports.import_plans import Wanted
from headgate.services.imports.importing import Begun, BegunOtherwise, Standing, Stopped
from headgate.services.imports.undoing import NotInThatState
from headgate.services.submissions import UnknownEntity, UnknownSource
from headgate.storage import imports, models
from headgate.storage.imports import Import, ImportState

pytestmark = pytest.mark.usefixtures("database", "installation")


class Desk:
    """Imports files into a small world."""

    def __init__(self, folder: Path, now: datetime, source: bytes = CONFIGURATION) -> None:
        self.world = SmallWorld(now, source)
        self.now = now
        self._folder = folder

    def file(self, text: str, name: str = "leads.csv") -> CsvFile:
        path = self._folder / name
        path.write_text(text, encoding="utf-8", newline="")
        return csv_reading.survey(path)

    def begin(self, file: CsvFile, *, force: bool = False, **wanted: Any) -> Begun:
        return importing.begin_import(
            account_id=self.world.account_id,
            file=file,
            wanted=Wanted(**{"entity": "solar", **wanted}),
            force=force,
            now=self.now,
        )

    def take(self, begun: Begun, file: CsvFile, *, batches: int = 100) -> Import:
        done = begun.progress
        for _, records in zip(range(batches), importing.batches(begun, file), strict=False):
            done = importing.take_rows(begun=begun, records=records, now=self.now)
        return done

    def run(self, text: str, **wanted: Any) -> Import:
        file = self.file(text)
        return self.take(self.begin(file, **wanted), file)

    def failures(self, import_id: ImportId) -> list[tuple[int, str, list[str]]]:
        found = imports.get(self.world.account_id, import_id)
        rows = undoing.failed_rows(found, after=0, limit=99)
        return [(row.line, row.reason, row.cells) for row in rows]

    def undo(self, import_id: ImportId) -> int:
        one = {"account_id": self.world.account_id, "import_id": import_id, "now": self.now}
        return sum(iter(lambda: undoing.undo_some(**one), 0))


@pytest.fixture
def desk(tmp_path: Path, now: datetime) -> Desk:
    return Desk(tmp_path, now)


def many(rows: int) -> str:
    return "Name,kind\n" + "".join(f"Person {n},house\n" for n in range(rows))


def states() -> list[str]:
    return list(models.Lead.objects.order_by("import_row").values_list("state", flat=True))


def counts(done: Import) -> tuple[int, int, int, int]:
    return done.stored, done.duplicates, done.quarantined, done.failed


def nothing_contradicts() -> bool:
    return not list(verification.verify())


class TestRows:
    def test_become_held_leads_of_the_fields_they_name(self, desk: Desk) -> None:
        done = desk.run("NAME,Campaign\nAnn,autumn\n")

        lead = models.Lead.objects.get()
        assert (lead.state, lead.fields, lead.extra) == (
            "held",
            '{"name":"Ann"}',
            '{"Campaign":"autumn"}',
        )
        assert (lead.import_id, lead.import_row) == (done.id, 1)
        assert (done.state, counts(done)) == ("done", (1, 0, 0, 0))

    def test_are_distributed_where_that_is_wanted(self, desk: Desk) -> None:
        desk.run("name,kind\nAnn,house\nBob,nobody\n", distribute=True)

        assert states() == ["in_delivery", "unmatched"]
        assert nothing_contradicts()

    def test_are_mapped_by_hand(self, desk: Desk) -> None:
        desk.run("Who,Junk\nAnn,x\n", mapping={"Who": "name", "Junk": ""})

        lead = models.Lead.objects.get()
        assert (lead.fields, lead.extra) == ('{"name":"Ann"}', None)

    def test_are_duplicates_of_earlier_leads_and_of_each_other(self, desk: Desk) -> None:
        desk.world.post("Known")

        done = desk.run("name\nKnown\nAnn\nann\nBob\n")

        assert counts(done) == (2, 2, 0, 0)

    def test_follow_the_policy_of_their_import(self, desk: Desk) -> None:
        done = desk.run("name\nAnn\nAnn\n", on_duplicate=OnDuplicate.ALLOW)

        assert counts(done) == (2, 0, 0, 0)

    def test_count_for_the_caps_of_their_source(self, tmp_path: Path, now: datetime) -> None:
        source = CONFIGURATION.replace(b"leads: 1000", b"leads: 2")
        desk = Desk(tmp_path, now, source)

        done = desk.run("name\nAnn\nBob\nCid\n", source="site")

        assert counts(done) == (2, 0, 1, 0)
        assert nothing_contradicts()

    def test_are_as_fast_as_they_like(self, tmp_path: Path, now: datetime) -> None:
        limited = b"caps: [{per: day, leads: 1000}], rate: {per_minute: 1}"
        source = CONFIGURATION.replace(b"caps: [{per: day, leads: 1000}]", limited)
        desk = Desk(tmp_path, now, source)

        done = desk.run(many(3), source="site")

        assert counts(done) == (3, 0, 0, 0)

    def test_that_fail_are_kept_with_line_and_reason(self, desk: Desk) -> None:
        long = "x" * 1_001

        done = desk.run(f'name,kind\nAnn,"two\nlines"\n\n{long},house\nBob\nCid,house\n')

        assert counts(done) == (2, 0, 0, 2)
        (too_long, ragged) = sorted(desk.failures(done.id))
        assert too_long[0] == 5
        assert "name: " in too_long[1]
        assert ragged == (6, "the row has 1 cells, the header has 2", ["Bob"])

    def test_that_fail_are_in_clear_nowhere(self, desk: Desk) -> None:
        desk.run("name,kind\nSecretive\n")

        assert b"Secretive" not in bytes(models.ImportFailure.objects.get().sealed)

    def test_are_of_the_source_import_where_it_is_listed(
        self, tmp_path: Path, now: datetime
    ) -> None:
        listed = b"  - {slug: import, entity: solar, name: Imports}\n  - {slug: site"
        desk = Desk(tmp_path, now, CONFIGURATION.replace(b"  - {slug: site", listed))

        begun = desk.begin(desk.file(many(1)))

        assert begun.caller.source == "import"

    @pytest.mark.parametrize(
        ("wanted", "refusal"),
        [
            ({"entity": "gas"}, UnknownEntity),
            ({"source": "elsewhere"}, UnknownSource),
            ({"mapping": {"name": "nothing"}}, BadMapping),
        ],
    )
    def test_need_an_entity_a_source_and_fields_that_exist(
        self, desk: Desk, wanted: dict[str, Any], refusal: type[Exception]
    ) -> None:
        file = desk.file("name\nAnn\n")

        with pytest.raises(refusal):
            desk.begin(file, **wanted)

        assert not models.Import.objects.exists()


class TestTheSameFile:
    def test_adds_nothing_again(self, desk: Desk) -> None:
        first = desk.run(many(3))

        again = desk.begin(desk.file(many(3), name="renamed.csv"))

        assert (again.standing, again.progress.id) == (Standing.DONE, first.id)

    def test_is_imported_anew_when_forced(self, desk: Desk) -> None:
        file = desk.file(many(3))
        desk.take(desk.begin(file), file)

        done = desk.take(desk.begin(file, force=True), file)

        assert counts(done) == (0, 3, 0, 0)

    @pytest.mark.parametrize("wanted", [{"mapping": {"kind": ""}}])
    def test_is_another_import_with_another_mapping(
        self, desk: Desk, wanted: dict[str, Any]
    ) -> None:
        desk.run(many(3))

        assert desk.begin(desk.file(many(3)), **wanted).standing is Standing.NEW

    def test_goes_on_where_it_broke_off(self, desk: Desk) -> None:
        file = desk.file(many(450))
        desk.take(desk.begin(file), file, batches=1)

        again = desk.begin(file)
        done = desk.take(again, file)

        assert (again.standing, again.progress.cursor) == (Standing.BROKEN_OFF, 200)
        assert counts(done) == (450, 0, 0, 0)

    def test_goes_on_with_the_same_options_only(self, desk: Desk) -> None:
        file = desk.file(many(450))
        desk.take(desk.begin(file), file, batches=1)

        with pytest.raises(BegunOtherwise, match="row 200"):
            desk.begin(file, distribute=True)

    def test_is_shared_by_those_who_import_it_at_once(self, desk: Desk, at_once: Any) -> None:
        file = desk.file(many(900))
        begun = desk.begin(file)

        at_once(*[lambda: desk.take(begun, file)] * 3)

        done = desk.begin(file)
        assert done.standing is Standing.DONE
        assert counts(done.progress) == (900, 0, 0, 0)
        assert models.Lead.objects.count() == 900

    def test_takes_no_row_again_whose_commit_was_not_heard_of(self, desk: Desk) -> None:
        file = desk.file(many(300))
        begun = desk.begin(file)
        first = next(importing.batches(begun, file))
        importing.take_rows(begun=begun, records=first, now=desk.now)

        again = importing.take_rows(begun=begun, records=first, now=desk.now)

        assert again.cursor == 200
        assert models.Lead.objects.count() == 200


class TestCancelling:
    def test_stops_the_import_between_two_batches(self, desk: Desk) -> None:
        file = desk.file(many(450))
        begun = desk.begin(file)
        desk.take(begun, file, batches=1)
        account_id, import_id = desk.world.account_id, begun.progress.id

        undoing.cancel_import(account_id=account_id, import_id=import_id, now=desk.now)

        with pytest.raises(Stopped, match="cancelled"):
            desk.take(begun, file)
        assert models.Lead.objects.count() == 200

    def test_lets_the_same_file_go_on(self, desk: Desk) -> None:
        file = desk.file(many(450))
        begun = desk.begin(file)
        desk.take(begun, file, batches=1)
        undoing.cancel_import(
            account_id=desk.world.account_id, import_id=begun.progress.id, now=desk.now
        )

        done = desk.take(desk.begin(file), file)

        assert (done.state, done.cursor) == (ImportState.DONE, 450)

    def test_is_refused_when_nothing_runs(self, desk: Desk) -> None:
        done = desk.run(many(1))

        with pytest.raises(NotInThatState, match="is done"):
            undoing.cancel_import(account_id=desk.world.account_id, import_id=done.id, now=desk.now)


class TestUndoing:
    def test_leaves_nothing_of_an_import_behind(self, desk: Desk) -> None:
        done = desk.run("name,kind\nAnn,house\nAnn,house\nBob\n" + "Cid,house\n", source="site")

        removed = desk.undo(done.id)

        assert removed == 3
        assert not models.Lead.objects.exists()
        assert not models.MatchKey.objects.exists()
        assert not models.ImportFailure.objects.exists()
        assert nothing_contradicts()

    def test_gives_the_places_in_the_caps_of_the_source_back(
        self, tmp_path: Path, now: datetime
    ) -> None:
        desk = Desk(tmp_path, now, CONFIGURATION.replace(b"leads: 1000", b"leads: 2"))
        done = desk.run("name\nAnn\nBob\n", source="site")

        desk.undo(done.id)

        assert counts(desk.run("name\nAnn\nBob\n", source="site")) == (2, 0, 0, 0)
        assert nothing_contradicts()

    def test_leaves_what_was_distributed_since(self, desk: Desk) -> None:
        from headgate.services.distributing import distribute_lead
        from headgate.services.routing import Leases

        done = desk.run(many(3))
        lead = models.Lead.objects.first()
        assert lead is not None
        distribute_lead(
            account_id=desk.world.account_id,
            lead_id=lead.id,
            leases=Leases(0),
            by="ann@acme.example",
            now=desk.now,
        )

        removed = desk.undo(done.id)

        assert removed == 2
        assert models.Lead.objects.get().id == lead.id
        assert nothing_contradicts()

    def test_lets_the_same_file_be_imported_anew(self, desk: Desk) -> None:
        desk.undo(desk.run(many(3)).id)

        done = desk.run(many(3))

        assert counts(done) == (3, 0, 0, 0)

    def test_is_refused_for_what_was_distributed_as_it_came(self, desk: Desk) -> None:
        done = desk.run(many(1), distribute=True)

        with pytest.raises(NotInThatState, match="distributed as they came"):
            desk.undo(done.id)

    def test_stops_an_import_that_runs(self, desk: Desk) -> None:
        file = desk.file(many(450))
        begun = desk.begin(file)
        desk.take(begun, file, batches=1)

        desk.undo(begun.progress.id)

        with pytest.raises(Stopped, match="undone"):
            desk.take(begun, file)
        assert not models.Lead.objects.exists()
