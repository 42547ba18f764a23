"""Fixtures for every floor, and one run's database engine: HEADGATE_TEST_ENGINE names it.

No test reaches the database unless it asks for the fixture `database`. The PostgreSQL run
repeats only the tests that do, and those marked `both_engines`.
"""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import django
import hypothesis
import pytest
from django.db import connections
from django.db.backends.signals import connection_created

from engines import Engine, Postgresql, Sqlite, start_postgresql

hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "house")

ENGINE = os.environ.get("HEADGATE_TEST_ENGINE", "sqlite")
SECRET_KEY = "test key"
_MARKERS = (
    "both_engines: run on PostgreSQL too, although the fixture `database` is not asked for",
    "only_on(engine): about one engine alone, 'sqlite' or 'postgresql'",
)
_DATABASES = {"database", "shared_database"}
_engine = pytest.StashKey[Engine]()


def pytest_configure(config: pytest.Config) -> None:
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)
    if ENGINE not in ("sqlite", "postgresql"):
        raise pytest.UsageError(
            f"HEADGATE_TEST_ENGINE is {ENGINE!r}; it must be sqlite or postgresql"
        )
    if "DJANGO_SETTINGS_MODULE" in os.environ:
        raise pytest.UsageError(
            "unset DJANGO_SETTINGS_MODULE: with it, tests would empty your own database"
        )
    is_worker = hasattr(config, "workerinput")
    if ENGINE == "postgresql" and "HEADGATE_TEST_DATABASE_URL" not in os.environ and not is_worker:
        os.environ["HEADGATE_TEST_DATABASE_URL"], stop = start_postgresql()
        config.add_cleanup(stop)
    if is_worker or not config.getoption("numprocesses", None):
        _prepare_process(config)


def _quick_folder() -> str | None:
    """Return where files live in memory, if there is room: a commit there waits for no disk.

    Tests kill processes, never the machine, so what was committed is there all the same.
    """
    memory = Path("/dev/shm")  # noqa: S108
    has_room = memory.is_dir() and shutil.disk_usage(memory).free > 2**30
    return str(memory) if has_room else None


def _prepare_process(config: pytest.Config) -> None:
    """Give this process its own database and files, and tell the settings of them."""
    label = getattr(config, "workerinput", {}).get("workerid", "alone")
    folder = Path(tempfile.mkdtemp(prefix=f"headgate-tests-{label}-", dir=_quick_folder()))
    config.add_cleanup(lambda: shutil.rmtree(folder))
    engine: Engine = Sqlite(folder)
    if ENGINE == "postgresql":
        engine = Postgresql(os.environ["HEADGATE_TEST_DATABASE_URL"], label=label)
    config.add_cleanup(engine.drop)
    config.stash[_engine] = engine
    for name in list(os.environ):
        if name.startswith("HEADGATE_") and not name.startswith("HEADGATE_TEST_"):
            del os.environ[name]
    os.environ["HEADGATE_DATA_DIR"] = str(folder)
    os.environ["HEADGATE_DATABASE_URL"] = engine.url
    os.environ["HEADGATE_SECRET_KEY"] = SECRET_KEY
    os.environ["DJANGO_SETTINGS_MODULE"] = "headgate.settings"
    # From here on pytest-django refuses the database to tests that do not ask for it.
    django.setup()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    elsewhere = [item for item in items if not _runs_here(item)]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if _runs_here(item)]


def _runs_here(item: pytest.Item) -> bool:
    only_on = item.get_closest_marker("only_on")
    if only_on:
        return ENGINE in only_on.args
    uses_database = not _DATABASES.isdisjoint(getattr(item, "fixturenames", ()))
    return ENGINE == "sqlite" or uses_database or bool(item.get_closest_marker("both_engines"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say aloud what was skipped; `make test` repeats it as its last words."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped)
    lines = [f"NOT RUN: {count} × {reason}" for reason, count in sorted(reasons.items())]
    for line in lines:
        terminalreporter.write_line(line)
    if "HEADGATE_TEST_NOT_RUN" in os.environ:
        with Path(os.environ["HEADGATE_TEST_NOT_RUN"]).open("a", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)


@pytest.fixture
def database(pytestconfig: pytest.Config, django_db_blocker: Any) -> Iterator[Engine]:
    """Give the test a migrated database without rows, in which commits are real.

    Processes that the test starts find it too: its address is in their environment. Every
    connection is closed in the end, whichever thread opened it.
    """
    with _fresh_database(pytestconfig, django_db_blocker) as engine:
        yield engine


@pytest.fixture(scope="module")
def shared_database(pytestconfig: pytest.Config, django_db_blocker: Any) -> Iterator[Engine]:
    """Give all the tests of a module one such database; each keeps to an account of its own."""
    with _fresh_database(pytestconfig, django_db_blocker) as engine:
        yield engine


@contextmanager
def _fresh_database(config: pytest.Config, blocker: Any) -> Iterator[Engine]:
    from headgate.services import breakers, key_use, setups

    opened = []

    def keep(connection: Any, **_: object) -> None:
        opened.append(connection)

    engine = config.stash[_engine]
    connection_created.connect(keep)
    # Ids begin again in every test; what the last one kept by id is another account's now.
    setups.forget_all()
    breakers.forget_all()
    key_use.forget_all()
    with blocker.unblock():
        try:
            engine.clean()
            yield engine
        finally:
            connection_created.disconnect(keep)
            for connection in opened:
                connection.inc_thread_sharing()
                connection.close()
                connection.dec_thread_sharing()


@pytest.fixture
def at_once(database: Engine) -> Callable[..., list[Any]]:
    """Run functions at the same moment, each on a thread and a connection of its own."""

    def run(*functions: Callable[[], Any]) -> list[Any]:
        ready = Barrier(len(functions), timeout=30)

        def start(function: Callable[[], Any]) -> Any:
            ready.wait()
            try:
                return function()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(functions)) as threads:
            return list(threads.map(start, functions))

    return run


@pytest.fixture(autouse=True)
def _ids_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have ids begin with the tests' own moment, not with one that an earlier test was at."""
    from headgate.services import identity

    monkeypatch.setattr(identity, "_last", (0, 0))


@pytest.fixture
def installation() -> None:
    """Unlock the data keys, under the key that started processes are given too."""
    from headgate.services import sealing

    sealing.unlock(SECRET_KEY)


@pytest.fixture
def now() -> datetime:
    """A Monday morning, to the second."""
    return datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
