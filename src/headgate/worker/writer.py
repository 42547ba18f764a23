"""The one thread of this process that writes: whatever waits is done together.

No lead waits for a timer: one that comes alone is stored at once, and under load everything that
came during one commit shares the next.
"""

import asyncio
import contextlib
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import structlog
from django.db import InterfaceError, OperationalError, connection

from headgate import clock
from headgate.domain.ids import AccountId
from headgate.services import intake, lost_commits
from headgate.services.batches import Answer
from headgate.services.delivery import Recorded, Report, record_outcomes
from headgate.services.errands import CommitUnanswered, Errand
from headgate.services.rates import Rates
from headgate.services.reports import figures
from headgate.services.routing import Leases
from headgate.services.submissions import Receipt, Submission, Unavailable
from headgate.storage import locks
from headgate.storage.caps import CapFull

MOST_WAITING = 2_000
LONGEST_WAIT_SECONDS = 5.0
LOOK_FOR_LATE_SECONDS = 0.5
MOST_LEADS_AT_ONCE = 256
MOST_OUTCOMES_AT_ONCE = 512
_PAUSES_SECONDS = (0.0, 0.1, 0.5)
_LONGEST_PAUSE_SECONDS = 2.0
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_log = structlog.get_logger()
# A submission, since when it waits by the monotonic clock, and who waits for it.
_Waiting = tuple[Submission, float, "asyncio.Future[Receipt]"]


class Sending(Protocol):
    """What the writer must know of the dispatcher."""

    def leases(self) -> Leases: ...
    def take(self, errands: Sequence[Errand]) -> None: ...
    def recorded(self, recorded: Recorded) -> None: ...


class Writer:
    def __init__(self) -> None:
        self._rates = Rates()
        self._leads: deque[_Waiting] = deque()
        self._reports: deque[Report] = deque()
        self._calls: deque[tuple[Callable[[], Any], asyncio.Future[Any]]] = deque()
        self._work = threading.Condition()
        self._leads_received = 0
        self._stopping = False
        self._refused_at: float | None = None
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    @property
    def leads_waiting(self) -> int:
        return len(self._leads)

    @property
    def leads_received(self) -> int:
        """Return how many leads came so far, so that long work can see that others wait too."""
        return self._leads_received

    @property
    def outcomes_waiting(self) -> int:
        return len(self._reports)

    @property
    def calls_waiting(self) -> int:
        return len(self._calls)

    @property
    def lead_refused_seconds_ago(self) -> float | None:
        """Return since when the database refuses leads, unless it took the last one."""
        return None if self._refused_at is None else time.monotonic() - self._refused_at

    def start(self, loop: asyncio.AbstractEventLoop, sending: Sending) -> None:
        self._loop = loop
        self._sending = sending
        self._thread.start()
        self._refuse_late()

    def stop(self) -> None:
        """Finish what waits, then end the thread; call it outside the event loop."""
        with self._work:
            self._stopping = True
            self._work.notify()
        self._thread.join()

    async def receive(self, submission: Submission) -> Receipt:
        """Store and route a lead with whatever else waits.

        :raises Unavailable: the queue is full, or the database cannot take it now.
        """
        if len(self._leads) >= MOST_WAITING:
            raise Unavailable("too many leads are waiting to be stored")
        future: asyncio.Future[Receipt] = self._loop.create_future()
        with self._work:
            self._leads.append((submission, time.monotonic(), future))
            self._leads_received += 1
            self._work.notify()
        return await future

    async def call(self, function: Callable[[], _Result]) -> _Result:
        """Run any other service that writes, on the thread that writes."""
        future: asyncio.Future[_Result] = self._loop.create_future()
        with self._work:
            self._calls.append((function, future))
            self._work.notify()
        return await future

    def report(self, reports: Sequence[Report]) -> None:
        """Have the outcomes recorded; they are kept until the database takes them."""
        with self._work:
            self._reports.extend(reports)
            self._work.notify()

    def _run(self) -> None:
        while True:
            with self._work:
                self._work.wait_for(
                    lambda: self._leads or self._reports or self._calls or self._stopping
                )
                reports = _take(self._reports, MOST_OUTCOMES_AT_ONCE)
                batch = _take(self._leads, MOST_LEADS_AT_ONCE)
                calls = _take(self._calls, len(self._calls))
                if not reports and not batch and not calls and self._stopping:
                    break
            for of_account in _by_account(reports):
                self._record(of_account)
            if batch:
                self._receive(batch)
            for function, future in calls:
                self._answer([(future, _attempt(function))])
        connection.close()

    def _receive(self, batch: Sequence[_Waiting]) -> None:
        answers = self._store([submission for submission, _, _ in batch])
        self._answer(
            [(future, answer) for (*_, future), answer in zip(batch, answers, strict=True)]
        )

    def _refuse_late(self) -> None:
        """Answer the leads that waited too long, in the event loop: the thread may be held up."""
        too_old = time.monotonic() - LONGEST_WAIT_SECONDS
        late = []
        with self._work:
            while self._leads and self._leads[0][1] < too_old:
                late.append(self._leads.popleft())
        if late:
            self._refused_at = time.monotonic()
            _log.warning("leads.not_stored", leads=len(late), error="they waited too long")
            refusal = Unavailable("the lead waited too long to be stored")
            _settle([(future, refusal) for _, _, future in late])
        self._loop.call_later(LOOK_FOR_LATE_SECONDS, self._refuse_late)

    def _store(self, submissions: Sequence[Submission], *, again: bool = False) -> list[Answer]:
        """Store a batch, whole if possible; one bad lead never fails its neighbours."""
        for pause in _PAUSES_SECONDS:
            if pause:
                time.sleep(pause)
            try:
                # A commit whose answer was lost, or that came before another account's error,
                # has stored them all the same.
                found = intake.find_receipts(submissions) if again or pause else {}
                rest = [each for each in submissions if each.id not in found]
                answers = dict(zip((each.id for each in rest), self._store_once(rest), strict=True))
                self._refused_at = None
                self._sending.take(intake.first_sends(found.values()))
                return [found.get(each.id) or answers[each.id] for each in submissions]
            except (OperationalError, InterfaceError, CapFull) as error:
                _log.warning("leads.not_stored", leads=len(submissions), error=repr(error))
                connection.close()
                if locks.were_waited_for(error):
                    break
            except Exception as error:
                connection.close()
                return self._store_apart(submissions, error, again=again)
        self._refused_at = time.monotonic()
        return [Unavailable("the database does not take it now")] * len(submissions)

    def _store_apart(
        self, submissions: Sequence[Submission], error: Exception, *, again: bool
    ) -> list[Answer]:
        half = len(submissions) // 2
        if half:
            parts = submissions[:half], submissions[half:]
            return [answer for part in parts for answer in self._store(part, again=True)]
        if not again:
            # Another process may have bound its idempotency key; the next look finds that.
            return self._store(submissions, again=True)
        _log.error("lead.failed", lead=str(submissions[0].id), exc_info=error)
        return [error]

    def _store_once(self, submissions: Sequence[Submission]) -> list[Answer]:
        if not submissions:
            return []
        received = intake.receive_leads(
            submissions=submissions,
            rates=self._rates,
            leases=self._sending.leases(),
            now=clock.now(),
        )
        self._sending.take(received.errands)
        figures.count_leads(
            answer.lead.state
            for answer in received.answers
            if isinstance(answer, Receipt) and not answer.replayed
        )
        return received.answers

    def _record(self, reports: Sequence[Report]) -> None:
        """Record an account's outcomes, for as long as it takes: nothing else proves them."""
        in_doubt: Sequence[Errand] = ()
        for pause in itertools.chain(_PAUSES_SECONDS, itertools.repeat(_LONGEST_PAUSE_SECONDS)):
            if pause:
                time.sleep(pause)
            try:
                self._sending.take(lost_commits.find_leased(in_doubt, now=clock.now()))
                in_doubt = ()
                recorded = record_outcomes(
                    reports=reports, leases=self._sending.leases(), now=clock.now()
                )
                self._sending.recorded(recorded)
                figures.count_outcomes(report.sent.outcome for report in reports)
                return
            except (OperationalError, InterfaceError, CapFull) as error:
                _log.warning("outcomes.not_recorded", outcomes=len(reports), error=repr(error))
                connection.close()
                if isinstance(error, CommitUnanswered):
                    in_doubt = error.errands
                if self._stopping:
                    return
            except Exception as error:
                connection.close()
                self._record_apart(reports, error)
                return

    def _record_apart(self, reports: Sequence[Report], error: Exception) -> None:
        if len(reports) == 1:
            delivery = reports[0].errand.delivery
            _log.error("outcome.lost", delivery=str(delivery.id), exc_info=error)
            return
        half = len(reports) // 2
        self._record(reports[:half])
        self._record(reports[half:])

    def _answer(self, answers: Sequence[tuple[asyncio.Future[Any], Any]]) -> None:
        self._soon(_settle, answers)

    def _soon(self, function: Callable[[Any], None], argument: object) -> None:
        # The loop is closed when a drain ran out of time; the leases cover what is left.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function, argument)


def _take(waiting: deque[_Item], most: int) -> list[_Item]:
    return [waiting.popleft() for _ in range(min(most, len(waiting)))]


def _by_account(reports: Sequence[Report]) -> list[list[Report]]:
    """Part the reports by what is one transaction, so that each can be tried again alone."""
    parts: dict[AccountId, list[Report]] = {}
    for report in reports:
        parts.setdefault(report.errand.delivery.account_id, []).append(report)
    return list(parts.values())


def _attempt(function: Callable[[], object]) -> object:
    try:
        return function()
    except (OperationalError, InterfaceError) as error:
        connection.close()
        _log.warning("call.failed", error=repr(error))
        return Unavailable("the database does not take it now")
    except Exception as error:
        return error


def _settle(answers: Sequence[tuple[asyncio.Future[Any], Any]]) -> None:
    for future, answer in answers:
        if future.cancelled():
            continue
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
