"""The migrations make what the models say, on the engine of this run."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from engines import Engine
from headgate.storage import schema

FROM_THE_FUTURE = ("storage", "9999_from_the_future")


class TestMigrations:
    def test_leave_nothing_of_the_models_out(self, database: Engine) -> None:
        missing = StringIO()

        call_command("makemigrations", dry_run=True, interactive=False, stdout=missing)

        assert missing.getvalue().strip() == "No changes detected"


class TestADatabaseOfANewerVersion:
    @pytest.fixture(autouse=True)
    def newer(self, database: Engine) -> Iterator[None]:
        recorder = MigrationRecorder(connection)
        recorder.record_applied(*FROM_THE_FUTURE)
        yield
        recorder.record_unapplied(*FROM_THE_FUTURE)

    @pytest.mark.parametrize("touch", [schema.pending, schema.migrate])
    def test_is_refused_with_what_to_do(self, touch: object) -> None:
        with pytest.raises(schema.UnknownMigrations, match="9999_from_the_future") as refusal:
            touch()  # type: ignore[operator]

        assert "install that version again, or restore a backup" in str(refusal.value)
