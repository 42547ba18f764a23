from django.db import IntegrityError

from headgate.cli.logs import without_values


class TestADatabaseError:
    def test_is_logged_without_the_row_that_it_quotes(self) -> None:
        quoting = IntegrityError("duplicate key; DETAIL: Key (email)=(ann@example.com) exists.")

        event = without_values(None, "error", {"event": "lead.failed", "exc_info": quoting})

        assert event == {"event": "lead.failed", "error": "IntegrityError", "exception": ""}

    def test_leaves_any_other_error_whole(self) -> None:
        error = ValueError("no column of that name")

        event = without_values(None, "error", {"event": "x", "exc_info": error})

        assert event["exc_info"] is error
