"""What a restored SQLite file leaves beside the database."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from headgate.storage import sqlite_copies
from headgate.storage.copies import BadCopy

pytestmark = [pytest.mark.usefixtures("database"), pytest.mark.only_on("sqlite")]


class TestStaging:
    def test_leaves_nothing_of_what_is_no_backup(self, tmp_path: Path) -> None:
        strange = tmp_path / "strange"
        with closing(sqlite3.connect(strange)) as opened:
            opened.execute("CREATE TABLE person (email TEXT)")
        before = set(sqlite_copies.path().parent.iterdir())

        with pytest.raises(BadCopy, match="not one of Headgate"):
            sqlite_copies.stage(strange)

        assert set(sqlite_copies.path().parent.iterdir()) == before

    def test_is_for_its_owner_alone(self, tmp_path: Path) -> None:
        sqlite_copies.write(tmp_path / "copy")

        staged = sqlite_copies.stage(tmp_path / "copy")

        assert staged.stat().st_mode & 0o077 == 0
        staged.unlink()
