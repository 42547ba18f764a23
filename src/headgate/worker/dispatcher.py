"""The dispatcher: sends many deliveries at once, with no transaction open.

It is woken by new work and by the moment the next retry is due; a slow look every few seconds
is the safety net for what another process left behind.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from headgate import clock
from headgate.channels.addresses import Reach
from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.domain.ids import PartnerId
from headgate.services import lost_commits
from headgate.services.delivery import Recorded, Report
from headgate.services.digests import claim_digests
from headgate.services.errands import CommitUnanswered, Errand, claim_errands
from headgate.services.preparing import Prepared, prepare, without_sending
from headgate.services.routing import MOST_FIRST_SENDS, Leases
from headgate.services.submissions import Unavailable
from headgate.worker.load import Load
from headgate.worker.sending import SenderProcess
from headgate.worker.watchers import Watchers
from headgate.worker.writer import Writer

MOST_AT_ONE_PARTNER = 64
LOOK_EVERY_SECONDS = 5.0
FLUSH_AT = 128
FLUSH_AFTER_SECONDS = 0.03
_log = structlog.get_logger()


class Dispatcher:
    def __init__(self, writer: Writer, reach: Reach, watchers: Watchers) -> None:
        self._writer = writer
        self._sender = SenderProcess(reach)
        self._watchers = watchers
        self._load = Load()
        self._idle = asyncio.Event()
        self._finished: list[Report] = []
        self._flush: asyncio.TimerHandle | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._wake = asyncio.Event()
        self._has_backlog = False
        self._in_doubt: Sequence[Errand] = ()
        self._stopping = False
        self._looked_at = 0.0

    async def start(self) -> None:
        """Begin; call it in the event loop."""
        self._loop = asyncio.get_running_loop()
        await self._sender.start()
        self._looked_at = self._loop.time()
        self._looking = self._loop.create_task(self._look_for_work())

    async def stop(self, *, drain_seconds: float) -> None:
        """Let what is being sent end; what takes longer is left to its lease."""
        self._stopping = True
        self._looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._looking
        if self.outstanding:
            self._idle.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), drain_seconds)
        self._flush_now()
        await self._sender.stop()

    @property
    def outstanding(self) -> int:
        return self._load.total

    @property
    def looked_seconds_ago(self) -> float:
        """Return how long ago it last looked for work; a live one does so every few seconds."""
        return self._loop.time() - self._looked_at

    def leases(self) -> Leases:
        """Say how many new deliveries can be sent at once; any thread may ask."""
        return Leases(
            0 if self._stopping else MOST_FIRST_SENDS - self.outstanding,
            self._load.at_partners(),
            most_at_partner=MOST_AT_ONE_PARTNER,
            on_denial=self._note_backlog,
        )

    def _note_backlog(self) -> None:
        """Look for work as soon as something has ended: it makes room for what is left."""
        self._has_backlog = True

    def take(self, errands: Sequence[Errand]) -> None:
        """Send these, all at once; any thread may ask.

        They count at once, so that whoever asks for leases next sees them.
        """
        if errands:
            self._load.add([errand.delivery.partner_id for errand in errands])
            self._soon(self._begin_all, errands)

    @property
    def sender_losses(self) -> int:
        """Return how often a sender of this process was lost."""
        return self._sender.losses

    async def ask(self, channel: str, request: object) -> Sent:
        """Send what is no delivery, such as a probe, and wait for how it ends."""
        ended: asyncio.Future[Sent] = self._loop.create_future()

        def answered(sent: Sent) -> None:
            if not ended.done():
                ended.set_result(sent)

        self._sender.send(channel, request, at=clock.now(), answered=answered)
        return await ended

    def recorded(self, recorded: Recorded) -> None:
        """Go on with what the recorded outcomes led to; any thread may ask."""
        self.take(recorded.errands)
        self._soon(self._go_on, recorded)

    def _soon(self, function: Callable[[Any], None], argument: object) -> None:
        # The loop is closed when a drain ran out of time; the leases cover what is left.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function, argument)

    def _go_on(self, recorded: Recorded) -> None:
        self._watchers.tell(recorded.leads)
        self.look_at(recorded.next_due_at)
        if self._has_backlog:
            self._wake.set()

    def look_at(self, moment: datetime | None) -> None:
        """Look for due work at that moment, if that is sooner than planned."""
        if moment is None or self._stopping:
            return
        at = self._loop.time() + max(0.0, (moment - clock.now()).total_seconds())
        if self._alarm is None or at < self._alarm.when():
            if self._alarm is not None:
                self._alarm.cancel()
            self._alarm = self._loop.call_at(at, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        self._wake.set()

    async def _look_for_work(self) -> None:
        while True:
            self._wake.clear()
            try:
                has_more = await self._writer.call(self._claim)
                self._looked_at = self._loop.time()
                if not has_more:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), LOOK_EVERY_SECONDS)
            except Unavailable as error:
                _log.warning("dispatcher.cannot_claim", error=str(error))
                await asyncio.sleep(1)
            except Exception as error:
                _log.error("dispatcher.failed", exc_info=error)
                await asyncio.sleep(1)

    def _claim(self) -> bool:
        """Claim what there is room for; True when there may be more to claim at once.

        It runs on the writer's thread: what ends from here on is recorded after it, and finds
        what was claimed counted, and whether there is a backlog.
        """
        if self._stopping:
            return False  # nobody would send it, and its lease would look lost
        room = MOST_FIRST_SENDS - self.outstanding
        if room <= 0:
            self._note_backlog()
            return False
        now, busy, leases = clock.now(), self._busy_partners(), self.leases()
        self.take(lost_commits.find_leased(self._in_doubt, now=now))
        self._in_doubt = ()
        self._has_backlog = bool(busy)
        # Each letter fills one place, however many leads it holds.
        letters = claim_digests(limit=room, busy_partners=busy, take_place=leases.take, now=now)
        self.take(letters)
        try:
            claimed = claim_errands(
                limit=max(0, room - len(letters)),
                busy_partners=busy,
                take_place=leases.take,
                now=now,
            )
        except CommitUnanswered as lost:
            self._in_doubt = lost.errands
            raise
        held = [errand.delivery.due_at for errand in claimed if errand.held]
        self.take([errand for errand in claimed if not errand.held])
        self._soon(self.look_at, min((due for due in held if due is not None), default=None))
        is_full = len(letters) + len(claimed) >= room
        self._has_backlog |= is_full
        # Those who became busy by this claim, or fail, may have hidden what others wait for.
        return is_full or bool(held) or (leases.denied and bool(letters or claimed))

    def _busy_partners(self) -> set[PartnerId]:
        at_partners = self._load.at_partners()
        return {id for id, count in at_partners.items() if count >= MOST_AT_ONE_PARTNER}

    def _begin_all(self, errands: Sequence[Errand]) -> None:
        for errand in errands:
            self._begin(errand)

    def _begin(self, errand: Errand) -> None:
        at = clock.now()
        try:
            ready = prepare(errand, now=at)
        except Exception as error:
            _log.error("delivery.not_prepared", delivery=str(errand.delivery.id), exc_info=error)
            why = f"Headgate could not make the request: {type(error).__name__}"
            ready = without_sending(Outcome.NOT_SENT, why)
        if isinstance(ready, Sent):
            # Its end must not come before the beginning of its neighbours.
            self._loop.call_soon(self._end, errand, at, None, ready)
        else:
            answered = partial(self._end, errand, at, ready)
            self._sender.send(ready.channel, ready.request, at=at, answered=answered)

    def _end(self, errand: Errand, at: datetime, prepared: Prepared | None, sent: Sent) -> None:
        self._load.remove(errand.delivery.partner_id)
        self._finished.append(
            Report(
                errand=errand,
                at=at,
                ended_at=clock.now(),
                sent=sent,
                shown=prepared.shown if prepared else None,
                body=prepared.body if prepared else None,
                parts=prepared.parts if prepared else (),
            )
        )
        if not self.outstanding:
            self._idle.set()
        if len(self._finished) >= FLUSH_AT:
            self._flush_now()
        elif self._flush is None:
            self._flush = self._loop.call_later(FLUSH_AFTER_SECONDS, self._flush_now)

    def _flush_now(self) -> None:
        if self._flush is not None:
            self._flush.cancel()
            self._flush = None
        finished, self._finished = self._finished, []
        if finished:
            self._writer.report(finished)
