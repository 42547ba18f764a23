"""The timetable: what is done because time passed."""

import asyncio
from functools import partial

import structlog

from headgate import clock
from headgate.services import waiting
from headgate.worker.dispatcher import Dispatcher
from headgate.worker.writer import Writer

_log = structlog.get_logger()
WAITING_EVERY_SECONDS = 2.0


class Timetable:
    def __init__(self, writer: Writer, dispatcher: Dispatcher) -> None:
        self._writer = writer
        self._dispatcher = dispatcher

    def start(self) -> None:
        """Begin; call it in the event loop."""
        self._task = asyncio.get_running_loop().create_task(self._revisit_waiting())

    def stop(self) -> None:
        self._task.cancel()

    async def _revisit_waiting(self) -> None:
        """Decide waiting leads again when their cap has room or their hours begin."""
        while True:
            await asyncio.sleep(WAITING_EVERY_SECONDS)
            try:
                revisit = partial(
                    waiting.revisit_waiting_leads, leases=self._dispatcher.leases(), now=clock.now()
                )
                self._dispatcher.take(await self._writer.call(revisit))
            except Exception as error:
                _log.error("timetable.failed", what="waiting leads", exc_info=error)
