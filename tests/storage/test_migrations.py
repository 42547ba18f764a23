"""The migrations make what the models say, on the engine of this run."""

from io import StringIO

from django.core.management import call_command

from engines import Engine


class TestMigrations:
    def test_leave_nothing_of_the_models_out(self, database: Engine) -> None:
        missing = StringIO()

        call_command("makemigrations", dry_run=True, interactive=False, stdout=missing)

        assert missing.getvalue().strip() == "No changes detected"
