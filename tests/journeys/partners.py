"""Partners on loopback: one server whose paths accept, refuse, stall or break."""

import asyncio
import json
import threading
from types import TracebackType
from typing import Any, Self

from headgate.channels.mock_partner import MockPartner, Received


class Partners:
    """Serves on a thread of its own; every address names the partner that it stands for."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._left = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="partners")

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._left.set)
        self._thread.join(10)

    def url(self, behaviour: str, partner: str) -> str:
        return self._server.url(f"/{behaviour}?to={partner}")

    def received_by(self, partner: str) -> list[Received]:
        """Return the requests to this partner, the oldest first."""
        return [each for each in list(self._server.received) if addressee(each) == partner]

    @property
    def received(self) -> list[Received]:
        return list(self._server.received)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        async with MockPartner() as self._server:
            self._ready.set()
            await self._left.wait()


def addressee(request: Received) -> str:
    return request.path.rpartition("?to=")[2]


def body_of(request: Received) -> Any:
    return json.loads(request.body)
