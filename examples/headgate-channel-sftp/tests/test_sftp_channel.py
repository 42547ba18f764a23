"""The SFTP channel keeps the laws, and drops whole files under names that stay."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncssh
import pytest

from headgate.channels.testing import ENCRYPTED, FACTS, Case, NetworkLaws
from headgate.domain.configuration.document import read_document
from headgate.domain.configuration.file import read_configuration
from headgate.domain.deliveries import Outcome
from headgate.domain.delivery_settings import FieldChoice
from headgate.domain.flaws import Flawed
from headgate.domain.secrets import EnvSecret, PlainSecret
from headgate_channel_sftp.channel import SftpChannel
from headgate_channel_sftp.options import Sftp
from sftp_server import BREAK, BREAK_AFTER, PASSWORD, REFUSE, Drop, serving

NAME = f"lead-{FACTS.delivery_id}.csv"
KEY = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()


def to(drop: Drop, **changes: Any) -> Sftp:
    told = {
        "host": "127.0.0.1",
        "port": drop.port,
        "host_key": drop.host_key,
        "username": "acme",
        "password": PlainSecret(PASSWORD),
        "timeout_seconds": 5,
    }
    return Sftp(**{**told, **changes})


def dropping(renames: str = "", **changes: Any) -> Any:
    @asynccontextmanager
    async def started() -> AsyncIterator[Sftp]:
        with TemporaryDirectory() as folder:
            async with serving(Path(folder), renames) as drop:
                yield to(drop, **changes)

    return started


class TestSftpChannel(NetworkLaws):
    channel = SftpChannel()

    def settings_at(self, host: str, port: int, *, timeout_seconds: int) -> Sftp:
        return Sftp(
            host=host,
            port=port,
            host_key=KEY,
            username="acme",
            password=EnvSecret("PASSWORD"),
            timeout_seconds=timeout_seconds,
        )

    def cases(self) -> Sequence[Case]:
        wrong = PlainSecret("wrong")
        return (
            Case("taken", dropping(), Outcome.DELIVERED),
            Case("wrong password", dropping(password=wrong), Outcome.NOT_SENT),
            Case("another server", dropping(host_key=KEY), Outcome.NOT_SENT),
            Case("no such folder", dropping(folder="nowhere"), Outcome.NOT_SENT),
            Case("rename refused", dropping(REFUSE), Outcome.NOT_SENT),
            Case("broken while renaming", dropping(BREAK), Outcome.AMBIGUOUS),
            Case("broken after renaming", dropping(BREAK_AFTER), Outcome.AMBIGUOUS),
        )


class TestADrop:
    def test_is_one_whole_file_under_a_name_that_stays(self, tmp_path: Path) -> None:
        laws = TestSftpChannel()

        async def twice() -> None:
            async with serving(tmp_path) as drop:
                await laws.sent(to(drop))
                await laws.sent(to(drop))

        asyncio.run(twice())

        assert [each.name for each in tmp_path.iterdir()] == [NAME]
        assert (tmp_path / NAME).read_text().splitlines()[0] == "delivery_id,first_name,zip,phone"

    def test_whose_answer_was_lost_is_found_by_the_next_try(self, tmp_path: Path) -> None:
        laws = TestSftpChannel()

        async def tries() -> list[Outcome]:
            async with serving(tmp_path, BREAK_AFTER) as drop:
                first = await laws.sent(to(drop))
                drop.renames = REFUSE
                return [first.outcome, (await laws.sent(to(drop))).outcome]

        outcomes = asyncio.run(tries())

        assert outcomes == [Outcome.AMBIGUOUS, Outcome.DELIVERED]

    def test_holds_an_encrypted_field_that_is_named(self) -> None:
        settings = to(Drop(Path()), host_key=KEY, fields=FieldChoice((("SSN", "ssn"),)))

        request = TestSftpChannel().rendered(settings)

        assert ENCRYPTED.encode() in request.body
        assert ENCRYPTED not in SftpChannel().shown(request)["body"]


FILE = """
version: 1
account: {slug: acme, name: Acme, timezone: UTC, currency: USD}
partners: [{slug: a, delivery: {channel: sftp, host: h.example, username: u, %s}}]
"""


class TestAFile:
    @pytest.mark.parametrize(
        ("written", "place"),
        [
            ("host_key: KEY", "partners[0].delivery"),
            ("host_key: none, password: x", "partners[0].delivery"),
            ("host_key: KEY, password: x, port: 0", "partners[0].delivery.port"),
            ("host_key: KEY, password: 1", "partners[0].delivery.password"),
            ("host_key: KEY, password: x, fold: y", "partners[0].delivery.fold"),
        ],
    )
    def test_names_the_place_of_a_flaw(self, written: str, place: str) -> None:
        document = read_document((FILE % written.replace("KEY", KEY)).encode())

        with pytest.raises(Flawed) as refused:
            read_configuration(document, current=None, others={"sftp": Sftp})

        assert [flaw.place for flaw in refused.value.flaws] == [place]
