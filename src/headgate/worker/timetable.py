"""The timetable: what is done because time passed."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

import structlog
from django.db import InterfaceError, OperationalError
from msgspec import Struct

from headgate import clock
from headgate.services import sweeping, waiting
from headgate.services.errands import Errand
from headgate.services.events import sending as events_sending
from headgate.services.invoices import billing_rounds
from headgate.services.privacy import erasing, expiring, retention
from headgate.services.submissions import Unavailable
from headgate.worker.dispatcher import Dispatcher
from headgate.worker.writer import Writer

_log = structlog.get_logger()


class Chore(Struct, frozen=True):
    """Something done again and again where everything is written."""

    what: str
    every_seconds: float
    run: Callable[[datetime], None]


class Timetable:
    def __init__(self, writer: Writer, dispatcher: Dispatcher) -> None:
        self._writer = writer
        self._dispatcher = dispatcher
        self._tasks: list[asyncio.Task[None]] = []
        self._no_trace_before: datetime | None = None
        self._expiry = expiring.Expiry()

    def start(self) -> None:
        """Begin; call it in the event loop."""
        loop = asyncio.get_running_loop()
        chores = (
            Chore("waiting leads", 2.0, self._revisit_waiting_leads),
            Chore("sweeps", 0.25, self._sweep_on),
            Chore("traces of the erased", 5.0, self._leave_no_trace),
            Chore("what is kept for some days", 10.0, self._expire),
            Chore("what is over", 600.0, _forget_what_is_over),
            Chore("old events", 10.0, _forget_old_events),
            Chore("drafts of invoices", 60.0, _make_due_drafts),
        )
        self._tasks = [loop.create_task(self._repeat(chore)) for chore in chores]

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _repeat(self, chore: Chore) -> None:
        while True:
            await asyncio.sleep(chore.every_seconds)
            try:
                await self._writer.call(partial(chore.run, clock.now()))
            except Unavailable as error:
                _log.warning("timetable.put_off", what=chore.what, why=str(error))
            except Exception as error:
                _log.error("timetable.failed", what=chore.what, exc_info=error)

    def _revisit_waiting_leads(self, now: datetime) -> None:
        for account_id in waiting.accounts_to_revisit(now=now):
            revisit = partial(waiting.revisit_waiting_leads, account_id=account_id, now=now)
            self._do_part(revisit, account=account_id)

    def _sweep_on(self, now: datetime) -> None:
        for sweep_id in sweeping.sweeps_to_go_on():
            self._do_part(partial(sweeping.sweep_on, sweep_id=sweep_id, now=now), sweep=sweep_id)

    def _do_part(self, part: Callable[..., Sequence[Errand]], **whose: int) -> None:
        """Do what is one transaction, and have sent at once what it has leased.

        Whatever fails in it keeps no other waiting, unless the database is gone.
        """
        try:
            self._dispatcher.take(part(leases=self._dispatcher.leases()))
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            _log.error("timetable.failed", exc_info=error, **whose)

    def _expire(self, now: datetime) -> None:
        for gone in self._expiry.go_on(leases=self._dispatcher.leases(), now=now):
            _log.info(
                "retention.gone",
                account=gone.account_id,
                leads=gone.leads,
                attempt_bodies=gone.attempt_bodies,
            )

    def _leave_no_trace(self, now: datetime) -> None:
        """Clean up after whoever erased something, in this process or another."""
        clean = self._no_trace_before
        if (clean is None or erasing.erased_since(clean)) and erasing.leave_no_trace():
            self._no_trace_before = now


def _forget_what_is_over(now: datetime) -> None:
    retention.forget_what_is_over(now=now)


def _forget_old_events(now: datetime) -> None:
    events_sending.forget_old(now=now)


def _make_due_drafts(now: datetime) -> None:
    made = billing_rounds.make_due_drafts(now=now)
    if made:
        _log.info("invoices.drafted", drafts=made)
