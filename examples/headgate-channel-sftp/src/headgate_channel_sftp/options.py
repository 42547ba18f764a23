"""What a configuration file says of an SFTP drop."""

from typing import Annotated

import asyncssh
from msgspec import Meta

from headgate.domain.channel_options import HOST, ChannelOptions, Host
from headgate.domain.delivery_settings import FieldChoice
from headgate.domain.secrets import Secret


class Sftp(ChannelOptions, frozen=True, kw_only=True):
    """`host_key` is the server's public key, as `ssh-keyscan` prints it after the name."""

    host: Host
    port: Annotated[int, Meta(ge=1, le=65_535), HOST] = 22
    host_key: Host
    username: str
    password: Secret | None = None
    private_key: Secret | None = None
    folder: str = "."
    fields: FieldChoice = FieldChoice()

    def __post_init__(self) -> None:
        if self.password is None and self.private_key is None:
            raise ValueError("give a password or a private_key")
        try:
            asyncssh.import_public_key(self.host_key)
        except asyncssh.KeyImportError:
            raise ValueError("host_key: write it like 'ssh-ed25519 AAAA…'") from None
