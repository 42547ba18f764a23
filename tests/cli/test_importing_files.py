"""`headgate import` as operators run it, and as it is killed.

HEADGATE_TEST_IMPORT_KILLS makes it killed more often, HEADGATE_TEST_SEED at the same moments again.
"""

import csv
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from commands import Headgate, eventually
from openpyxl import Workbook

from headgate.cli import alone
from headgate.storage import models

KILLS = int(os.environ.get("HEADGATE_TEST_IMPORT_KILLS", "10"))
SEED = int(os.environ.get("HEADGATE_TEST_SEED", "0")) or random.SystemRandom().randrange(10**9)
LONGEST_AT_WORK_SECONDS = 0.3
KILLED_BEFORE_ITS_WORK = 0.2  # this share, while the process starts, begins or reads


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    path = tmp_path / "leads.csv"
    path.write_text("Name;Campaign\nAnn;autumn\nBob\nCid;winter\n", encoding="utf-8")
    return path


def imported(headgate: Headgate, file: Path, *more: str) -> str:
    return headgate.does("import", str(file), "--entity", "solar", *more)


def kill_one(headgate: Headgate, file: Path, chance: random.Random) -> None:
    """Start an import and kill it, mostly while it takes rows."""
    process = subprocess.Popen(
        [sys.executable, "-m", "headgate", "import", str(file), "--entity", "solar"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=headgate.folder,
        env=headgate.environment,
    )
    assert process.stderr
    if chance.random() >= KILLED_BEFORE_ITS_WORK:
        process.stderr.readline()  # it says that it has begun
    threading.Event().wait(chance.uniform(0, LONGEST_AT_WORK_SECONDS))
    process.send_signal(signal.SIGKILL)
    process.communicate()


class TestImport:
    def test_counts_what_became_of_the_rows(self, configured: Headgate, leads: Path) -> None:
        out = imported(configured, leads)

        assert "Import 1: 2 held, 0 duplicates, 0 quarantined, 1 failed.\n" in out
        assert models.Lead.objects.filter(state="held").count() == 2

    def test_says_what_it_takes_each_column_for(self, configured: Headgate, leads: Path) -> None:
        ended = configured.run("import", str(leads), "--entity", "solar")

        assert "3 rows of utf-8, cells parted by ;, for the source api.\n" in ended.err
        assert "  Name → name\n  Campaign → extra\n" in ended.err

    def test_shows_no_word_of_a_file_that_steers_the_terminal(
        self, configured: Headgate, tmp_path: Path
    ) -> None:
        (tmp_path / "leads.csv").write_text("name,\x1b[2J\nAnn,x\n", encoding="utf-8")

        ended = configured.run("import", "leads.csv", "--entity", "solar")

        assert "�[2J → extra" in ended.err
        assert "\x1b" not in ended.err

    def test_adds_nothing_of_the_same_file(self, configured: Headgate, leads: Path) -> None:
        imported(configured, leads)

        again = imported(configured, leads)

        assert "nothing was added" in again
        assert "Import 2: 2 held" in imported(configured, leads, "--force")

    def test_writes_the_rows_that_failed(
        self, configured: Headgate, leads: Path, tmp_path: Path
    ) -> None:
        imported(configured, leads, "--failed", "failed.csv")
        configured.does("imports", "failed", "1", "later.csv")

        text = (tmp_path / "failed.csv").read_text(encoding="utf-8")
        assert list(csv.reader(text.splitlines())) == [
            ["line", "reason", "Name", "Campaign"],
            ["3", "the row has 1 cells, the header has 2", "Bob"],
        ]
        assert (tmp_path / "later.csv").read_text(encoding="utf-8") == text

    def test_takes_columns_for_what_it_is_told(self, configured: Headgate, tmp_path: Path) -> None:
        file = tmp_path / "leads.csv"
        file.write_text("Who,Junk,a=b\nAnn,x,y\n", encoding="utf-8")

        imported(configured, file, "--map", "Who=name", "--map", "Junk=", "--map", "a=b=note")

        lead = models.Lead.objects.get()
        assert (lead.fields, lead.extra, lead.note) == ('{"name":"Ann"}', None, "y")

    def test_reads_a_sheet_of_a_workbook(self, configured: Headgate, tmp_path: Path) -> None:
        book = Workbook()
        book.create_sheet("More").append(["Name"])
        book["More"].append(["Zoë"])
        book.save(tmp_path / "leads.xlsx")

        out = imported(configured, tmp_path / "leads.xlsx", "--sheet", "more")

        assert "1 held" in out
        assert models.Lead.objects.get().fields == '{"name":"Zoë"}'

    def test_has_leads_sent_by_the_process_that_serves(
        self, configured: Headgate, tmp_path: Path
    ) -> None:
        file = tmp_path / "leads.csv"
        file.write_text("name\nAnn\nBob\n", encoding="utf-8")

        with configured.started("serve", "--port", "0", until="listens on"):
            imported(configured, file, "--distribute")
            delivered = models.Lead.objects.filter(state="delivered")
            eventually(lambda: delivered.count() == 2)

        assert configured.does("verify") == "Everything adds up.\n"

    @pytest.mark.parametrize(
        ("content", "options", "said"),
        [
            (b'name\nAnn\n"Bob\n', (), "leads.csv: line 3: a quote opens a cell"),
            (b"name,name\n1,2\n", (), "leads.csv: line 1: columns 1 and 2 are both"),
            (b"name\n", (), "no row below the header"),
            (b"city\nRome\nOslo\n", (), "no row could be imported"),
            (b"name\nAnn\n", ("--map", "nam=name"), "no column 'nam'; it has 'name'"),
            (b"name\nAnn\n", ("--source", "web"), "no source 'web'"),
            (b"name\nAnn\n", ("--encoding", "klingon"), "unknown encoding: klingon"),
            (None, (), "leads.csv is not there"),
        ],
    )
    def test_says_what_keeps_it_from_importing_anything(
        self,
        configured: Headgate,
        tmp_path: Path,
        content: bytes | None,
        options: tuple[str, ...],
        said: str,
    ) -> None:
        if content is not None:
            (tmp_path / "leads.csv").write_bytes(content)

        ended = configured.run("import", "leads.csv", "--entity", "solar", *options)

        assert ended.code == 1
        assert said in ended.err
        assert not models.Lead.objects.exists()

    def test_takes_every_row_once_however_often_it_is_killed(
        self, configured: Headgate, tmp_path: Path
    ) -> None:
        rows = 3_000 * KILLS  # a quick machine takes so many before the last kill
        file = tmp_path / "leads.csv"
        file.write_text("name\n" + "".join(f"Lead {n}\n" for n in range(rows)), encoding="utf-8")
        chance = random.Random(SEED)  # noqa: S311 - moments, not secrets
        print(f"{KILLS} kills of an import with HEADGATE_TEST_SEED={SEED}")  # noqa: T201

        seen = set()
        for _ in range(KILLS):
            kill_one(configured, file, chance)
            seen.add(models.Lead.objects.count())
            cursors = models.Import.objects.values_list("cursor", flat=True)
            assert models.Lead.objects.count() == sum(cursors)
        out = imported(configured, file)

        assert f"Import 1: {rows:,} held" in out or "nothing was added" in out
        assert len(seen) > 2, "no kill came while rows were taken"
        names = models.Lead.objects.values_list("fields", flat=True)
        assert sorted(names) == sorted(f'{{"name":"Lead {n}"}}' for n in range(rows))
        assert configured.does("verify") == "Everything adds up.\n"


class TestRoom:
    @pytest.mark.only_on("sqlite")
    def test_is_left_while_a_process_serves(self, configured: Headgate) -> None:
        before = alone.seems_served()

        with configured.started("serve", "--port", "0", until="listens on"):
            meanwhile = alone.seems_served()

        assert (before, meanwhile, alone.seems_served()) == (False, True, False)


class TestImports:
    def test_are_listed_newest_first(self, configured: Headgate, leads: Path) -> None:
        imported(configured, leads)
        imported(configured, leads, "--force")

        first, second = configured.does("imports", "list").splitlines()

        assert first.startswith("   2  ")
        assert second.endswith(
            "done       3 of 3 rows: 2 stored, 0 duplicates, 0 quarantined, 1 failed  leads.csv"
        )

    def test_are_undone(self, configured: Headgate, leads: Path) -> None:
        imported(configured, leads)

        out = configured.does("imports", "undo", "1")

        assert out == "Import 1 is undone: 2 leads are gone.\n"
        assert not models.Lead.objects.exists()

    def test_are_cancelled_only_while_they_run(self, configured: Headgate, leads: Path) -> None:
        imported(configured, leads)

        ended = configured.run("imports", "cancel", "1")

        assert ended.code == 1
        assert "import 1 is done" in ended.err

    def test_have_numbers_that_must_exist(self, configured: Headgate) -> None:
        ended = configured.run("imports", "undo", "7")

        assert (ended.code, ended.err) == (1, "headgate: there is no import number 7\n")
