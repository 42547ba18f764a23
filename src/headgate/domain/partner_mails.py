"""Mails about money to partners: how each stands, and when it is tried again."""

from datetime import datetime, timedelta
from enum import StrEnum


class MailState(StrEnum):
    WAITING = "waiting"  # it is tried, now or later
    SENT = "sent"  # the server took it
    GIVEN_UP = "given_up"  # refused for good, or tried for a day


# Before the 2nd, 3rd … try: a day in all, which a server that is being mended may need.
PAUSES = tuple(timedelta(minutes=each) for each in (1, 5, 20, 60, 180, 360, 810))


def next_try_at(tries: int, *, now: datetime) -> datetime | None:
    """Return when a mail that failed so often is tried again; None when it is given up."""
    return now + PAUSES[tries - 1] if tries <= len(PAUSES) else None
