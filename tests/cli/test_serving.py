import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from commands import Headgate, Running, eventually, free_port

SLOW_PARTNER = "{channel: webhook, url: 'http://127.0.0.1:%d/slow/25', timeout_seconds: 28}"


@pytest.fixture
def key(configured: Headgate) -> str:
    return configured.does("apikey", "create", "--scope", "admin").strip()


@pytest.fixture
def serving(configured: Headgate) -> Iterator[Running]:
    with configured.started("serve", "--port", "0", until="listens on") as running:
        yield running


def post(running: Running, key: str, *, wait: int = 0, test: bool = False) -> dict[str, str]:
    lead = {"entity": "solar", "fields": {"name": "Ann"}, "test": test}
    request = Request(
        f"http://127.0.0.1:{running.port}/api/v1/leads?wait={wait}",
        data=json.dumps(lead).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urlopen(request) as answer:  # noqa: S310
        return json.load(answer)  # type: ignore[no-any-return]


def query(sql: str) -> list[tuple[object, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


class TestServe:
    def test_installs_itself_where_there_is_nothing(self, fresh: Headgate) -> None:
        with fresh.started("serve", "--port", "0", until="listens on") as running:
            link = running.out.split("at this address, once:")[1].split()[0]
            with urlopen(link) as page:  # noqa: S310
                assert page.status == 200

        assert "There is no owner yet." in running.out

    def test_takes_and_delivers_leads(self, serving: Running, key: str) -> None:
        assert post(serving, key, wait=5)["state"] == "delivered"

    def test_knows_at_once_that_a_key_was_revoked(
        self, configured: Headgate, serving: Running, key: str
    ) -> None:
        configured.does("apikey", "revoke", "1")

        with pytest.raises(HTTPError, match="401"):
            post(serving, key)

    def test_has_no_set_up_link_once_there_is_an_owner(self, configured: Headgate) -> None:
        configured.does(
            "user", "create", "--email", "ann@example.com", "--role", "owner",
            HEADGATE_PASSWORD="correct horse battery",
        )  # fmt: skip

        with configured.started("serve", "--port", "0", until="listens on") as running:
            assert "set-up" not in running.out

    def test_prints_the_address_under_which_it_is_known(self, configured: Headgate) -> None:
        with configured.started(
            "serve", "--port", "0", until="listens on",
            HEADGATE_BASE_URL="https://leads.acme.example/",
        ) as running:  # fmt: skip
            assert "listens on https://leads.acme.example\n" in running.out
            assert "  https://leads.acme.example/set-up/" in running.out

    @pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
    def test_leaves_at_a_signal(self, serving: Running, sig: signal.Signals) -> None:
        assert serving.end(sig) == 0

    def test_refuses_a_port_in_use(self, configured: Headgate, serving: Running) -> None:
        ended = configured.run("serve", "--port", str(serving.port))

        assert ended.code == 1
        assert "it is in use" in ended.err

    @pytest.mark.only_on("sqlite")
    def test_is_alone_on_a_sqlite_file(self, configured: Headgate, serving: Running) -> None:
        ended = configured.run("serve", "--port", "0")

        assert ended.code == 1
        assert f"is served already, by process {serving.process.pid}" in ended.err

    @pytest.mark.only_on("sqlite")
    @pytest.mark.parametrize("option", ["--web", "--workers"])
    def test_is_one_process_on_sqlite(self, configured: Headgate, option: str) -> None:
        ended = configured.run("serve", "--port", "0", option, "2")

        assert ended.code == 1
        assert "SQLite has one writer" in ended.err

    def test_sends_again_at_once_what_a_killed_process_was_sending(
        self, configured: Headgate, key: str
    ) -> None:
        with configured.started("serve", "--port", "0", until="listens on") as first:
            post(first, key, wait=5, test=True)  # a test lead leaves no charge behind
            first.end(signal.SIGKILL)
        query(
            "UPDATE storage_delivery SET state = 'sending', ended_at = NULL,"
            " due_at = '2030-01-01 00:00:00+00:00', give_up_at = '2030-01-01 00:00:00+00:00'"
        )

        with configured.started("serve", "--port", "0", until="listens on"):
            eventually(
                lambda: query("SELECT 1 FROM storage_delivery WHERE state = 'delivered'"),
                within_seconds=10,
            )


@pytest.mark.only_on("sqlite")
class TestDraining:
    """With a partner that answers after 25 seconds."""

    @pytest.fixture
    def stuck(self, configured: Headgate, key: str) -> Iterator[Running]:
        """Give a serving process with a delivery under way."""
        port = str(free_port())
        with configured.started("mock-partner", "--port", port, until="/received"):
            slow = configured.does("export").replace("{channel: inbox}", SLOW_PARTNER % int(port))
            configured.does("apply", "-", "--yes", stdin=slow.encode())
            with configured.started(
                "serve", "--port", "0", until="listens on",
                HEADGATE_ALLOW_PRIVATE_NETWORKS="127.0.0.0/8",
            ) as running:  # fmt: skip
                assert post(running, key)["state"] == "in_delivery"
                arrived = f"http://127.0.0.1:{port}/received"
                eventually(lambda: json.load(urlopen(arrived)))
                yield running

    def test_lasts_20_seconds_at_most(self, stuck: Running) -> None:
        began = time.monotonic()

        assert stuck.end(signal.SIGTERM) == 0
        assert 10 < time.monotonic() - began < 22

    def test_is_cut_short_by_a_second_signal(self, stuck: Running) -> None:
        stuck.process.send_signal(signal.SIGTERM)
        time.sleep(1)
        began = time.monotonic()

        assert stuck.end(signal.SIGTERM) == 1
        assert time.monotonic() - began < 5


@pytest.mark.both_engines
@pytest.mark.only_on("postgresql")
class TestSeveralProcesses:
    @pytest.fixture
    def several(self, configured: Headgate) -> Iterator[Running]:
        with configured.started(
            "serve", "--port", "0", "--web", "2", until="listens on"
        ) as running:
            eventually(lambda: len(children(running)) == 2)
            yield running
            running.process.terminate()
            running.process.wait(30)

    def test_share_the_work(self, several: Running, key: str) -> None:
        states = {post(several, key, wait=10)["state"] for _ in range(10)}

        assert states == {"delivered"}

    def test_are_replaced_when_one_dies(self, several: Running, key: str) -> None:
        first, second = children(several)
        os.kill(first, signal.SIGKILL)

        eventually(lambda: len(children(several) - {first}) == 2)
        assert second in children(several)
        assert post(several, key, wait=10)["state"] == "delivered"

    def test_leave_together(self, several: Running) -> None:
        members = children(several)

        assert several.end(signal.SIGTERM) == 0
        assert not any(is_alive(each) for each in members)

    def test_leave_when_the_first_is_killed(self, several: Running) -> None:
        members = children(several)

        several.end(signal.SIGKILL)

        eventually(lambda: not any(is_alive(each) for each in members))


def children(running: Running) -> set[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(running.process.pid)],  # noqa: S607
        capture_output=True,
        check=False,
    )
    return {int(pid) for pid in listed.stdout.split()}


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
