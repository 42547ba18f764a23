import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from commands import Headgate

from engines import Engine
from headgate.services import backups

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def elsewhere(database: Engine, tmp_path: Path) -> Iterator[Headgate]:
    """Give the command on a database without a table, under the same installation key."""
    url = f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
    if database.name == "sqlite":
        yield Headgate(tmp_path, HEADGATE_DATABASE_URL=url)
        return
    with psycopg.connect(database.url, autocommit=True) as server:
        name = f"{server.info.dbname}_elsewhere"
        server.execute(f"CREATE DATABASE {name}")
        url = urlsplit(database.url)._replace(path=f"/{name}").geturl()
        yield Headgate(tmp_path, HEADGATE_DATABASE_URL=url)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def rename_account(headgate: Headgate, name: str) -> None:
    exported = headgate.does("export").replace("name: Acme", f"name: {name}")
    headgate.does("apply", "-", "--yes", stdin=exported.encode())


def post_lead(headgate: Headgate, name: str) -> str:
    """Take a lead in through a served API and return its id."""
    import json
    from urllib.request import Request, urlopen

    key = headgate.does("apikey", "create", "--scope", "admin").strip()
    with headgate.started("serve", "--port", "0", until="listens on") as running:
        request = Request(
            f"http://127.0.0.1:{running.port}/api/v1/leads?wait=5",
            data=json.dumps({"entity": "solar", "fields": {"name": name}}).encode(),
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        with urlopen(request) as answer:  # noqa: S310
            return str(json.load(answer)["id"])


class TestBackup:
    def test_is_restored_over_the_database_which_is_kept(
        self, configured: Headgate, tmp_path: Path
    ) -> None:
        configured.does("backup", "copy")
        rename_account(configured, "Later")

        out = configured.does("restore", "copy", "--yes")

        assert "name: Acme" in configured.does("export")
        kept = Path(out.split("is kept in ")[1].strip())
        assert kept.is_relative_to(tmp_path / "data" / "backups")
        configured.does("restore", str(kept), "--yes")
        assert "name: Later" in configured.does("export")

    def test_replaces_an_older_one(self, configured: Headgate, tmp_path: Path) -> None:
        (tmp_path / "copy").write_text("older")

        out = configured.does("backup", "copy")

        assert "checked and on disk" in out
        assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600
        assert not (tmp_path / "copy.partial").exists()

    def test_goes_on_numbering_after_it_was_restored(self, configured: Headgate) -> None:
        configured.does("apikey", "create", "--scope", "read")
        configured.does("backup", "copy")
        configured.does("restore", "copy", "--yes")

        configured.does("apikey", "create", "--scope", "read", "--name", "second")

        assert "   2  hg_" in configured.does("apikey", "list")

    def test_brings_imports_back(self, configured: Headgate, tmp_path: Path) -> None:
        (tmp_path / "leads.csv").write_text("name\nAnn\n", encoding="utf-8")
        configured.does("import", "leads.csv", "--entity", "solar", "--source", "site")
        configured.does("backup", "copy")

        configured.does("restore", "copy", "--yes")

        assert "leads.csv" in configured.does("imports", "list")

    def test_adds_up(self, configured: Headgate) -> None:
        post_lead(configured, "Ann")
        configured.does("backup", "copy")

        configured.does("restore", "copy", "--yes")

        assert configured.does("verify") == "Everything adds up.\n"

    @pytest.mark.only_on("sqlite")
    def test_is_one_sound_file_made_while_others_write(
        self, configured: Headgate, database: Engine, tmp_path: Path
    ) -> None:
        with sqlite3.connect(database.url.removeprefix("sqlite:///")) as other:
            other.execute("UPDATE storage_account SET name = 'Not committed'")
            configured.does("backup", "copy")
            other.rollback()

        with sqlite3.connect(tmp_path / "copy") as copy:
            names = copy.execute("SELECT name FROM storage_account").fetchall()
        assert names == [("Acme",)]


class TestRestore:
    def test_into_an_empty_database_needs_no_consent(
        self, configured: Headgate, elsewhere: Headgate
    ) -> None:
        configured.does("backup", "copy")

        out = elsewhere.does("restore", "copy")

        assert out == "Restored copy.\n"
        assert "name: Acme" in elsewhere.does("export")

    def test_erases_again_what_was_erased_after_the_backup(self, configured: Headgate) -> None:
        lead_id = post_lead(configured, "Somebody Unforgotten")
        configured.does("backup", "copy")
        erase(lead_id)

        out = configured.does("restore", "copy", "--yes")

        assert "1 leads that were erased after the backup are erased again" in out
        configured.does("backup", "after")
        assert b"Unforgotten" not in unpacked(configured.folder / "after")
        assert configured.does("verify") == "Everything adds up.\n"
        again = configured.does("restore", "copy", "--yes")
        assert "erased again" in again

    @pytest.mark.parametrize(
        ("contents", "why"), [(b"nonsense", "is no backup of a"), (None, "no")]
    )
    def test_leaves_the_database_as_it_is_when_the_file_is_bad(
        self, configured: Headgate, tmp_path: Path, contents: bytes | None, why: str
    ) -> None:
        if contents is not None:
            (tmp_path / "copy").write_bytes(contents)

        ended = configured.run("restore", "copy", "--yes")

        assert ended.code == 1
        assert "nothing was restored" in ended.err
        assert why in ended.err
        assert "name: Acme" in configured.does("export")

    def test_refuses_a_damaged_copy(self, configured: Headgate, tmp_path: Path) -> None:
        configured.does("backup", "copy")
        whole = (tmp_path / "copy").read_bytes()
        (tmp_path / "copy").write_bytes(whole[: len(whole) // 2])

        ended = configured.run("restore", "copy", "--yes")

        assert ended.code == 1
        assert "nothing was restored" in ended.err
        assert "name: Acme" in configured.does("export")

    def test_refuses_a_copy_of_another_installation(
        self, configured: Headgate, elsewhere: Headgate
    ) -> None:
        configured.does("backup", "copy")

        ended = elsewhere.run("restore", "copy", HEADGATE_SECRET_KEY="another")

        assert ended.code == 1
        assert "not the key that this database was made with" in ended.err
        assert elsewhere.run("export").code == 1

    def test_refuses_while_the_database_is_served(self, configured: Headgate) -> None:
        configured.does("backup", "copy")

        with configured.started("serve", "--port", "0", until="listens on"):
            ended = configured.run("restore", "copy", "--yes")

        assert ended.code == 1
        assert "serve" in ended.err

    @pytest.mark.only_on("sqlite")
    def test_replaces_a_database_that_cannot_be_read(
        self, configured: Headgate, database: Engine, tmp_path: Path
    ) -> None:
        configured.does("backup", "copy")
        Path(database.url.removeprefix("sqlite:///")).write_bytes(b"scrambled " * 1000)

        out = configured.does("restore", "copy", "--yes")

        assert "what was erased since the backup is not erased again" in out
        assert "name: Acme" in configured.does("export")
        (kept,) = (tmp_path / "data" / "backups").iterdir()
        assert kept.read_bytes().startswith(b"scrambled ")

    def test_asks_before_it_replaces(self, configured: Headgate) -> None:
        configured.does("backup", "copy")

        ended = configured.run("restore", "copy")

        assert ended.code == 1
        assert "agree with --yes" in ended.err


@pytest.mark.only_on("sqlite")
class TestBackupBeforeMigrating:
    def test_keeps_the_last_three(self, database: Engine, tmp_path: Path) -> None:
        made = [
            backups.back_up_before_migrating(folder=tmp_path, now=NOW + timedelta(hours=hour))
            for hour in range(5)
        ]

        assert sorted(tmp_path.iterdir()) == made[2:]

    def test_is_made_by_serve_when_migrations_are_pending(
        self, configured: Headgate, database: Engine
    ) -> None:
        with sqlite3.connect(database.url.removeprefix("sqlite:///")) as behind:
            behind.execute("DROP TABLE django_session")
            behind.execute("DELETE FROM django_migrations WHERE app = 'sessions'")

        refused = configured.run("serve", "--port", "0", "--no-migrate")
        with configured.started("serve", "--port", "0", until="listens on"):
            kept = list((configured.folder / "data" / "backups").iterdir())

        assert refused.code == 1
        assert "run `headgate migrate` first" in refused.err
        assert len(kept) == 1


def erase(lead_id: str) -> None:
    from uuid import UUID

    from headgate.domain.ids import LeadId
    from headgate.services import sealing
    from headgate.services.privacy import erasing
    from headgate.services.routing import Leases
    from headgate.storage import accounts

    sealing.unlock("test key")
    account = accounts.find("acme")
    assert account
    erasing.erase_lead(
        account_id=account.id, lead_id=LeadId(UUID(lead_id)), leases=Leases(0), now=NOW
    )
    from django.db import connection

    connection.close()


def unpacked(copy: Path) -> bytes:
    """Return the bytes of a copy, of which PostgreSQL's are packed."""
    import zipfile

    if not zipfile.is_zipfile(copy):
        return copy.read_bytes()
    with zipfile.ZipFile(copy) as packed:
        return b"".join(packed.read(name) for name in packed.namelist())
