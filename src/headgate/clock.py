"""The clock, for the doors and the commands; every other floor is told the time."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return this moment to the millisecond, as everything is stored and shown."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
