"""The postman: looks into the accounts' mailboxes for mails that came back.

A bounce is marked as seen only after it is settled, so one that was read by a process that died
is read again; settling it twice changes nothing.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import structlog

from headgate import clock
from headgate.channels.addresses import Reach
from headgate.channels.email import bounces, imap
from headgate.services.bounces import Mailbox, list_mailboxes, return_bounced
from headgate.worker.writer import Writer

EVERY_SECONDS = 60.0
_log = structlog.get_logger()


class Postman:
    def __init__(self, writer: Writer, reach: Reach) -> None:
        self._writer = writer
        self._reach = reach
        # Mailboxes may be slow, and nothing waits for them.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="postman")

    def start(self) -> None:
        """Begin; call it in the event loop."""
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._make_rounds())

    def stop(self) -> None:
        self._task.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _make_rounds(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                for mailbox in await self._writer.call(list_mailboxes):
                    await self._empty(mailbox)
            except Exception as error:
                _log.error("postman.failed", exc_info=error)

    async def _empty(self, mailbox: Mailbox) -> None:
        """Settle what is in a mailbox, then mark it; one in trouble keeps no other waiting."""
        server = mailbox.server
        try:
            fetch = partial(imap.fetch, server, self._reach)
            fetched = await self._loop.run_in_executor(self._thread, fetch)
            settled = [n for n, mail in fetched.mails.items() if await self._settle(mailbox, mail)]
            if settled:
                mark = partial(
                    imap.mark_seen, server, self._reach, validity=fetched.validity, numbers=settled
                )
                await self._loop.run_in_executor(self._thread, mark)
        except imap.FAILURES as error:
            _log.warning("mailbox.not_read", account=mailbox.account_id, error=repr(error))
        except Exception as error:
            _log.error("mailbox.failed", account=mailbox.account_id, exc_info=error)

    async def _settle(self, mailbox: Mailbox, mail: bytes) -> bool:
        bounce = bounces.read(mail)
        if bounce is None:
            return True
        settle = partial(
            return_bounced, account_id=mailbox.account_id, bounce=bounce, now=clock.now()
        )
        return await self._writer.call(settle)
