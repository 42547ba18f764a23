"""Uploaded files are kept, previewed, imported by whoever serves, and forgotten in their time."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from small_world import SmallWorld

from headgate.domain.ids import ImportId
from headgate.domain.sources import OnDuplicate
from headgate.services.imports import import_jobs, import_preview, importing, undoing, uploading
from headgate.services.imports.import_plans import Wanted
from headgate.services.imports.importing import JustBegun, Standing
from headgate.services.imports.undoing import NotInThatState
from headgate.services.imports.uploading import NotReadable
from headgate.services.privacy import erasing, retention
from headgate.services.routing import Leases
from headgate.storage import imports, models, uploads
from headgate.storage.uploads import Upload, UploadNotFound

pytestmark = pytest.mark.usefixtures("database", "installation")
ROWS = "Name,kind\n" + "".join(f"Person {n},house\n" for n in range(450))


class Counter:
    """Where files are handed in, and where a serving process works at them."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.world = SmallWorld(now)
        self.account_id = self.world.account_id
        self.now = now
        self._folder = folder

    def upload(self, content: str | bytes, name: str = "leads.csv") -> Upload:
        path = self._folder / "upload"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return uploading.keep_file(
            account_id=self.account_id,
            entity="solar",
            path=path,
            name=name,
            sheet=None,
            now=self.now,
        )

    def begin(self, upload: Upload, *, force: bool = False, **wanted: Any) -> importing.Begun:
        return import_jobs.begin_upload(
            account_id=self.account_id,
            upload_id=upload.id,
            wanted=Wanted(entity="solar", **wanted),
            force=force,
            made_by="ann@acme.example",
            now=self.now,
        )

    def work(self, *, batches: int = 100, at: datetime | None = None) -> ImportId | None:
        """Do what a serving process does, for so many batches."""
        now = at or self.now
        found = import_jobs.claim_next(now=now)
        if found is None:
            return None
        if found.state == imports.ImportState.UNDOING:
            undo = {"account_id": self.account_id, "import_id": found.id, "now": now}
            while undoing.undo_some(**undo):
                pass
            return found.id
        begun, parts = import_jobs.open_rows(found)
        for _, records in zip(range(batches), parts, strict=False):
            importing.take_rows(begun=begun, records=records, now=now)
        return found.id

    def get(self, import_id: ImportId) -> imports.Import:
        return imports.get(self.account_id, import_id)


@pytest.fixture
def counter(tmp_path: Path, now: datetime) -> Counter:
    return Counter(tmp_path, now)


class TestAnUpload:
    def test_is_in_clear_nowhere(self, counter: Counter) -> None:
        upload = counter.upload("name\nSecretive\n" + "x\n" * 900_000)

        pieces = [bytes(each.sealed) for each in models.UploadPiece.objects.all()]
        assert len(pieces) == 2
        assert not [piece for piece in pieces if b"Secretive" in piece]
        assert (upload.rows, upload.size, upload.flaw) == (900_001, 1_800_015, None)

    def test_that_cannot_be_read_is_kept_with_the_reason(self, counter: Counter) -> None:
        upload = counter.upload("name;kind\nAnn;x\n\xff".encode("latin-1") + b"\n\x81\n" * 40)

        assert upload.flaw is not None
        with pytest.raises(NotReadable):
            uploading.file_of(upload)

    def test_is_read_otherwise_when_told(self, counter: Counter) -> None:
        upload = counter.upload("имя;a,b\nИван;x,y\n".encode("cp1251"))

        again = uploading.read_otherwise(
            account_id=counter.account_id, upload_id=upload.id, encoding="cp1251", delimiter=","
        )

        assert uploading.file_of(again).header == ("имя;a", "b")

    def test_is_read_as_no_codec_that_is_no_encoding(self, counter: Counter) -> None:
        upload = counter.upload("name\nAnn\n")

        again = uploading.read_otherwise(
            account_id=counter.account_id, upload_id=upload.id, encoding="zlib", delimiter="x"
        )

        assert (again.encoding, again.delimiter) == ("utf-8", ",")

    def test_goes_when_nobody_imports_it(self, counter: Counter) -> None:
        upload = counter.upload(ROWS)

        retention.forget_what_is_over(now=counter.now + timedelta(days=1))

        assert not models.UploadPiece.objects.exists()
        with pytest.raises(UploadNotFound):
            uploads.get(counter.account_id, upload.id)


class TestAPreview:
    def look(self, counter: Counter, content: str, **wanted: Any) -> import_preview.Preview:
        return import_preview.preview(
            account_id=counter.account_id,
            file=uploading.file_of(counter.upload(content)),
            wanted=Wanted(entity="solar", **wanted),
            now=counter.now,
        )

    def test_counts_what_would_become_of_the_rows(self, counter: Counter) -> None:
        counter.world.post("Known")

        found = self.look(counter, f"name,kind\nKnown,x\nAnn,x\nann,x\nBob\n{'y' * 1_001},x\n")

        assert (found.rows, found.new, found.duplicates, found.failed) == (5, 1, 2, 2)
        assert found.reasons[0] == (5, "the row has 1 cells, the header has 2")
        assert models.Lead.objects.count() == 1

    def test_follows_the_policy(self, counter: Counter) -> None:
        rows = "name\nAnn\nAnn\n"

        assert self.look(counter, rows, on_duplicate=OnDuplicate.ALLOW).new == 2
        assert self.look(counter, rows, on_duplicate=OnDuplicate.FLAG).new == 2

    def test_agrees_with_the_import(self, counter: Counter) -> None:
        content = "name,kind\nAnn,x\nBob\nann,y\nCid,z\n"
        seen = self.look(counter, content)

        begun = counter.begin(counter.upload(content))
        counter.work()

        done = counter.get(begun.progress.id)
        assert (done.stored, done.duplicates, done.failed) == (
            seen.new,
            seen.duplicates,
            seen.failed,
        )

    def test_shows_a_few_values_of_each_column(self, counter: Counter) -> None:
        file = uploading.file_of(counter.upload("a,b\n1,\n1,x\n2,\n3,\n4,\n"))

        assert import_preview.samples_of(file) == [["1", "2", "3"], ["x"]]


class TestTheWork:
    def test_is_taken_up_by_whoever_serves(self, counter: Counter) -> None:
        begun = counter.begin(counter.upload(ROWS))

        counter.work()

        done = counter.get(begun.progress.id)
        assert (done.state, done.stored, done.claimed_until) == ("done", 450, None)
        assert done.made_by == "ann@acme.example"

    def test_is_done_by_one_process_at_a_time(self, counter: Counter) -> None:
        counter.begin(counter.upload(ROWS))
        counter.work(batches=1)

        assert counter.work() is None

    def test_goes_on_elsewhere_when_its_process_died(self, counter: Counter) -> None:
        begun = counter.begin(counter.upload(ROWS))
        counter.work(batches=1)

        counter.work(at=counter.now + importing.CLAIMED)

        assert counter.get(begun.progress.id).stored == 450
        assert models.Lead.objects.count() == 450

    def test_leaves_the_files_of_commands_to_them(self, counter: Counter) -> None:
        file = uploading.file_of(counter.upload(ROWS))
        importing.begin_import(
            account_id=counter.account_id,
            file=file,
            wanted=Wanted(entity="solar"),
            force=False,
            now=counter.now,
        )

        assert counter.work() is None

    def test_keeps_the_file_only_until_it_has_ended(self, counter: Counter) -> None:
        counter.begin(counter.upload(ROWS))
        retention.forget_what_is_over(now=counter.now + timedelta(days=9))
        counter.work()

        retention.forget_what_is_over(now=counter.now + timedelta(hours=1))

        assert models.Import.objects.get().upload_id is None
        assert not models.Upload.objects.exists()

    def test_stops_for_what_will_not_go_by_itself(self, counter: Counter) -> None:
        begun = counter.begin(counter.upload(ROWS))
        import_jobs.stop(import_id=begun.progress.id, trouble="no entity", now=counter.now)

        stopped = counter.get(begun.progress.id)

        assert (stopped.state, stopped.trouble) == ("cancelled", "no entity")
        assert counter.work() is None

    def test_goes_on_after_it_was_cancelled(self, counter: Counter) -> None:
        begun = counter.begin(counter.upload(ROWS))
        one = {"account_id": counter.account_id, "import_id": begun.progress.id}
        counter.work(batches=1)
        undoing.cancel_import(**one, now=counter.now)

        import_jobs.go_on(**one, now=counter.now)
        counter.work()

        assert counter.get(begun.progress.id).stored == 450

    def test_does_not_go_on_without_its_file(self, counter: Counter) -> None:
        begun = counter.begin(counter.upload(ROWS))
        one = {"account_id": counter.account_id, "import_id": begun.progress.id}
        undoing.cancel_import(**one, now=counter.now)
        retention.forget_what_is_over(now=counter.now + timedelta(days=1))

        with pytest.raises(NotInThatState, match="no longer kept"):
            import_jobs.go_on(**one, now=counter.now)

    def test_undoes_what_was_begun_to_be_undone(self, counter: Counter) -> None:
        upload = counter.upload(ROWS)
        begun = counter.begin(upload)
        counter.work()
        undoing.begin_undoing(
            account_id=counter.account_id, import_id=begun.progress.id, now=counter.now
        )
        with pytest.raises(JustBegun, match="being undone"):
            counter.begin(upload)

        counter.work()

        assert counter.get(begun.progress.id).state == "undone"
        assert not models.Lead.objects.exists()


class TestAMapping:
    def test_is_remembered_by_entity_and_header(self, counter: Counter) -> None:
        upload = counter.upload("Who,kind\nAnn,x\n")
        counter.begin(upload, mapping={"Who": "name"})

        assert import_jobs.saved_mapping(upload.entity_id, ("Who", "kind")) == {"Who": "name"}
        assert import_jobs.saved_mapping(upload.entity_id, ("Who", "sort")) == {}


class TestTheSameFile:
    def test_adds_nothing_again(self, counter: Counter) -> None:
        counter.begin(counter.upload(ROWS))
        counter.work()

        again = counter.begin(counter.upload(ROWS))

        assert again.standing is Standing.DONE
        assert models.Upload.objects.filter(keep_until=None).count() == 0


class TestErasing:
    def test_takes_the_file_of_the_lead_along(self, counter: Counter) -> None:
        counter.begin(counter.upload(ROWS))
        counter.work()
        lead = models.Lead.objects.first()
        assert lead is not None

        erasing.erase_lead(
            account_id=counter.account_id, lead_id=lead.id, leases=Leases(0), now=counter.now
        )

        assert not models.UploadPiece.objects.exists()


class TestFailedRows:
    def test_go_after_thirty_days(self, counter: Counter) -> None:
        counter.begin(counter.upload("name,kind\nBob\n"))
        counter.work()

        retention.forget_what_is_over(now=counter.now + timedelta(days=30))
        assert models.ImportFailure.objects.exists()
        retention.forget_what_is_over(now=counter.now + timedelta(days=30, seconds=1))

        assert not models.ImportFailure.objects.exists()
