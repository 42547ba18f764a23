"""The checkup: probes partners that failed, and tells people what they should look at."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog
from django.db import connection

from headgate import clock
from headgate.domain.alerts import LOST_WITHIN
from headgate.services import alerts, breakers, telling
from headgate.services.breakers import Probe
from headgate.worker.dispatcher import Dispatcher
from headgate.worker.writer import Writer

PROBE_EVERY_SECONDS = 2.0
REVIEW_EVERY_SECONDS = 10.0
_Result = TypeVar("_Result")
_log = structlog.get_logger()


class Checkup:
    def __init__(self, writer: Writer, dispatcher: Dispatcher) -> None:
        self._writer = writer
        self._dispatcher = dispatcher
        self._tasks: set[asyncio.Task[None]] = set()
        # The rows are read beside the writer, which only writes what changed.
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="checkup")
        self._losses = 0
        self._lost_at: datetime | None = None

    def start(self) -> None:
        """Begin; call it in the event loop."""
        self._begin(self._look_for_probes())
        self._begin(self._review())

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._reader.submit(connection.close)
        self._reader.shutdown(wait=False)

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
            # What waited for the answer is due, if it was a good one.
            self._dispatcher.look_at(clock.now())
        except Exception as error:
            # It is made again when its time to answer is over.
            _log.error("probe.not_recorded", partner=probe.key.partner_id, exc_info=error)

    async def _review(self) -> None:
        while True:
            await asyncio.sleep(REVIEW_EVERY_SECONDS)
            try:
                await self._look_at_everything()
                take = partial(telling.take_tellings, now=clock.now())
                for each in await self._writer.call(take):
                    self._begin(self._tell(each))
            except Exception as error:
                _log.error("checkup.failed", what="alerts", exc_info=error)

    async def _look_at_everything(self) -> None:
        now = clock.now()
        find = partial(alerts.find_changes, sender_lost=self._lost_a_sender(now), now=now)
        loop = asyncio.get_running_loop()
        changes = await loop.run_in_executor(self._reader, _read, find)
        if changes:
            await self._writer.call(partial(alerts.write_changes, changes=changes, now=now))

    def _lost_a_sender(self, now: datetime) -> bool:
        losses = self._dispatcher.sender_losses
        if losses != self._losses:
            self._losses, self._lost_at = losses, now
        return self._lost_at is not None and now - self._lost_at < LOST_WITHIN

    async def _tell(self, each: telling.Telling) -> None:
        asked = [
            self._dispatcher.ask(message.channel, message.request) for message in each.messages
        ]
        sent = await asyncio.gather(*asked)
        record = partial(telling.record_told, telling=each, sent=sent, now=clock.now())
        try:
            if not await self._writer.call(record):
                # A server that answers may quote the address that it refuses.
                why = [one.status or one.error for one in sent if one.error]
                _log.warning("alerts.not_told", alerts=each.alert_ids, why=why)
        except Exception as error:
            _log.error("alerts.not_recorded", alerts=each.alert_ids, exc_info=error)

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _read(function: Callable[[], _Result]) -> _Result:
    """Run it on this thread's connection, which is given up when anything went wrong."""
    try:
        return function()
    except Exception:
        connection.close()
        raise
