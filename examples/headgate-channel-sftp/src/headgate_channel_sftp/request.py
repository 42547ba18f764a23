"""A file that is ready to be put on a server."""

from msgspec import Struct

from headgate.channels.contract import ShownRequest


class Server(Struct, frozen=True):
    """Where to, and as whom; the password and the key are in clear."""

    host: str
    port: int
    host_key: str
    username: str
    password: str | None
    private_key: str | None

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port})"


class SftpRequest(Struct, frozen=True):
    """Holds secrets in clear, so it is never stored or logged.

    `look` is what people see in place of a body that holds encrypted values.
    """

    delivery_id: str
    server: Server
    folder: str
    body: bytes
    look: bytes
    timeout_seconds: float
    confidential: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"SftpRequest({self.delivery_id})"

    @property
    def path(self) -> str:
        """Return the name that is the same on every try."""
        return f"{self.folder}/lead-{self.delivery_id}.csv"

    @property
    def unfinished_path(self) -> str:
        return f"{self.folder}/.lead-{self.delivery_id}.part"


def shown(request: SftpRequest) -> ShownRequest:
    server = request.server
    return {
        "method": "PUT",
        "url": f"sftp://{server.username}@{server.host}:{server.port}/{request.path}",
        "headers": {},
        "body": request.look.decode(),
    }
