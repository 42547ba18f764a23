"""Days and moments: ISO dates, and RFC 3339 times in UTC."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from headgate.domain.cleaning.texts import line_cleaner
from headgate.domain.cleaning.values import Clean, refused

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATETIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ]((?:[01]\d|2[0-3]):\d{2}(?::\d{2})?)(\.\d+)?([Zz]|[+-]\d{2}:\d{2})?",
    re.ASCII,
)


def date_cleaner(place: str) -> Clean:
    """Compile the cleaning of a day, kept as `2026-11-23`."""
    line = line_cleaner(place)

    def clean(value: object) -> str | None:
        text = line(value)
        if text is None or (_DATE.fullmatch(text) and _is_a_day(text)):
            return text
        raise refused(place, "not_a_date", "must be a day of the calendar, such as 2026-11-23")

    return clean


def datetime_cleaner(place: str, zone: ZoneInfo) -> Clean:
    """Compile the cleaning of a moment, kept in UTC; without an offset it is read in `zone`."""
    line = line_cleaner(place)

    def clean(value: object) -> str | None:
        text = line(value)
        if text is None:
            return None
        moment = _moment(text, zone)
        if moment is None:
            raise refused(
                place, "not_a_datetime", "must be a moment, such as 2026-11-23T10:00:00-07:00"
            )
        return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"

    return clean


def _is_a_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    match = _DATETIME.fullmatch(text)
    if match is None:
        return None
    day, time, fraction, offset = match.groups()
    if fraction and len(time) < len("10:00:00"):
        return None
    milliseconds = (fraction or ".").ljust(4, "0")[:4]
    seconds = time if len(time) == len("10:00:00") else f"{time}:00"
    try:
        moment = datetime.fromisoformat(f"{day}T{seconds}{milliseconds}{(offset or '').upper()}")
        return (moment if offset else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
