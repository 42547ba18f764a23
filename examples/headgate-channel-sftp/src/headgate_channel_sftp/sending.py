"""Put one file on a server: written under another name first, then renamed into place.

The partner takes a file as soon as it has its name, and not before. So everything that goes
wrong before the rename is asked for is definitely not sent, the server's yes to it is the
acceptance, and a connection that breaks in between leaves it open.
"""

import asyncio
from datetime import datetime
from enum import Enum, auto

import asyncssh

from headgate.channels import connecting
from headgate.channels.addresses import Reach
from headgate.channels.confidential import without_secrets
from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate_channel_sftp.request import Server, SftpRequest

_BROKEN = (asyncssh.Error, OSError, ValueError)


class Stage(Enum):
    CONNECTING = auto()
    WRITING = auto()
    RENAMING = auto()


class SftpSender:
    """Makes a connection for each attempt, and keeps none."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    async def send(self, request: SftpRequest, *, now: datetime) -> Sent:  # noqa: ARG002
        loop = asyncio.get_running_loop()
        started = loop.time()
        attempt = Attempt(request, self._reach)
        error: str | None = None
        try:
            async with asyncio.timeout(request.timeout_seconds):
                outcome = await attempt.make()
        except _BROKEN as broken:
            outcome, error = attempt.meaning_of(broken), attempt.in_words(broken)
        return Sent(
            outcome=outcome,
            ms=round((loop.time() - started) * 1000),
            written=attempt.stage is not Stage.CONNECTING,
            error=error,
            answer=request.path if outcome is Outcome.DELIVERED else None,
        )

    async def close(self) -> None:
        """Let go of nothing: every connection ends with its attempt."""


class Attempt:
    def __init__(self, request: SftpRequest, reach: Reach) -> None:
        self._request = request
        self._reach = reach
        self.stage = Stage.CONNECTING

    async def make(self) -> Outcome:
        request = self._request
        connection = await _connected(request.server, self._reach)
        try:
            files = await connection.start_sftp_client()
            if await files.exists(request.path):
                # An earlier try put it there, and its answer was lost.
                return Outcome.DELIVERED
            self.stage = Stage.WRITING
            async with files.open(request.unfinished_path, "wb") as file:
                await file.write(request.body)
            self.stage = Stage.RENAMING
            await files.rename(request.unfinished_path, request.path)
        finally:
            connection.abort()
        return Outcome.DELIVERED

    def meaning_of(self, error: Exception) -> Outcome:
        if self.stage is not Stage.RENAMING:
            return Outcome.NOT_SENT
        is_lost = isinstance(error, asyncssh.SFTPNoConnection | asyncssh.SFTPConnectionLost)
        # Any other answer of the server is a whole one, and says no.
        said_no = isinstance(error, asyncssh.SFTPError) and not is_lost
        return Outcome.NOT_SENT if said_no else Outcome.AMBIGUOUS

    def in_words(self, error: Exception) -> str:
        server = self._request.server
        where = f"{server.host}:{server.port}"
        if isinstance(error, TimeoutError):
            why = f"no end within {self._request.timeout_seconds:g} s"
        elif isinstance(error, asyncssh.HostKeyNotVerifiable):
            why = "its host key is not the one in the settings"
        elif isinstance(error, asyncssh.PermissionDenied):
            why = "the login was refused"
        else:
            why = str(error) or type(error).__name__
        doing = self.stage.name.lower()
        return without_secrets(f"{where}, {doing}: {why}", self._request.confidential)


async def _connected(server: Server, reach: Reach) -> asyncssh.SSHClientConnection:
    line = await connecting.connect(server.host, server.port, reach)
    keys = [asyncssh.import_private_key(server.private_key)] if server.private_key else []
    try:
        return await asyncssh.connect(
            server.host,
            server.port,
            sock=line,
            config=None,
            known_hosts=([asyncssh.import_public_key(server.host_key)], [], []),
            username=server.username,
            password=server.password,
            client_keys=keys or None,
            agent_path=None,
        )
    except BaseException:
        line.close()
        raise
