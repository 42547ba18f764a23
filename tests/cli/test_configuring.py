import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from commands import Headgate


class TestPlan:
    def test_says_in_words_what_would_change_and_changes_nothing(
        self, headgate: Headgate, configuration: Path
    ) -> None:
        first, second = (headgate.run("plan", str(configuration)) for _ in range(2))

        assert first.code == 0
        assert "Partner box is new" in first.out
        assert "would make the account acme" in first.out
        assert second.out == first.out

    def test_says_that_nothing_would_change(
        self, configured: Headgate, configuration: Path
    ) -> None:
        ended = configured.run("plan", str(configuration))

        assert (ended.code, ended.out) == (
            0,
            "Nothing would change; version 1 of acme would stay.\n",
        )


class TestApply:
    def test_puts_a_file_in_force(self, headgate: Headgate, configuration: Path) -> None:
        out = headgate.does("apply", str(configuration), "--yes")

        assert out.endswith("Version 1 of acme is in force.\n")

    def test_reads_standard_input(self, headgate: Headgate, configuration: Path) -> None:
        out = headgate.does("apply", "-", "--yes", stdin=configuration.read_bytes())

        assert out.endswith("Version 1 of acme is in force.\n")

    def test_refuses_where_nobody_can_be_asked(
        self, headgate: Headgate, configuration: Path
    ) -> None:
        ended = headgate.run("apply", str(configuration))

        assert ended.code == 1
        assert "agree with --yes" in ended.err
        assert "there is no account yet" in headgate.run("export").err

    @pytest.mark.parametrize(
        ("answer", "code", "said"),
        [(b"y\n", 0, "Version 1 of acme is in force."), (b"\n", 1, "nothing was changed")],
    )
    def test_asks_at_a_terminal(
        self, headgate: Headgate, configuration: Path, answer: bytes, code: int, said: str
    ) -> None:
        ours, theirs = pty.openpty()
        os.write(ours, answer)

        ended = subprocess.run(
            [sys.executable, "-m", "headgate", "apply", str(configuration)],
            stdin=theirs,
            capture_output=True,
            env=headgate.environment,
            check=False,
        )
        os.close(ours)
        os.close(theirs)

        assert ended.returncode == code
        assert said in (ended.stdout + ended.stderr).decode()

    def test_asks_nothing_when_nothing_changes(
        self, configured: Headgate, configuration: Path
    ) -> None:
        out = configured.does("apply", str(configuration))

        assert out == "Nothing changed; version 1 of acme stays.\n"

    def test_names_every_flaw_with_its_place(self, headgate: Headgate) -> None:
        text = b"version: 1\naccount: {slug: acme, name: A, timezone: Nowhere/X, currency: US}\n"

        ended = headgate.run("apply", "-", "--yes", stdin=text)

        assert ended.code == 1
        assert [line.split(":")[0] for line in ended.err.splitlines()] == [
            "account.timezone",
            "account.currency",
        ]

    def test_refuses_a_file_based_on_another_version_with_the_difference(
        self, configured: Headgate, configuration: Path
    ) -> None:
        exported = configured.does("export").encode()
        newer = configuration.read_bytes().replace(b"name: Box", b"name: Chest")
        configured.does("apply", "-", "--yes", stdin=newer)

        refused = configured.run("apply", "-", "--yes", stdin=exported)
        forced = configured.run("apply", "-", "--yes", "--force", stdin=exported)

        assert refused.code == 1
        assert "based on version 1, but version 2 is in force" in refused.err
        assert "Chest" in refused.err
        assert forced.out.endswith("Version 3 of acme is in force.\n")

    def test_makes_the_database_where_there_is_none(
        self, fresh: Headgate, configuration: Path
    ) -> None:
        fresh.does("apply", str(configuration), "--yes")

        key = fresh.folder / "data" / "secret.key"
        assert key.stat().st_mode & 0o777 == 0o600


class TestExport:
    def test_applies_without_a_change(self, configured: Headgate) -> None:
        exported = configured.does("export")

        assert "based_on: 1" in exported
        assert "Nothing changed" in configured.does("apply", "-", stdin=exported.encode())


class TestLint:
    def test_needs_no_database(self, fresh: Headgate, configuration: Path) -> None:
        assert fresh.does("lint", str(configuration)) == "Nothing wrong, nothing odd.\n"
        assert not (fresh.folder / "data").exists()

    def test_fails_for_a_flaw(self, fresh: Headgate) -> None:
        ended = fresh.run("lint", "-", stdin=b"version: 1\nacount: {}\n")

        assert ended.code == 1
        assert "acount" in ended.err

    def test_passes_with_advice(self, fresh: Headgate, configuration: Path) -> None:
        odd = configuration.read_bytes().replace(
            b"assignments: [{partner: box}]", b"assignments: []"
        )

        ended = fresh.run("lint", "-", stdin=odd)

        assert ended.code == 0
        assert "note: profiles[0]" in ended.out

    def test_says_which_file_cannot_be_read(self, fresh: Headgate) -> None:
        ended = fresh.run("lint", "nowhere.yaml")

        assert ended.code == 1
        assert "nowhere.yaml cannot be read: No such file" in ended.err


class TestAnyCommand:
    @pytest.mark.parametrize("wrong", [["nonsense"], [], ["serve", "--port", "x"], ["lint"]])
    def test_exits_2_when_used_wrongly(self, fresh: Headgate, wrong: list[str]) -> None:
        assert fresh.run(*wrong).code == 2

    def test_says_where_it_looked_for_a_database(self, fresh: Headgate) -> None:
        ended = fresh.run("verify")

        assert ended.code == 1
        assert f"there is no database at {fresh.folder}/data/headgate.sqlite3" in ended.err

    def test_refuses_another_installation_key(self, configured: Headgate) -> None:
        ended = configured.run("export", HEADGATE_SECRET_KEY="another")

        assert ended.code == 1
        assert "not the key that this database was made with" in ended.err

    def test_wants_to_know_which_account(self, configured: Headgate, configuration: Path) -> None:
        other = configuration.read_bytes().replace(b"slug: acme", b"slug: other")
        configured.does("apply", "-", "--yes", stdin=other)

        ended = configured.run("export")

        assert ended.code == 1
        assert "choose one with --account: acme, other" in ended.err
        assert "slug: other" in configured.does("export", "--account", "other")
