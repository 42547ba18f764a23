import json
import re
from collections.abc import Iterator
from urllib.request import urlopen

import pytest
from commands import Headgate, Running, free_port

from engines import Engine


@pytest.fixture
def demo(fresh: Headgate) -> Iterator[Running]:
    with fresh.started("demo", "--port", str(free_port()), until="Ctrl-C ends it") as running:
        yield running


def on_its_data(demo_of: Headgate) -> Headgate:
    folder = demo_of.folder / "data" / "demo"
    return Headgate(
        demo_of.folder,
        HEADGATE_DATA_DIR=str(folder),
        HEADGATE_DATABASE_URL=None,
        HEADGATE_SECRET_KEY=None,
    )


def said(demo: Running, what: str) -> str:
    found = re.search(rf"{what} +(\S+)", demo.out)
    assert found, demo.out
    return found[1]


class TestDemo:
    def test_has_leads_that_went_different_ways(self, fresh: Headgate, demo: Running) -> None:
        trace = said(demo, "A lead's trace")
        first_lead = trace.split("/")[4].partition("#")[0]

        out = on_its_data(fresh).does("why", first_lead)

        for result in ("selected", "closed", "rules_not_met", "next_in_line", "taken"):
            assert result in out

    def test_goes_on_with_the_same_data(self, fresh: Headgate, demo: Running) -> None:
        demo.process.terminate()
        assert demo.process.wait(30) == 0

        with fresh.started("demo", "--port", "0", until="Ctrl-C ends it") as again:
            assert said(again, "Password") == said(demo, "Password")

    def test_leaves_nothing_that_does_not_add_up(self, fresh: Headgate, demo: Running) -> None:
        demo.process.terminate()
        assert demo.process.wait(30) == 0

        assert on_its_data(fresh).does("verify") == "Everything adds up.\n"

    def test_touches_no_other_database(self, headgate: Headgate) -> None:
        with headgate.started("demo", "--port", "0", until="Ctrl-C ends it"):
            assert "there is no account yet" in headgate.run("export").err


class TestWhy:
    @pytest.fixture
    def lead_id(self, demo: Running) -> str:
        return said(demo, "A lead's trace").split("/")[4].partition("#")[0]

    def test_is_narrowed_to_a_partner(self, fresh: Headgate, lead_id: str) -> None:
        out = on_its_data(fresh).does("why", lead_id, "nightowl")

        assert "nightowl             closed" in out
        assert "✗ hours: opens_at" in out
        assert "sunpeak" not in out

    def test_is_plain_when_piped(self, fresh: Headgate, lead_id: str) -> None:
        assert "\x1b" not in on_its_data(fresh).does("why", lead_id)

    def test_names_the_partners_that_have_a_verdict(self, fresh: Headgate, lead_id: str) -> None:
        ended = on_its_data(fresh).run("why", lead_id, "nobody")

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
        self, fresh: Headgate, demo: Running
    ) -> None:
        demo.process.terminate()
        assert demo.process.wait(30) == 0
        house = on_its_data(fresh)

        again = json.loads(
            house.does("replay", "--config", "-", "--json", stdin=house.does("export").encode())
        )

        assert again["leads"] > 0
        assert again["moved"] == 0

    def test_says_what_would_have_moved(self, fresh: Headgate, demo: Running) -> None:
        demo.process.terminate()
        assert demo.process.wait(30) == 0
        house = on_its_data(fresh)

        out = house.does("replay", "--config", "-", stdin=b"{version: 1, profiles: []}")

        assert "0 after" in out
        assert "no_profile" in out
        assert out.endswith("Nothing was changed.\n")
