"""Frames between an engine and its sender: four bytes of length, then MessagePack."""

from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_network

import msgspec
from msgspec import Struct

from headgate.channels.addresses import Reach
from headgate.channels.contract import Sent


class Welcome(Struct, array_like=True):
    """The first frame to a sender: where it may connect to."""

    allowed_networks: list[str]
    own_addresses: list[tuple[str, int]]

    @classmethod
    def of(cls, reach: Reach) -> "Welcome":
        return cls([str(each) for each in reach.allowed_networks], list(reach.own_addresses))

    @property
    def reach(self) -> Reach:
        networks = tuple(ip_network(each) for each in self.allowed_networks)
        return Reach(networks, frozenset(self.own_addresses))


class Job(Struct, array_like=True):
    """One attempt to make; `request` is encoded, for the channel alone to read."""

    number: int
    channel: str
    at: datetime
    request: msgspec.Raw


class Done(Struct, array_like=True):
    number: int
    sent: Sent


_encoder = msgspec.msgpack.Encoder()


def encode(value: object) -> bytes:
    """Return `value` as one whole frame."""
    payload = _encoder.encode(value)
    return len(payload).to_bytes(4) + payload


def encode_request(request: object) -> msgspec.Raw:
    return msgspec.Raw(_encoder.encode(request))


class Unframer:
    """Cuts a stream of bytes into the payloads of its frames."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._rest += data
        at, end = 0, len(self._rest)
        while end - at >= 4:
            size = int.from_bytes(self._rest[at : at + 4])
            if end - at - 4 < size:
                break
            yield self._rest[at + 4 : at + 4 + size]
            at += 4 + size
        self._rest = self._rest[at:]
