"""Caps: how many leads, or how much money, in a window of time."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct

from headgate.domain.flaws import Flaw
from headgate.domain.money import BadAmount, format_amount, parse_amount
from headgate.domain.wall_time import clock_change, first_instant

_TOTAL_START = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_MOST_LEADS = 1_000_000_000


class Per(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"  # from Monday 00:00
    MONTH = "month"  # from the 1st
    TOTAL = "total"


class Unit(StrEnum):
    LEADS = "leads"
    SPEND = "spend"  # minor units of the account's currency


class Scope(StrEnum):
    """Whose cap it is."""

    ASSIGNMENT = "assignment"
    PARTNER = "partner"
    PROFILE = "profile"
    SOURCE = "source"
    BALANCE = "balance"  # a prepaid partner's: what it owes, which may not exceed zero


NO_LIMIT = 10**15  # of what is only counted; more than anybody sells, and exact in JSON


class Cap(Struct, frozen=True):
    per: Per
    unit: Unit
    limit: int

    @property
    def has_limit(self) -> bool:
        """Tell whether it can ever be full; otherwise it is no cap to people, but a count."""
        return self.limit != NO_LIMIT

    def counts_like(self, other: "Cap") -> bool:
        """Tell whether both of one owner are kept by the same counter."""
        return (self.per, self.unit) == (other.per, other.unit)


OWED = Cap(Per.TOTAL, Unit.SPEND, 0)
LEADS_OF_THE_MONTH = Cap(Per.MONTH, Unit.LEADS, NO_LIMIT)


class Window(Struct, frozen=True):
    """A half-open span of time in UTC; `end` is None for a total, which never resets."""

    start: datetime
    end: datetime | None

    def holds(self, at: datetime) -> bool:
        return self.start <= at and (self.end is None or at < self.end)


def window(per: Per, zone: ZoneInfo, at: datetime) -> Window:
    """Return the window of `zone`'s calendar that holds `at`; windows tile all time.

    A day begins at the first instant whose local date is that day, so it may last 23 or 25
    hours; weeks and months begin with their first day. An hour runs from one full hour of the
    local clock to the next; a change of the clocks ends it and begins another, so an hour that
    the clocks show twice is two windows.
    """
    at = at.astimezone(UTC)
    if per is Per.TOTAL:
        return Window(_TOTAL_START, None)
    if per is Per.HOUR:
        return _clock_hour(zone, at)
    first_day = _first_day(per, at.astimezone(zone).date())
    # Clocks put back across midnight show the date of yesterday again, in today's window.
    while (end := _midnight(zone, _following(per, first_day))) <= at:
        first_day = _following(per, first_day)
    return Window(_midnight(zone, first_day), end)


def _clock_hour(zone: ZoneInfo, at: datetime) -> Window:
    local = at.astimezone(zone)
    start = at - timedelta(
        minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
    end = start + _HOUR
    return Window(
        clock_change(zone, start, at) or start,
        clock_change(zone, at, end) or end,
    )


def _first_day(per: Per, day: date) -> date:
    if per is Per.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if per is Per.MONTH else day


def _following(per: Per, first_day: date) -> date:
    if per is Per.MONTH:
        return (first_day + timedelta(days=31)).replace(day=1)
    return first_day + timedelta(days=7 if per is Per.WEEK else 1)


def _midnight(zone: ZoneInfo, day: date) -> datetime:
    return first_instant(zone, datetime.combine(day, time.min))


def read_caps(raw: object, *, place: str, currency: str, flaws: list[Flaw]) -> tuple[Cap, ...]:
    """Read `[{per: day, leads: 50}, {per: month, spend: "5000.00"}]`, noting every flaw."""
    if raw is None:
        return ()
    if not isinstance(raw, list):
        flaws.append(
            Flaw(
                place,
                "wrong_type",
                f"{raw!r} is not a list of caps; write [{{per: day, leads: 50}}]",
            )
        )
        return ()
    caps: list[Cap] = []
    for position, item in enumerate(raw):
        here = f"{place}[{position}]"
        cap = _read_cap(item, here, currency, flaws)
        if cap is None:
            continue
        if any(map(cap.counts_like, caps)):
            message = f"there is already a cap of {cap.unit} per {cap.per}; keep one of them"
            flaws.append(Flaw(here, "repeated", message))
        caps.append(cap)
    return tuple(caps)


def write_caps(caps: tuple[Cap, ...], *, currency: str) -> list[dict[str, object]]:
    """Write caps so that `read_caps` reads the same."""
    return [
        {
            "per": str(cap.per),
            str(cap.unit): (
                format_amount(cap.limit, currency) if cap.unit is Unit.SPEND else cap.limit
            ),
        }
        for cap in caps
    ]


def _read_cap(raw: object, place: str, currency: str, flaws: list[Flaw]) -> Cap | None:
    if not isinstance(raw, dict):
        flaws.append(
            Flaw(place, "wrong_type", f"{raw!r} is not a cap such as {{per: day, leads: 50}}")
        )
        return None
    flaws.extend(
        Flaw(f"{place}.{key}", "unknown_key", "a cap has only the keys per, leads, spend")
        for key in raw
        if key not in ("per", "leads", "spend")
    )
    per = _read_per(raw.get("per"), f"{place}.per", flaws)
    units = [unit for unit in Unit if unit in raw]
    if len(units) != 1:
        message = "a cap counts either leads or spend; give exactly one of the two"
        flaws.append(Flaw(place, "invalid", message))
        return None
    (unit,) = units
    here = f"{place}.{unit}"
    if unit is Unit.LEADS:
        limit = _read_leads(raw[unit], here, flaws)
    else:
        limit = _read_spend(raw[unit], here, currency, flaws)
    return None if per is None or limit is None else Cap(per, unit, limit)


def _read_per(raw: object, place: str, flaws: list[Flaw]) -> Per | None:
    if isinstance(raw, str) and raw in list(Per):
        return Per(raw)
    shown = "the window is missing" if raw is None else f"{raw!r} is not a window"
    flaws.append(Flaw(place, "invalid", f"{shown}; use one of {', '.join(Per)}"))
    return None


def _read_leads(raw: object, place: str, flaws: list[Flaw]) -> int | None:
    if type(raw) is int and 0 <= raw <= _MOST_LEADS:
        return raw
    message = f"{raw!r} is not a whole number from 0 to {_MOST_LEADS:,}; 0 means no leads at all"
    flaws.append(Flaw(place, "invalid", message))
    return None


def _read_spend(raw: object, place: str, currency: str, flaws: list[Flaw]) -> int | None:
    example = format_amount(parse_amount("5000", currency), currency)
    if not isinstance(raw, str):
        message = f'{raw!r} is not a quoted amount; put it in quotes, such as "{example}"'
        flaws.append(Flaw(place, "not_quoted", message))
        return None
    try:
        limit = parse_amount(raw, currency)
    except BadAmount as reason:
        flaws.append(Flaw(place, "invalid", str(reason)))
        return None
    if limit < 0:
        flaws.append(Flaw(place, "invalid", f"{raw!r} is below 0; a cap is 0 or more"))
        return None
    return limit
