"""`headgate suppress` and `headgate erase`: people who object, at the command line."""

from pathlib import Path

from commands import Headgate


class TestSuppress:
    def test_keeps_lists(self, configured: Headgate, tmp_path: Path) -> None:
        (tmp_path / "dnc.csv").write_text("email\nann@example.com\nnobody\n", encoding="utf-8")
        configured.does("suppress", "create", "dnc", "--name", "Do not call")

        added = configured.does("suppress", "add", "dnc", "-", stdin=b"bob@example.com\n\n")
        imported = configured.run("suppress", "import", "dnc", str(tmp_path / "dnc.csv"))
        found = configured.does("suppress", "find", "Ann@example.com")

        assert added == "1 added, 0 stood there already.\n"
        assert imported.out == "1 added, 0 stood there already.\n"
        assert "line 3: this is no email address" in imported.err
        assert "2 values" in found
        assert "Do not call" in found


class TestErase:
    def test_says_what_it_would_erase_and_puts_the_person_on_a_list(
        self, configured: Headgate
    ) -> None:
        nothing = configured.does("erase", "--email", "ann@example.com", "--dry-run")
        erased = configured.does("erase", "--email", "ann@example.com", "--suppress", "--yes")

        assert nothing == "No lead names this person.\n"
        assert "The person is on the suppression list objections." in erased
        assert "0 leads are erased." in erased
