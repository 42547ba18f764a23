"""A small account whose webhooks are told of everything, and what they were told."""

from datetime import datetime
from typing import Any

import msgspec
from small_world import CONFIGURATION, SmallWorld

from headgate.domain.events import FOR_SOURCES, LISTED
from headgate.storage import events
from headgate.storage.events import Event

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAA"
WAREHOUSE = f"""
  - {{slug: warehouse, url: "https://warehouse.example/", secret: {SECRET},
     events: [{", ".join(LISTED)}]}}
"""
AFFILIATE = f"""
  - {{slug: affiliate, url: "https://affiliate.example/", secret: {SECRET}, audience: source,
     sources: [site], events: [{", ".join(sorted(FOR_SOURCES))}]}}
"""


def telling_world(now: datetime, *webhooks: str, more: str = "") -> SmallWorld:
    listed = "webhooks:" + "".join(webhooks) if webhooks else ""
    return SmallWorld(now, CONFIGURATION + f"{listed}\n{more}\n".encode())


def events_of(world: SmallWorld, webhook: str = "warehouse") -> list[Event]:
    """Return what a webhook is told, in the order in which it happened."""
    return events.list_page(world.account_id, webhook, limit=100)[::-1]


def told(world: SmallWorld, webhook: str = "warehouse") -> list[dict[str, Any]]:
    return [msgspec.json.decode(event.body) for event in events_of(world, webhook)]


def types(world: SmallWorld, webhook: str = "warehouse") -> list[str]:
    return [event.type for event in events_of(world, webhook)]
