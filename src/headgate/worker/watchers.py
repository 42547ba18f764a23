"""Tells whoever waits for a lead that something of it was recorded."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from headgate.domain.ids import LeadId


class Watchers:
    """Lives in one event loop."""

    def __init__(self) -> None:
        self._events: dict[LeadId, set[asyncio.Event]] = {}

    @contextmanager
    def watching(self, lead_id: LeadId) -> Iterator[asyncio.Event]:
        """Give an event that is set whenever a delivery of the lead is recorded."""
        event = asyncio.Event()
        self._events.setdefault(lead_id, set()).add(event)
        try:
            yield event
        finally:
            self._events[lead_id].discard(event)
            if not self._events[lead_id]:
                del self._events[lead_id]

    def tell(self, lead_ids: Iterable[LeadId]) -> None:
        for lead_id in lead_ids:
            for event in self._events.get(lead_id, ()):
                event.set()
