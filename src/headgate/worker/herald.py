"""The herald: tells webhooks of events, many at once, beside whatever else is sent."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import structlog
from django.db import connection

from headgate import clock
from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.services.events import sending
from headgate.services.events.sending import Address, Telling, Told
from headgate.services.submissions import Unavailable
from headgate.worker.dispatcher import Dispatcher
from headgate.worker.writer import Writer

LOOK_EVERY_SECONDS = 1.0
FLUSH_AFTER_SECONDS = 0.03
MOST_AT_ONCE = 256
_Result = TypeVar("_Result")
_log = structlog.get_logger()


class Herald:
    """Looks beside the writer; what it writes has its turn between two batches of leads."""

    def __init__(self, writer: Writer, dispatcher: Dispatcher) -> None:
        self._writer = writer
        self._dispatcher = dispatcher
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="herald")
        self._under_way: Counter[Address] = Counter()
        self._looks = 0
        self._taken_at: dict[Address, int] = {}
        self._told: list[Told] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()

    def start(self) -> None:
        """Begin; call it in the event loop."""
        self._looking = asyncio.get_running_loop().create_task(self._look())

    def stop(self) -> None:
        """Take nothing more; call `finish` once the sender has ended."""
        self._looking.cancel()
        self._reader.submit(connection.close)
        self._reader.shutdown(wait=False)

    async def finish(self) -> None:
        """Record what has ended; the rest is left to its lease."""
        for task in self._tasks:
            task.cancel()
        with contextlib.suppress(Unavailable):
            await self._record()

    async def _look(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self._begin_what_is_due()
            except Unavailable as error:
                _log.warning("events.put_off", why=str(error))
            except Exception as error:
                _log.error("events.failed", exc_info=error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LOOK_EVERY_SECONDS)

    async def _begin_what_is_due(self) -> None:
        room = MOST_AT_ONCE - self._under_way.total()
        due = await self._read(partial(sending.find_due, now=clock.now()))
        # Whoever has least under way comes first, so that nobody waits for those who are slow,
        # then whoever waits longest, so that nobody waits for those who have much to be told.
        due.sort(key=lambda each: (self._under_way[each], self._taken_at.get(each, 0)))
        under_way = {
            each: self._under_way[each]
            for each in due[: room // sending.MOST_AT_ONE_WEBHOOK]
            if self._under_way[each] < sending.MOST_AT_ONE_WEBHOOK
        }
        if not under_way:
            return
        self._looks += 1
        self._taken_at.update(dict.fromkeys(under_way, self._looks))
        take = partial(sending.take_due, under_way=under_way, now=clock.now())
        for telling in await self._writer.call(take):
            self._under_way[telling.address] += 1
            task = asyncio.get_running_loop().create_task(self._tell(telling))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _tell(self, telling: Telling) -> None:
        if telling.request is None:
            sent = Sent(Outcome.NOT_SENT, ms=0, written=False, error=telling.error)
        else:
            sent = await self._dispatcher.ask("webhook", telling.request)
        is_first = not self._told
        self._told.append(Told(telling, sent))
        if is_first:
            await asyncio.sleep(FLUSH_AFTER_SECONDS)
            try:
                await self._record()
            except Exception as error:
                # What is not recorded is sent again when its lease is over.
                _log.error("events.not_recorded", exc_info=error)
        self._under_way[telling.address] -= 1
        self._wake.set()

    async def _record(self) -> None:
        told, self._told = self._told, []
        if told:
            await self._writer.call(partial(sending.record_told, told=told, now=clock.now()))

    async def _read(self, function: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._reader, _run, function)


def _run(function: Callable[[], _Result]) -> _Result:
    """Run it on this thread's connection, which is given up when anything went wrong."""
    try:
        return function()
    except Exception:
        connection.close()
        raise
