"""A real SFTP server on loopback, whose rename can be made to fail."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncssh

PASSWORD = "the partner's password"
REFUSE, BREAK, BREAK_AFTER = "refuse", "break", "break after"


class Server(asyncssh.SSHServer):
    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("acme", PASSWORD)


class Drop:
    """`port` and `host_key` are what a client needs; `renames` says what a rename does."""

    port = 0
    host_key = ""

    def __init__(self, folder: Path, renames: str = "") -> None:
        self.folder = folder
        self.renames = renames


def files_of(drop: Drop) -> Any:
    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: Any) -> None:
            self._channel = channel
            super().__init__(channel, chroot=str(drop.folder).encode())

        async def rename(self, oldpath: bytes, newpath: bytes) -> None:
            if drop.renames == REFUSE:
                raise asyncssh.SFTPPermissionDenied("not here")
            if drop.renames == BREAK:
                self._channel.get_connection().abort()
                await asyncio.sleep(0.05)
                return
            super().rename(oldpath, newpath)
            if drop.renames == BREAK_AFTER:
                self._channel.get_connection().abort()
                await asyncio.sleep(0.05)

    return Files


@asynccontextmanager
async def serving(folder: Path, renames: str = "") -> AsyncIterator[Drop]:
    drop = Drop(folder, renames)
    key = asyncssh.generate_private_key("ssh-ed25519")
    drop.host_key = key.export_public_key().decode().strip()
    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=Server,
        server_host_keys=[key],
        sftp_factory=files_of(drop),
    )
    drop.port = server.get_port()
    try:
        yield drop
    finally:
        server.close()
        await server.wait_closed()
