"""Exchanges with a mock partner, for the tests of the guarded client."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from ipaddress import ip_network
from typing import TypeVar

from aiohttp.abc import AbstractResolver, ResolveResult

from headgate.channels.addresses import Reach
from headgate.channels.mock_partner import MockPartner
from headgate.channels.outbound_http import Exchange, OutboundHttp

LOOPBACK = Reach((ip_network("127.0.0.0/8"),))
HEADERS = (("Content-Type", "application/json"), ("Accept-Encoding", "identity"))
BODY = b'{"fields": {}}'
DEADLINE = 0.3
T = TypeVar("T")


class Names(AbstractResolver):
    """Answers each look-up with the next of the given lists of addresses; the last one stays."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        addresses = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if not addresses:
            raise OSError(None, "no such name")
        return [
            ResolveResult(hostname=host, host=each, port=port, family=family, proto=0, flags=0)
            for each in addresses
        ]

    async def close(self) -> None:
        return


def exchange(
    path: str, *, needs_body: bool = False, deadline_seconds: float = DEADLINE
) -> tuple[Exchange, float]:
    """Ask a mock partner once; return what came, and how long it took."""

    async def ask() -> tuple[Exchange, float]:
        async with MockPartner() as partner, OutboundHttp(LOOPBACK) as http:
            started = asyncio.get_running_loop().time()
            found = await http.exchange(
                "POST",
                partner.url(path),
                HEADERS,
                BODY,
                deadline_seconds=deadline_seconds,
                needs_body=needs_body,
            )
            return found, asyncio.get_running_loop().time() - started

    return asyncio.run(ask())


def ask(url: str, *, reach: Reach = LOOPBACK, resolver: AbstractResolver | None = None) -> Exchange:
    async def once() -> Exchange:
        async with OutboundHttp(reach, resolver=resolver) as http:
            return await http.exchange("POST", url, HEADERS, BODY, deadline_seconds=DEADLINE)

    return asyncio.run(once())


def with_partner(work: Callable[[MockPartner, OutboundHttp], Awaitable[T]]) -> T:
    async def run() -> T:
        async with MockPartner() as partner, OutboundHttp(LOOPBACK) as http:
            return await work(partner, http)

    return asyncio.run(run())
