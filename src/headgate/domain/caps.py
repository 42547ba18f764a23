"""Caps: how many leads, or how much money, in a window of time."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


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


class Cap(Struct, frozen=True):
    per: Per
    unit: Unit
    limit: int


class Window(Struct, frozen=True):
    """A half-open span of time in UTC; `end` is None for a total, which never resets."""

    start: datetime
    end: datetime | None
