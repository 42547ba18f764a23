"""The tallier: counts again what became of the leads of hours in which something changed."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import connection

from headgate import clock
from headgate.services.reports import tallying

COUNT_EVERY_SECONDS = 10.0
_log = structlog.get_logger()


class Tallier:
    """Counts beside the writer: its own writes are few and short."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tallier")
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; call it in the event loop."""
        self._task = asyncio.get_running_loop().create_task(self._count())

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._thread.submit(connection.close)
        self._thread.shutdown(wait=False)

    async def _count(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(COUNT_EVERY_SECONDS)
            try:
                await loop.run_in_executor(self._thread, _count_now)
            except Exception as error:
                _log.error("tallies.failed", exc_info=error)


def _count_now() -> None:
    # The oldest are left for the next time, so that an hour of now is never far behind.
    tallying.count_stale_hours(now=clock.now())
