"""What sources were refused, noted beside the answers and written down now and then.

A lead's own row tells of the requests that were taken, so those cost nothing here. A refusal is
kept in memory for a moment; one that comes with a process's end is lost, and nothing else.
"""

import asyncio
from collections import deque
from functools import partial

import structlog

from headgate import clock
from headgate.services import sources
from headgate.services.sources import FlawTold, Refused, RefusedNow
from headgate.web.api.http import Request
from headgate.web.doors import Doors
from headgate.web.errors import Problem

EVERY_SECONDS = 1.0
MOST_SOURCES = 200
MOST_FLAWS = 20
_log = structlog.get_logger()


class Diary:
    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._waiting: dict[str, deque[RefusedNow]] = {}
        self._writing: asyncio.Task[None] | None = None

    def note(self, request: Request, path: str, problem: Problem) -> None:
        """Note a refusal for the key that the request names, if it names one."""
        try:
            digest = request.key_digest()
        except Problem:
            return
        if digest not in self._waiting and len(self._waiting) >= MOST_SOURCES:
            return
        told = [FlawTold(flaw.place, flaw.message) for flaw in problem.flaws[:MOST_FLAWS]]
        refused = Refused(path, problem.detail, told)
        waiting = self._waiting.setdefault(digest, deque(maxlen=sources.MOST_REQUESTS))
        waiting.append(RefusedNow(digest, clock.now(), problem.status, refused))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.get_running_loop().create_task(self._write_soon())

    async def write(self) -> None:
        """Write down what waits."""
        taken, self._waiting = self._waiting, {}
        refusals = [each for waiting in taken.values() for each in waiting]
        if refusals:
            await self._doors.write(partial(sources.keep_refusals, refusals=refusals))

    async def _write_soon(self) -> None:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            await self.write()
        except Exception as error:
            _log.warning("refusals.not_kept", error=repr(error))
