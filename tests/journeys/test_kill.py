"""`kill -9` of a serving house at random moments: nothing is lost, nothing is done twice.

HEADGATE_TEST_KILLS makes it kill more often, HEADGATE_TEST_SEED at the same moments again.
"""

import os
import random
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from aftermath import UNSETTLED, breaches, caps_reached
from crash import (
    SETTLED_WITHIN_SECONDS,
    Load,
    crash_under_load,
    kill_under_load,
    load_configuration,
    settle,
)
from house import House, eventually
from partners import Partners
from plain_sql import Rows

from engines import Engine, start_postgresql

KILLS = int(os.environ.get("HEADGATE_TEST_KILLS", "0"))
SEED = int(os.environ.get("HEADGATE_TEST_SEED", "0")) or random.SystemRandom().randrange(10**9)
LIVES_SECONDS = (0.0, 0.7)
MUTANT = (sys.executable, str(Path(__file__).with_name("mutants.py")))
CRASHES = 4
ON_EACH_ENGINE = {"sqlite": 30, "postgresql": 10}
SOLD_UNDER_A_CAP = (
    "SELECT COUNT(*) FROM storage_delivery AS made"
    " JOIN storage_partner ON storage_partner.id = made.partner_id"
    " WHERE slug = 'capped' AND state = 'delivered'"
)


@pytest.fixture
def partners() -> Iterator[Partners]:
    with Partners() as serving:
        yield serving


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> Iterator[House]:
    served = House(tmp_path)
    try:
        yield served
    finally:
        served.leave_nothing()


@pytest.fixture
def crashing_url() -> Iterator[str]:
    """Give the address of a server of this test's own, which keeps what it has committed."""
    url, stop = start_postgresql()
    try:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute("ALTER SYSTEM SET synchronous_commit = on")
            server.execute("SELECT pg_reload_conf()")
        yield url
    finally:
        stop()


def crash_server(url: str) -> None:
    """Kill one of the server's processes; it ends all the others, and starts afresh."""
    with eventually(lambda: connected(url)) as session:
        os.kill(session.info.backend_pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            session.execute("SELECT 1")


def connected(url: str) -> "psycopg.Connection | None":
    try:
        return psycopg.connect(url)
    except psycopg.OperationalError:
        return None


class TestAHouseKilledUnderLoad:
    def test_loses_nothing_and_does_nothing_twice(
        self, database: Engine, house: House, partners: Partners
    ) -> None:
        kills = KILLS or ON_EACH_ENGINE[database.name]
        account = house.open_account(load_configuration(partners))
        rows = Rows(database.url)
        print(f"{kills} kills with HEADGATE_TEST_SEED={SEED}")  # noqa: T201
        house.start()

        log = kill_under_load(house, account, kills=kills, seed=SEED, lives=LIVES_SECONDS)
        unsettled = settle(lambda: rows.number(UNSETTLED), within_seconds=SETTLED_WITHIN_SECONDS)

        assert house.stop() == 0
        assert breaches(log, partners, rows, unsettled=unsettled) == []
        assert caps_reached(rows) >= {"capped", "spending", "flaky"}
        assert house.does("verify") == "Everything adds up.\n"
        print(f"{len(log.acknowledged)} leads were acknowledged")  # noqa: T201


class TestAHouseOfSeveralProcesses:
    @pytest.mark.only_on("postgresql")
    def test_goes_on_when_one_of_them_is_killed(
        self, database: Engine, house: House, partners: Partners
    ) -> None:
        account = house.open_account(load_configuration(partners))
        rows = Rows(database.url)
        house.start("--web", "2")

        log = crash_under_load(account, house.kill_child, crashes=CRASHES, seed=SEED)
        unsettled = settle(lambda: rows.number(UNSETTLED), within_seconds=SETTLED_WITHIN_SECONDS)

        assert house.stop() == 0
        assert breaches(log, partners, rows, unsettled=unsettled) == []
        assert house.does("verify") == "Everything adds up.\n"


class TestAHouseWhoseDatabaseCrashes:
    """PostgreSQL gives up its memory and every session when one of its processes is killed."""

    @pytest.mark.only_on("postgresql")
    def test_goes_on_by_itself(self, crashing_url: str, tmp_path: Path, partners: Partners) -> None:
        house = House(tmp_path, HEADGATE_DATABASE_URL=crashing_url)
        account = house.open_account(load_configuration(partners))
        rows = Rows(crashing_url)
        try:
            house.start()
            log = crash_under_load(
                account, lambda: crash_server(crashing_url), crashes=CRASHES, seed=SEED
            )
            unsettled = settle(
                lambda: rows.number(UNSETTLED), within_seconds=SETTLED_WITHIN_SECONDS
            )
            assert house.stop() == 0
        finally:
            house.leave_nothing()

        assert breaches(log, partners, rows, unsettled=unsettled) == []
        assert house.does("verify") == "Everything adds up.\n"


class TestTheHarness:
    """A harness that finds nothing is worth something only if it can find anything."""

    @pytest.mark.only_on("sqlite")
    @pytest.mark.parametrize(
        ("mutant", "kind"),
        [
            ("acknowledges_before_the_commit", "lost"),
            ("charges_after_the_commit", "uncharged"),
            ("charges_for_lost_leases", "charged_twice"),
            ("forgets_what_it_was_sending", "stuck"),
            ("gives_sold_places_back", "over_cap"),
            ("goes_on_in_doubt", "sold_twice"),
            ("reads_then_writes_caps", "over_cap"),
        ],
    )
    def test_notices(
        self, database: Engine, tmp_path: Path, partners: Partners, mutant: str, kind: str
    ) -> None:
        house = House(tmp_path, command=(*MUTANT, mutant))
        account = house.open_account(load_configuration(partners))
        rows = Rows(database.url)
        found: set[str] = set()
        try:
            house.start()
            # Killed too early, a slow machine has all places of the caps in doubt for ever.
            with Load(account):
                eventually(lambda: rows.number(SOLD_UNDER_A_CAP) > 0)
            # It may also need more kills before the fault shows.
            for seed in range(1, 5):
                log = kill_under_load(house, account, kills=3, seed=seed, lives=(0.8, 1.6))
                unsettled = settle(lambda: rows.number(UNSETTLED), within_seconds=5)
                found |= {each.kind for each in breaches(log, partners, rows, unsettled=unsettled)}
                if kind in found:
                    break
        finally:
            house.leave_nothing()

        fates = rows.all(
            "SELECT slug, state, COUNT(*) FROM storage_delivery AS made"
            " JOIN storage_partner ON storage_partner.id = made.partner_id GROUP BY slug, state"
        )
        assert kind in found, fates
