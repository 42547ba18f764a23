"""The checkup: looks again and again whether partners that failed are alive."""

import asyncio
from collections.abc import Coroutine
from functools import partial

import structlog

from headgate import clock
from headgate.services import breakers
from headgate.services.breakers import Probe
from headgate.worker.dispatcher import Dispatcher
from headgate.worker.writer import Writer

PROBE_EVERY_SECONDS = 2.0
_log = structlog.get_logger()


class Checkup:
    def __init__(self, writer: Writer, dispatcher: Dispatcher) -> None:
        self._writer = writer
        self._dispatcher = dispatcher
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin; call it in the event loop."""
        self._begin(self._look_for_probes())

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _look_for_probes(self) -> None:
        while True:
            await asyncio.sleep(PROBE_EVERY_SECONDS)
            try:
                take = partial(breakers.take_due_probes, now=clock.now())
                for probe in await self._writer.call(take):
                    self._begin(self._probe(probe))
            except Exception as error:
                _log.error("checkup.failed", what="probes", exc_info=error)

    async def _probe(self, probe: Probe) -> None:
        sent = await self._dispatcher.ask(probe.channel, probe.request)
        record = partial(breakers.record_probe, probe=probe, sent=sent, now=clock.now())
        try:
            await self._writer.call(record)
        except Exception as error:
            # It is made again when its time to answer is over.
            _log.error("probe.not_recorded", partner=probe.key.partner_id, exc_info=error)

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
