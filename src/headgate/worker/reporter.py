"""The reporter: sends the reports and the mails to partners that are due."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import structlog
from django.db import connection

from headgate import clock
from headgate.channels.contract import Sent
from headgate.channels.email.request import EmailRequest
from headgate.domain.deliveries import Outcome
from headgate.services.invoices import partner_mails
from headgate.services.reports import report_mails
from headgate.worker.dispatcher import Dispatcher

LOOK_EVERY_SECONDS = 20.0
_Result = TypeVar("_Result")
_log = structlog.get_logger()


class Reporter:
    """Reads beside the writer, as figures may take a while; its own writes are few and short."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reporter")
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin; call it in the event loop."""
        self._begin(self._look())

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._thread.submit(connection.close)
        self._thread.shutdown(wait=False)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            try:
                await self._take_all()
            except Exception as error:
                _log.error("reports.failed", exc_info=error)

    async def _take_all(self) -> None:
        for report in await self._on_thread(partial(report_mails.take_letters, now=clock.now())):
            record = partial(report_mails.record_letter, letter=report)
            self._begin(self._send(report.request, record))
        for mail in await self._on_thread(partial(partner_mails.take_letters, now=clock.now())):
            record_mail = partial(partner_mails.record_letter, letter=mail)
            self._begin(self._send(mail.request, record_mail))

    async def _send(self, request: EmailRequest, record: Callable[..., object]) -> None:
        sent: Sent = await self._dispatcher.ask("email", request)
        if sent.outcome is not Outcome.DELIVERED:
            _log.warning("letter.not_sent", letter=request.delivery_id, outcome=sent.outcome)
        try:
            await self._on_thread(partial(record, sent=sent, now=clock.now()))
        except Exception as error:
            # It is sent again when its time to be noted is over.
            _log.error("letter.not_recorded", letter=request.delivery_id, exc_info=error)

    async def _on_thread(self, function: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, _run, function)

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _run(function: Callable[[], _Result]) -> _Result:
    """Run it on this thread's connection, which is given up when anything went wrong."""
    try:
        return function()
    except Exception:
        connection.close()
        raise
