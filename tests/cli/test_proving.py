import json
import re
from urllib.request import urlopen

import pytest
from commands import Headgate, free_port
from msgspec import Struct

from engines import Engine


class Demonstration(Struct):
    """A demonstration that ran and was ended: the command on its data, and what it printed."""

    headgate: Headgate
    printed: str
    code: int

    @property
    def lead(self) -> str:
        return said(self.printed, "A lead's trace").split("/")[4].partition("#")[0]


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    folder = tmp_path_factory.mktemp("demo")
    nothing = {"HEADGATE_DATABASE_URL": None, "HEADGATE_SECRET_KEY": None}
    first = Headgate(folder, HEADGATE_DATA_DIR=str(folder / "data"), **nothing)
    with first.started("demo", "--port", "0", until="Ctrl-C ends it") as running:
        running.process.terminate()
        code = running.process.wait(30)
    on_its_data = Headgate(folder, HEADGATE_DATA_DIR=str(folder / "data" / "demo"), **nothing)
    return Demonstration(on_its_data, running.out, code)


def said(printed: str, what: str) -> str:
    found = re.search(rf"{what} +(\S+)", printed)
    assert found, printed
    return found[1]


class TestDemo:
    def test_ends_when_it_is_told_to(self, demonstration: Demonstration) -> None:
        assert demonstration.code == 0

    def test_has_leads_that_went_different_ways(self, demonstration: Demonstration) -> None:
        out = demonstration.headgate.does("why", demonstration.lead)

        for result in ("selected", "closed", "rules_not_met", "next_in_line", "taken"):
            assert result in out

    def test_goes_on_with_the_same_data(self, demonstration: Demonstration) -> None:
        folder = demonstration.headgate.folder / "data"
        again = Headgate(folder.parent, HEADGATE_DATA_DIR=str(folder), HEADGATE_DATABASE_URL=None)

        with again.started("demo", "--port", "0", until="Ctrl-C ends it") as running:
            assert said(running.out, "Password") == said(demonstration.printed, "Password")

    def test_leaves_nothing_that_does_not_add_up(self, demonstration: Demonstration) -> None:
        assert demonstration.headgate.does("verify") == "Everything adds up.\n"

    def test_touches_no_other_database(self, headgate: Headgate) -> None:
        with headgate.started("demo", "--port", "0", until="Ctrl-C ends it"):
            assert "there is no account yet" in headgate.run("export").err


class TestWhy:
    def test_is_narrowed_to_a_partner(self, demonstration: Demonstration) -> None:
        out = demonstration.headgate.does("why", demonstration.lead, "nightowl")

        assert "nightowl             closed" in out
        assert "✗ hours: opens_at" in out
        assert "sunpeak" not in out

    def test_is_plain_when_piped(self, demonstration: Demonstration) -> None:
        assert "\x1b" not in demonstration.headgate.does("why", demonstration.lead)

    def test_names_the_partners_that_have_a_verdict(self, demonstration: Demonstration) -> None:
        ended = demonstration.headgate.run("why", demonstration.lead, "nobody")

        assert ended.code == 1
        assert "there are verdicts on: choosy, helios, inbox, nightowl, sunpeak" in ended.err

    @pytest.mark.parametrize(
        ("asked", "answer"),
        [
            ("nonsense", "'nonsense' is no lead's id"),
            ("0199beef-0000-7000-8000-000000000000", "there is no lead 0199beef"),
        ],
    )
    def test_of_no_lead_is_refused(self, configured: Headgate, asked: str, answer: str) -> None:
        ended = configured.run("why", asked)

        assert ended.code == 1
        assert answer in ended.err


class TestVerify:
    def test_passes_with_one_line(self, configured: Headgate) -> None:
        assert configured.does("verify") == "Everything adds up.\n"

    def test_fails_with_a_line_a_breach(self, configured: Headgate, database: Engine) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("UPDATE storage_account SET config_version = 7")

        ended = configured.run("verify")

        assert ended.code == 1
        assert ended.out == (
            "nothing_in_force: account acme is at configuration version 7, which is not there\n"
        )
        assert "1 breaches" in ended.err


class TestMockPartner:
    def test_tells_what_it_can_do_and_what_it_got(self, fresh: Headgate) -> None:
        port = free_port()

        with fresh.started("mock-partner", "--port", str(port), until="/received") as running:
            with urlopen(f"http://127.0.0.1:{port}/accept") as answer:
                accepted = json.load(answer)
            with urlopen(f"http://127.0.0.1:{port}/received") as answer:
                received = json.load(answer)
            running.process.terminate()
            code = running.process.wait(10)

        assert accepted == {"status": "accepted"}
        assert [each["path"] for each in received] == ["/accept"]
        assert f"http://127.0.0.1:{port}/refuse" in running.out
        assert code == 0


class TestSimulate:
    LEAD = b'{"entity": "solar", "fields": {"name": "Ann"}}'

    def test_prints_the_decision_and_has_no_effect(self, configured: Headgate) -> None:
        first, second = (
            configured.does("simulate", "-", "--at", "2026-12-01T10:00:00Z", stdin=self.LEAD)
            for _ in range(2)
        )

        simulated = json.loads(first)
        assert simulated["decision"]["decided_at"] == "2026-12-01T10:00:00.000Z"
        assert [each["partner"] for each in simulated["deliveries"]] == ["box"]
        assert second == first

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b"{", "-: the body is not JSON"),
            (b'{"entity": "solar", "fields": {"name": ""}}', "name: must have a value"),
            (b'{"entity": "lunar", "fields": {}}', "there is no entity 'lunar'"),
        ],
    )
    def test_refuses_what_the_api_refuses(
        self, configured: Headgate, body: bytes, said: str
    ) -> None:
        ended = configured.run("simulate", "-", stdin=body)

        assert ended.code == 1
        assert said in ended.err


class TestReplay:
    def test_moves_nothing_under_the_set_up_that_was_in_force(
        self, demonstration: Demonstration
    ) -> None:
        exported = demonstration.headgate.does("export").encode()

        again = demonstration.headgate.does("replay", "--config", "-", "--json", stdin=exported)

        assert json.loads(again)["leads"] > 100
        assert json.loads(again)["moved"] == 0

    def test_says_what_would_have_moved(self, demonstration: Demonstration) -> None:
        nobody = b"{version: 1, profiles: []}"

        out = demonstration.headgate.does("replay", "--config", "-", stdin=nobody)

        assert "0 after" in out
        assert "no_profile" in out
        assert out.endswith("Nothing was changed.\n")
