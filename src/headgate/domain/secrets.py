"""Secrets in a configuration: written in clear, named in the environment, or sealed at rest."""

from msgspec import Struct


class PlainSecret(Struct, frozen=True, tag="plain"):
    """As a person typed it; sealed before the configuration is stored."""

    value: str

    def __repr__(self) -> str:
        return "PlainSecret(•••)"


class EnvSecret(Struct, frozen=True, tag="env"):
    """Read from the environment when it is used."""

    name: str


class KeptSecret(Struct, frozen=True, tag="stored"):
    """`{stored: true}`: keep what is sealed at the same place of the current version."""


class SealedSecret(Struct, frozen=True, tag="sealed"):
    """Encrypted under the account's data key."""

    ciphertext: str


Secret = PlainSecret | EnvSecret | KeptSecret | SealedSecret
