"""Numbers of invoices: a format with the year in it counts anew every year."""

import re
from datetime import date

USUAL_FORMAT = "{year}-{number:4}"
LONGEST_SERIES = 20
_PLACE = re.compile(r"\{(year|month|number)(?::([1-9]))?\}", re.ASCII)
_FIXED = re.compile(r"[A-Za-z0-9/._-]*", re.ASCII)


class BadNumberFormat(ValueError):
    """The text is no format of numbers; the message says why."""


def check_format(text: str) -> None:
    """:raises BadNumberFormat:"""
    names = [name for name, _ in _PLACE.findall(text)]
    if names.count("number") != 1:
        raise BadNumberFormat("write {number} once in it, such as {year}-{number:4}")
    if "month" in names and "year" not in names:
        raise BadNumberFormat("{month} needs {year}, or numbers would come again")
    if not _FIXED.fullmatch(_PLACE.sub("", text)):
        raise BadNumberFormat("letters, digits, / . _ - and {year} {month} {number:4} are allowed")
    if len(series_of(text, date(2000, 12, 1))) > LONGEST_SERIES:
        raise BadNumberFormat(f"without its number it has at most {LONGEST_SERIES} characters")


def series_of(text: str, day: date) -> str:
    """Return what the numbers of that day have in common; each series is counted from 1."""
    return _filled(text, day, "#")


def number_of(text: str, day: date, sequence: int) -> str:
    """Return the number that is the given one of its series."""
    width = next(int(digits or 1) for name, digits in _PLACE.findall(text) if name == "number")
    return _filled(text, day, f"{sequence:0{width}d}")


def _filled(text: str, day: date, number: str) -> str:
    said = {"year": f"{day.year:04d}", "month": f"{day.month:02d}", "number": number}
    return _PLACE.sub(lambda place: said[place[1]], text)
