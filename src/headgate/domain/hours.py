"""Opening hours: when an assignment takes leads."""

from datetime import date

from msgspec import Struct


class Hours(Struct, frozen=True, omit_defaults=True):
    """Spans of minutes of the day for Monday to Sunday, end excluded.

    A span whose end is not after its start runs into the next day (`22:00-06:00`).
    """

    week: tuple[tuple[tuple[int, int], ...], ...]
    closed_on: tuple[date, ...] = ()
