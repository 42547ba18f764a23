"""Waiting for what becomes of a lead, for whoever wants the outcome in the same call."""

import asyncio

from headgate.domain.deliveries import OPEN
from headgate.domain.ids import LeadId
from headgate.storage import deliveries, leads
from headgate.web.doors import Doors

LONGEST_WAIT_SECONDS = 30.0


async def settled(
    lead_id: LeadId, doors: Doors, wait_seconds: float
) -> tuple[leads.Lead, list[deliveries.Delivery]]:
    """Return the lead once no delivery of it is open, or as it is at the deadline."""
    deadline = asyncio.get_running_loop().time() + wait_seconds

    def read() -> tuple[leads.Lead, list[deliveries.Delivery]]:
        return leads.find_many([lead_id])[lead_id], deliveries.of_leads([lead_id])[lead_id]

    with doors.watching(lead_id) as event:
        while True:
            event.clear()
            lead, made = await doors.read(read)
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0 or not any(delivery.state in OPEN for delivery in made):
                return lead, made
            # Another process may record the outcome, so it is also looked up now and then.
            try:
                await asyncio.wait_for(event.wait(), min(left, 1.0))
            except TimeoutError:
                continue
