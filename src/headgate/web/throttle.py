"""Slows down whoever guesses: so many tries of one kind within a span of time."""

from collections import deque
from collections.abc import Hashable
from datetime import datetime, timedelta
from threading import Lock

MOST_KEYS = 10_000


class Throttle:
    """Counts tries in this process's memory; a restart forgets them."""

    def __init__(self, most: int, *, within: timedelta) -> None:
        self._most = most
        self._within = within
        self._tries: dict[Hashable, deque[datetime]] = {}
        self._lock = Lock()

    def allows(self, key: Hashable, *, now: datetime) -> bool:
        """Count one try more, unless there were too many already."""
        with self._lock:
            if key not in self._tries and len(self._tries) >= MOST_KEYS:
                self._forget_old(now)
            tries = self._tries.setdefault(key, deque())
            while tries and tries[0] <= now - self._within:
                tries.popleft()
            if len(tries) >= self._most:
                return False
            tries.append(now)
            return True

    def forgive(self, key: Hashable) -> None:
        with self._lock:
            self._tries.pop(key, None)

    def _forget_old(self, now: datetime) -> None:
        """Let go of what no longer counts; under attack, of everything."""
        since = now - self._within
        self._tries = {key: tries for key, tries in self._tries.items() if tries[-1] > since}
        if len(self._tries) >= MOST_KEYS:
            self._tries.clear()
