"""Digests: when the next letter to a partner is due, and which deliveries wait for it together."""

from datetime import datetime, time, timedelta
from hashlib import blake2b
from uuid import UUID
from zoneinfo import ZoneInfo

from headgate.domain.wall_time import first_instant

HOURLY = "hourly"
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


def next_digest(digest: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the first full hour, or daily time, of the partner's clock after `now`."""
    local = now.astimezone(zone)
    if digest == HOURLY:
        since = timedelta(
            minutes=local.minute, seconds=local.second, microseconds=local.microsecond
        )
        return now - since + _HOUR
    wall = datetime.combine(local.date(), time.fromisoformat(digest.removeprefix("daily ")))
    today = first_instant(zone, wall)
    return today if today > now else first_instant(zone, wall + _DAY)


def digest_key(*parts: object) -> UUID:
    """Return the name of a group that waits together: everything its deliveries have alike."""
    written = "\0".join(map(str, parts))
    return UUID(bytes=blake2b(written.encode(), digest_size=16).digest())
