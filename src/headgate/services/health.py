"""Whether the database can be worked with, as this process sees it."""

from datetime import datetime

from msgspec import Struct

from headgate.storage import deliveries, installation

MOST_CLOCK_SECONDS = 2.0


class ClockDiffers(Exception):
    """The database's clock is too far from this machine's; the message says how far."""


class Backlog(Struct, frozen=True):
    """Since when the longest waiting due delivery has been due; None when nothing is."""

    oldest_due_at: datetime | None


def check_database(*, now: datetime) -> None:
    """Write something, and compare the clocks.

    :raises ClockDiffers: and whatever the database raises.
    """
    installation.try_writing()
    apart = abs((installation.clock_time() - now).total_seconds())
    if apart > MOST_CLOCK_SECONDS:
        raise ClockDiffers(f"the database's clock is {apart:.1f} s apart from this machine's")


def look_at_backlog(*, now: datetime) -> Backlog:
    return Backlog(deliveries.oldest_due(now=now))
