"""Opening hours: when an assignment takes leads."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from msgspec import Struct

from headgate.domain.flaws import Flaw
from headgate.domain.wall_time import clock_change

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SPAN = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MIDNIGHT = 24 * 60
_DAY = timedelta(days=1)
_HORIZON = timedelta(days=400)

Spans = tuple[tuple[int, int], ...]


class Hours(Struct, frozen=True, omit_defaults=True):
    """Spans of minutes of the day for Monday to Sunday, end excluded.

    A span whose end is not after its start runs into the next day (`22:00-06:00`).
    """

    week: tuple[tuple[tuple[int, int], ...], ...]
    closed_on: tuple[date, ...] = ()


def is_open(hours: Hours, zone: ZoneInfo, at: datetime) -> bool:
    """Tell whether the local wall clock at `at` stands in one of the spans.

    Only what the clock shows counts: a time that the clocks skip never comes, and a span that
    they show twice is open twice. A day in `closed_on` is closed from midnight to midnight: the
    night span of the day before ends there, and its own night span begins at the next midnight.
    """
    wall = at.astimezone(zone).replace(tzinfo=None)
    return any(start <= wall < end for start, end in _spans_on(hours, wall.date()))


def next_opening(hours: Hours, zone: ZoneInfo, after: datetime) -> datetime | None:
    """Return the first instant at or after `after` that is open; None if none within 400 days."""
    at = after.astimezone(UTC)
    horizon = at + _HORIZON
    while at <= horizon:
        # Until the clocks change, the wall clock and the line of instants run alike.
        until = clock_change(zone, at, at + _DAY) or at + _DAY
        wall = at.astimezone(zone).replace(tzinfo=None)
        opening = _first_open(hours, wall)
        if opening is not None and (instant := at + (opening - wall)) < until:
            return instant if instant <= horizon else None
        at = until
    return None


def next_common_opening(hours: Sequence[Hours], zone: ZoneInfo, after: datetime) -> datetime | None:
    """Return the first instant at or after `after` that is open in all; None within 400 days."""
    at, horizon = after, after + _HORIZON
    while at <= horizon:
        openings = [next_opening(each, zone, at) for each in hours]
        known = [opening for opening in openings if opening is not None]
        if len(known) < len(openings):
            return None
        latest = max(known, default=at)
        if latest <= at:
            return latest
        at = latest
    return None


def _first_open(hours: Hours, wall: datetime) -> datetime | None:
    """Return the first open moment from `wall` to the end of the next day."""
    for day in (wall.date(), wall.date() + _DAY):
        openings = [max(start, wall) for start, end in _spans_on(hours, day) if end > wall]
        if openings:
            return min(openings)
    return None


def _spans_on(hours: Hours, day: date) -> Iterator[tuple[datetime, datetime]]:
    """Yield the open spans of that day alone: cut at midnight, yesterday's night included."""
    if day in hours.closed_on:
        return
    midnight = datetime.combine(day, time.min)
    for start, end in hours.week[(day - _DAY).weekday()]:
        if 0 < end <= start:
            yield midnight, midnight + timedelta(minutes=end)
    for start, end in hours.week[day.weekday()]:
        last = _MIDNIGHT if end <= start else end
        yield midnight + timedelta(minutes=start), midnight + timedelta(minutes=last)


def read_hours(raw: object, *, place: str, flaws: list[Flaw]) -> Hours | None:
    """Read `{mon: "09:00-17:00", closed_on: ["2026-12-25"]}`; None is always open.

    Also None when something is wrong, with every flaw noted.
    """
    if raw is None:
        return None
    if not isinstance(raw, dict):
        flaws.append(
            Flaw(place, "wrong_type", f'{raw!r} is not hours such as {{mon: "09:00-17:00"}}')
        )
        return None
    found: list[Flaw] = [
        Flaw(
            f"{place}.{key}",
            "unknown_key",
            f"hours have only the keys {', '.join(DAYS)}, closed_on",
        )
        for key in raw
        if key not in (*DAYS, "closed_on")
    ]
    week = tuple(
        _read_spans(raw[day], f"{place}.{day}", found) if day in raw else () for day in DAYS
    )
    closed_on = _read_dates(raw.get("closed_on"), f"{place}.closed_on", found)
    flaws.extend(found)
    return None if found else Hours(week, closed_on)


def write_hours(hours: Hours) -> dict[str, object]:
    """Write hours so that `read_hours` reads the same."""
    written: dict[str, object] = {
        day: ",".join(_span_text(span, "-") for span in spans)
        for day, spans in zip(DAYS, hours.week, strict=True)
        if spans
    }
    if hours.closed_on:
        written["closed_on"] = [day.isoformat() for day in hours.closed_on]
    return written


def hours_in_words(hours: Hours) -> str:
    """Say `Mon–Fri 09:00–17:00, Sat 10:00–12:00 and 13:00–15:00; closed on 2026-12-25`."""
    parts = []
    for spans, group in groupby(zip(DAYS, hours.week, strict=True), key=lambda day: day[1]):
        names = [day.capitalize() for day, _ in group]
        if spans:
            days = names[0] if len(names) == 1 else f"{names[0]}–{names[-1]}"
            parts.append(f"{days} {' and '.join(_span_text(span, '–') for span in spans)}")
    if not parts:
        return "never open"
    closed = ", ".join(day.isoformat() for day in hours.closed_on)
    return ", ".join(parts) + (f"; closed on {closed}" if closed else "")


def _span_text(span: tuple[int, int], dash: str) -> str:
    return dash.join(f"{minute // 60:02}:{minute % 60:02}" for minute in span)


def _read_spans(raw: object, place: str, flaws: list[Flaw]) -> Spans:
    example = 'put the hours in quotes, such as "09:00-17:00" or "10:00-12:00,13:00-15:00"'
    if isinstance(raw, int | float):
        flaws.append(Flaw(place, "not_quoted", f"{raw!r} is a bare number; {example}"))
        return ()
    if not isinstance(raw, str) or not raw.strip():
        message = f"{raw!r} are no hours; {example}, or leave the day out to be closed"
        flaws.append(Flaw(place, "wrong_type", message))
        return ()
    return tuple(
        span for part in raw.split(",") if (span := _read_span(part.strip(), place, flaws))
    )


def _read_span(text: str, place: str, flaws: list[Flaw]) -> tuple[int, int] | None:
    match = _SPAN.fullmatch(text)
    if match is None:
        flaws.append(Flaw(place, "invalid", f'{text!r} is not a span such as "09:00-17:00"'))
        return None
    start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if max(start_minute, end_minute) > 59 or start >= _MIDNIGHT or end > _MIDNIGHT:
        message = f"{text!r} is no time of day; use 00:00 to 23:59, and up to 24:00 for the end"
        flaws.append(Flaw(place, "invalid", message))
        return None
    return start, end


def _read_dates(raw: object, place: str, flaws: list[Flaw]) -> tuple[date, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, list):
        message = f'{raw!r} is not a list of dates; write ["2026-12-25"]'
        flaws.append(Flaw(place, "wrong_type", message))
        return ()
    days = {_read_date(item, f"{place}[{n}]", flaws) for n, item in enumerate(raw)}
    return tuple(sorted(day for day in days if day is not None))


def _read_date(raw: object, place: str, flaws: list[Flaw]) -> date | None:
    if type(raw) is date:  # a YAML reader turns a bare 2026-12-25 into a date
        return raw
    if isinstance(raw, str) and _DATE.fullmatch(raw.strip()):
        try:
            return date.fromisoformat(raw.strip())
        except ValueError as reason:
            flaws.append(Flaw(place, "invalid", f"{raw!r} is no day of the calendar: {reason}"))
            return None
    flaws.append(Flaw(place, "invalid", f'{raw!r} is not a date such as "2026-12-25"'))
    return None
