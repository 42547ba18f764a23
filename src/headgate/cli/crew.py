"""Several processes that serve together, watched over by the one that started them."""

import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

import structlog

_RESTART_SECONDS = 1.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_log = structlog.get_logger()


class Crew:
    """Processes that all run `work`; one that dies is replaced.

    They are forked before any thread or event loop is started. `ready` is called once all are.
    """

    def __init__(self, work: Callable[[], None], size: int, *, ready: Callable[[], None]) -> None:
        self._work = work
        self._size = size
        self._ready = ready
        self._members: set[int] = set()
        self._told_to_stop = False
        # Nobody writes to it: it ends when the first process does, and so tells the others.
        self._life, self._kept_open = os.pipe()

    def run(self) -> None:
        """Run until a signal; it is passed on, and everybody is waited for."""
        for each in _SIGNALS:
            signal.signal(each, self._stop)
        for _ in range(self._size):
            self._start_one()
        self._ready()
        while self._members:
            try:
                ended, status = os.wait()
            except InterruptedError:
                continue
            self._members.discard(ended)
            if not self._told_to_stop:
                _log.error("process.died", pid=ended, code=os.waitstatus_to_exitcode(status))
                time.sleep(_RESTART_SECONDS)
                self._start_one()

    def _stop(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self._told_to_stop = True
        for member in self._members:
            os.kill(member, signal.SIGTERM)

    def _start_one(self) -> None:
        # A signal that comes before the new member is known would not be passed on to it.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            if self._told_to_stop:
                return
            member = os.fork()
            if not member:
                self._be_a_member()
            self._members.add(member)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)

    def _be_a_member(self) -> NoReturn:
        code = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            os.close(self._kept_open)
            threading.Thread(target=self._leave_with_the_first, daemon=True).start()
            self._work()
            code = 0
        except Exception as error:
            _log.error("process.failed", exc_info=error)
        finally:
            os._exit(code)

    def _leave_with_the_first(self) -> None:
        os.read(self._life, 1)
        os.kill(os.getpid(), signal.SIGTERM)
