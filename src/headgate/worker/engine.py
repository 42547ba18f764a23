"""The engine of one process: the writer and all that hands it work, started, drained together."""

import asyncio
import contextlib

from headgate.channels.addresses import Reach
from headgate.worker.checkup import Checkup
from headgate.worker.dispatcher import Dispatcher
from headgate.worker.herald import Herald
from headgate.worker.importer import Importer
from headgate.worker.postman import Postman
from headgate.worker.reporter import Reporter
from headgate.worker.tallier import Tallier
from headgate.worker.timetable import Timetable
from headgate.worker.watchers import Watchers
from headgate.worker.writer import Writer

RECORDING_SECONDS = 5.0


class Engine:
    def __init__(self, reach: Reach) -> None:
        self.writer = Writer()
        self.watchers = Watchers()
        self.dispatcher = Dispatcher(self.writer, reach, self.watchers)
        self._timetable = Timetable(self.writer, self.dispatcher)
        self._checkup = Checkup(self.writer, self.dispatcher)
        self._postman = Postman(self.writer, reach)
        self._herald = Herald(self.writer, self.dispatcher)
        self._importer = Importer(self.writer, self.dispatcher)
        self._tallier = Tallier()
        self._reporter = Reporter(self.dispatcher)

    async def start(self) -> None:
        """Begin; call it in the event loop."""
        await self.dispatcher.start()
        self.writer.start(asyncio.get_running_loop(), self.dispatcher)
        self._timetable.start()
        self._checkup.start()
        self._postman.start()
        self._herald.start()
        self._importer.start()
        self._tallier.start()
        self._reporter.start()

    async def stop(self, *, within_seconds: float) -> None:
        """Finish what is under way within the time to drain; the leases cover the rest."""
        self._timetable.stop()
        self._checkup.stop()
        self._postman.stop()
        self._herald.stop()
        self._importer.stop()
        self._tallier.stop()
        self._reporter.stop()
        await self.dispatcher.stop(drain_seconds=max(0.0, within_seconds - RECORDING_SECONDS))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._herald.finish(), RECORDING_SECONDS)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.to_thread(self.writer.stop), RECORDING_SECONDS)
