"""Leaves room for the process that serves, between two transactions of long work."""

import time

from headgate.cli.alone import seems_served

# Who waits for SQLite looks again every few milliseconds at first, at the longest every 100.
_SECONDS = 0.12


def leave() -> None:
    """Wait a moment where somebody may be waiting for the one writer of a SQLite file."""
    if seems_served():
        time.sleep(_SECONDS)
