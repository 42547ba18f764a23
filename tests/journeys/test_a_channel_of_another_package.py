"""A package that is installed beside Headgate delivers a lead, and nothing of Headgate changes."""

import asyncio
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from house import House
from set_ups import configuration, offer

from engines import Engine

EXAMPLE = Path(__file__).parents[2] / "examples" / "headgate-channel-sftp"
PASSWORD = "the partner's password"


class Login(asyncssh.SSHServer):
    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("acme", PASSWORD)


class SftpPartner:
    """Takes files into a folder, on a thread of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        key = asyncssh.generate_private_key("ssh-ed25519")
        self.host_key = key.export_public_key().decode().strip()
        self._key = key
        self._loop = asyncio.new_event_loop()
        self._ready, self._left = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="sftp partner")

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._left.set)
        self._thread.join(10)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        def files(channel: Any) -> asyncssh.SFTPServer:
            return asyncssh.SFTPServer(channel, chroot=str(self.folder).encode())

        server = await asyncssh.listen(
            "127.0.0.1", 0, server_factory=Login, server_host_keys=[self._key], sftp_factory=files
        )
        self.port = server.get_port()
        self._ready.set()
        await self._left.wait()
        server.close()
        await server.wait_closed()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the example package into a folder of its own, and return the folder."""
    folder = tmp_path_factory.mktemp("packages")
    source = folder / "source"
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("*.egg-info", "build"))
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, "--target", folder / "site", source],
        check=True,
    )
    return folder / "site"


@pytest.fixture
def partner(tmp_path: Path) -> Iterator[SftpPartner]:
    (tmp_path / "incoming").mkdir()
    serving = SftpPartner(tmp_path)
    serving.start()
    yield serving
    serving.stop()


@pytest.fixture
def with_package(
    database: Engine, installed: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    served = House(
        tmp_path_factory.mktemp("house"), PYTHONPATH=str(installed), SFTP_PASSWORD=PASSWORD
    )
    served.start()
    try:
        yield served
        assert served.stop() == 0
    finally:
        served.leave_nothing()


def buyer(partner: SftpPartner, **changes: Any) -> dict[str, Any]:
    delivery = {
        "channel": "sftp",
        "host": "127.0.0.1",
        "port": partner.port,
        "host_key": partner.host_key,
        "username": "acme",
        "password": {"env": "SFTP_PASSWORD"},
        "folder": "incoming",
        **changes,
    }
    return {"slug": "dropper", "delivery": delivery}


class TestAnInstalledChannel:
    def test_delivers_a_lead(self, with_package: House, partner: SftpPartner) -> None:
        file = configuration("acme", partners=[buyer(partner)], profiles=[offer("all", "dropper")])
        account = with_package.open_account(file)

        lead = account.post(wait=20, name="Ann", email="ann@example.com", ssn="078-05-1120")

        (delivery,) = lead["deliveries"]
        assert delivery["state"] == "delivered"
        (dropped,) = (partner.folder / "incoming").iterdir()
        assert dropped.name == f"lead-{delivery['id']}.csv"
        assert "Ann,ann@example.com" in dropped.read_text()
        assert "078-05-1120" not in dropped.read_text()

    def test_is_exported_as_it_was_applied(self, with_package: House, partner: SftpPartner) -> None:
        file = configuration("acme", partners=[buyer(partner)], profiles=[offer("all", "dropper")])
        with_package.open_account(file)

        again = with_package.does("plan", "-", stdin=with_package.does("export"))

        assert again.startswith("Nothing would change;")


class TestAChannelThatIsNotInstalled:
    def test_is_a_flaw_that_lists_those_that_are(
        self, with_package: House, partner: SftpPartner
    ) -> None:
        file = configuration("acme", partners=[buyer(partner, channel="sftq")])

        refused = with_package.run("apply", "-", "--yes", stdin=file)

        assert refused.returncode == 1
        assert "'sftq' is not one of webhook" in refused.stderr
        assert "did you mean 'sftp'?" in refused.stderr
