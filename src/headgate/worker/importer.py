"""The importer: takes up imports that people began, and goes on with them batch by batch.

Each batch is one call of the writer, and between two of them whatever else came has its turn.
Nothing is lost with this process: where an import stands is written with its leads, and when
nobody has been at it for a while another process claims it.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import structlog
from django.db import connection

from headgate import clock
from headgate.domain.csv_files import Record
from headgate.services.imports import import_jobs, importing, undoing
from headgate.services.imports.importing import Begun, Stopped
from headgate.services.submissions import Unavailable
from headgate.storage.caps import CapFull
from headgate.storage.imports import Import, ImportState
from headgate.worker.dispatcher import Dispatcher
from headgate.worker.writer import Writer

EVERY_SECONDS = 1.0
_PAUSES_SECONDS = (0.1, 0.5, 2.0)
_Result = TypeVar("_Result")
_log = structlog.get_logger()


class Importer:
    def __init__(self, writer: Writer, dispatcher: Dispatcher) -> None:
        self._writer = writer
        self._dispatcher = dispatcher
        self._came = 0
        # Files are opened and parted into rows beside the writer.
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="importer")

    def start(self) -> None:
        """Begin; call it in the event loop."""
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._work())

    def stop(self) -> None:
        self._task.cancel()
        self._reader.submit(connection.close)
        self._reader.shutdown(wait=False)

    async def _work(self) -> None:
        while True:
            try:
                claim = partial(import_jobs.claim_next, now=clock.now())
                found = await self._writer.call(claim)
                if found is not None:
                    await self._go_on(found)
                    continue
            except Unavailable as error:
                _log.warning("imports.put_off", why=str(error))
            except Exception as error:
                _log.error("imports.failed", exc_info=error)
            await asyncio.sleep(EVERY_SECONDS)

    async def _go_on(self, found: Import) -> None:
        try:
            if found.state == ImportState.UNDOING:
                await self._undo(found)
            else:
                await self._import(found)
        except Stopped:
            _log.info("import.stopped", number=found.id)
        except Unavailable:
            raise
        except import_jobs.STAYS as trouble:
            await self._stop(found, str(trouble))
        except Exception as error:
            _log.error("import.failed", number=found.id, exc_info=error)
            await self._stop(found, "Headgate failed; the log says more")

    async def _import(self, found: Import) -> None:
        begun, batches = await self._read(partial(import_jobs.open_rows, found))
        while records := await self._read(partial(next, batches, None)):
            began = time.monotonic()
            done = await self._taken(begun, records)
            if done.distribute:
                self._dispatcher.look_at(clock.now())
            await self._leave_room(began)

    async def _taken(self, begun: Begun, records: list[Record]) -> Import:
        """Take a batch; what the database refuses for the moment is tried again."""
        for pause in _PAUSES_SECONDS:
            try:
                return await self._writer.call(_taking(begun, records))
            except (Unavailable, CapFull):
                await asyncio.sleep(pause)
        return await self._writer.call(_taking(begun, records))

    async def _undo(self, found: Import) -> None:
        while True:
            began = time.monotonic()
            undo = partial(
                undoing.undo_some,
                account_id=found.account_id,
                import_id=found.id,
                now=clock.now(),
            )
            if not await self._writer.call(undo):
                return
            keep = partial(import_jobs.keep_claim, import_id=found.id, now=clock.now())
            await self._writer.call(keep)
            await self._leave_room(began)

    async def _leave_room(self, began: float) -> None:
        """Rest for as long as the batch took, where leads came meanwhile."""
        came, self._came = self._came, self._writer.leads_received
        if came != self._came:
            await asyncio.sleep(time.monotonic() - began)

    async def _stop(self, found: Import, trouble: str) -> None:
        stop = partial(import_jobs.stop, import_id=found.id, trouble=trouble, now=clock.now())
        await self._writer.call(stop)

    async def _read(self, function: Callable[[], _Result]) -> _Result:
        return await self._loop.run_in_executor(self._reader, function)


def _taking(begun: Begun, records: list[Record]) -> Callable[[], Import]:
    return partial(importing.take_rows, begun=begun, records=records, now=clock.now())
