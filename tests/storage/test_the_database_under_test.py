"""The database that tests are given is the engine asked for, clean, and real."""

import os
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection, transaction

from engines import Engine
from headgate.storage import installation


class TestDatabase:
    def test_is_the_engine_of_this_run(self, database: Engine) -> None:
        asked_for = os.environ.get("HEADGATE_TEST_ENGINE", "sqlite")

        vendor = connection.vendor

        assert vendor == asked_for

    # Twice, so that whichever comes second would find what the first one left.
    @pytest.mark.parametrize("turn", [1, 2])
    def test_begins_without_rows_and_keeps_them(
        self, database: Engine, now: datetime, turn: int, at_once: Callable[..., list[object]]
    ) -> None:
        before = installation.find_fingerprint()
        with transaction.atomic():
            installation.set_fingerprint("mine", now=now)

        (seen_elsewhere,) = at_once(installation.find_fingerprint)

        assert (before, seen_elsewhere) == (None, "mine")

    @pytest.mark.only_on("sqlite")
    def test_flushes_every_commit_to_disk(self, database: Engine) -> None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode")
            (journal,) = cursor.fetchone()
            cursor.execute("PRAGMA synchronous")
            (synchronous,) = cursor.fetchone()

        assert (journal, synchronous) == ("wal", 2)
