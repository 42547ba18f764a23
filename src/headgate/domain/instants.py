"""Instants as records and the contract write them: Unix milliseconds, and RFC 3339 in UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_milliseconds(moment: datetime) -> int:
    """Count whole milliseconds since 1970, without the rounding of a float."""
    return (moment - _EPOCH) // _MILLISECOND


def from_milliseconds(count: int) -> datetime:
    return _EPOCH + count * _MILLISECOND


def rfc3339(moment: datetime) -> str:
    """Write `2026-11-23T10:00:00.123Z`."""
    written = moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return f"{written}Z"
