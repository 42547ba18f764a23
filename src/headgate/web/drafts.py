"""A thing of the set-up while a person edits it: what they typed, and what is wrong with it.

The controls of a form are named by their places in the configuration document (`name`,
`caps[0].leads`, `delivery.auth.token`), so that the posted form reads as the document and every
flaw finds its control. What follows a colon says how a control is read: see `READERS`. Names that
begin with an underscore are the page's own.
"""

import json
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from django.http import QueryDict
from msgspec import Struct

from headgate.domain.configuration.editing import Document
from headgate.domain.flaws import Flaw
from headgate.domain.rules.pasting import pasted_values

_STEP = re.compile(r"\.?([a-z0-9_-]+)|\[([0-9]{1,4})\]", re.IGNORECASE)
_WHOLE = re.compile(r"[-+]?[0-9]{1,15}")
_ABSENT = object()
_Path = tuple[str | int, ...]


class BadPlace(ValueError):
    """A control's name is no place of a document."""


class Draft(Struct, frozen=True):
    """`seen` is the version that the person was looking at when they began."""

    said: Document
    seen: int
    flaws: tuple[Flaw, ...] = ()

    def value(self, place: str) -> Any:
        """Return what stands there, None for nothing."""
        return value_at(self.said, place)

    def messages(self, place: str) -> list[str]:
        """Return what is wrong at the place, or within what one control holds."""
        return [
            flaw.message
            for flaw in self.flaws
            if flaw.place == place or flaw.place.startswith(f"{place}[")
        ]

    def own_messages(self, place: str) -> list[str]:
        """Return what is wrong at the place itself."""
        return [flaw.message for flaw in self.flaws if flaw.place == place]


def read_posted(posted: QueryDict) -> Document:
    """Return the document that a form describes; what is left blank is absent from it.

    An entry of a list stays although all its controls are blank: it was there to be seen.

    :raises BadPlace:
    """
    document: Document = {}
    for name in posted:
        if name.startswith("_") or name == "csrfmiddlewaretoken":
            continue
        place, _, kind = name.partition(":")
        if kind not in READERS:
            raise BadPlace(f"{name!r}: a control cannot be read as {kind!r}")
        _put(document, _steps(place), READERS[kind](posted.getlist(name)))
    said: Document = _tidied(document)
    return said


def value_at(document: object, place: str) -> Any:
    found = document
    for step in _steps(place):
        if isinstance(step, int):
            found = found[step] if isinstance(found, list) and step < len(found) else None
        else:
            found = found.get(step) if isinstance(found, Mapping) else None
    return found


def act(document: Document, deed: str) -> None:
    """Do what a button says: `add caps`, or `remove`, `copy`, `up` or `down` with `caps[1]`.

    A deed on an entry that is not there does nothing.

    :raises BadPlace:
    """
    verb, _, place = deed.partition(" ")
    if verb == "add":
        _list_at(document, _steps(place)).append({})
        return
    *above, index = _steps(place)
    entries = value_at(document, _written(above))
    if verb not in _DEEDS or not isinstance(index, int):
        raise BadPlace(f"{deed!r} is nothing that can be done to a draft")
    if isinstance(entries, list) and index < len(entries):
        _DEEDS[verb](entries, index)


def _swap_up(entries: list[Any], index: int) -> None:
    if index > 0:
        entries[index - 1], entries[index] = entries[index], entries[index - 1]


def _swap_down(entries: list[Any], index: int) -> None:
    if index + 1 < len(entries):
        _swap_up(entries, index + 1)


def _copy(entries: list[Any], index: int) -> None:
    entries.insert(index + 1, deepcopy(entries[index]))


_DEEDS: dict[str, Callable[[list[Any], int], object]] = {
    "remove": lambda entries, index: entries.pop(index),
    "copy": _copy,
    "up": _swap_up,
    "down": _swap_down,
}


def _text(values: list[str]) -> object:
    return values[-1].strip() or _ABSENT


def _verbatim(values: list[str]) -> object:
    text = values[-1].replace("\r\n", "\n")
    return text if text.strip() else _ABSENT


def _number(values: list[str]) -> object:
    """Leave what is no whole number as it was typed, for the document's reader to refuse."""
    text = values[-1].strip()
    return int(text) if _WHOLE.fullmatch(text) else text or _ABSENT


def _flag(values: list[str]) -> object:
    return values[-1] == "yes"


def _lines(values: list[str]) -> object:
    return [line.strip() for line in values[-1].splitlines() if line.strip()] or _ABSENT


def _words(values: list[str]) -> object:
    """Read words that commas, or lines, stand between."""
    parts = values[-1].replace("\n", ",").split(",")
    return [part.strip() for part in parts if part.strip()] or _ABSENT


def _chosen(values: list[str]) -> object:
    return [value for value in values if value] or _ABSENT


def _pairs(values: list[str]) -> object:
    """Read lines such as `house = House`; a line without a sign is its own label."""
    pairs = (line.partition("=") for line in values[-1].splitlines() if line.strip())
    return {key.strip(): label.strip() or key.strip() for key, _, label in pairs} or _ABSENT


def _pasted(values: list[str]) -> object:
    """Read many values, however they were separated."""
    return pasted_values(values[-1]) or _ABSENT


def _nothing_too(values: list[str]) -> object:
    """Read one of two ends, each of which keeps its place while the other is blank."""
    return values[-1].strip() or None


def _entries(_: list[str]) -> object:
    """Keep the place of a list that may have no entries, whose controls follow."""
    return {}


def _as_it_was(values: list[str]) -> object:
    """Read a part that the page carries along without showing it.

    :raises BadPlace: somebody changed it by hand.
    """
    try:
        return json.loads(values[-1])
    except ValueError as error:
        raise BadPlace(f"a part that was carried along cannot be read: {error}") from error


def _secret(values: list[str]) -> object:
    """Read `env:NAME` as the variable of that name; a control left blank keeps what is stored."""
    text = values[-1].strip()
    if text.startswith("env:"):
        return {"env": text.removeprefix("env:").strip()}
    return text or ({"stored": True} if "stored" in values[:-1] else _ABSENT)


READERS: dict[str, Callable[[list[str]], object]] = {
    "": _text,
    "verbatim": _verbatim,
    "number": _number,
    "flag": _flag,  # a tick box behind a hidden "no"
    "lines": _lines,
    "words": _words,
    "list": _chosen,  # several of one name
    "pairs": _pairs,
    "pasted": _pasted,
    "end": _nothing_too,
    "entries": _entries,
    "json": _as_it_was,
    "secret": _secret,  # behind a hidden "stored" where one is stored
}


def _steps(place: str) -> _Path:
    steps: list[str | int] = []
    end = 0
    while end < len(place):
        found = _STEP.match(place, end)
        if found is None:
            raise BadPlace(f"{place!r} is no place in a configuration")
        word, number = found.groups()
        steps.append(word if number is None else int(number))
        end = found.end()
    if not steps or isinstance(steps[0], int):
        raise BadPlace(f"{place!r} is no place in a configuration")
    return tuple(steps)


def _written(steps: list[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)[1:]


def _put(document: Document, path: _Path, value: object) -> None:
    """Build the way to the place, lists as mappings by their numbers until all is read."""
    inside: dict[str | int, Any] = document  # type: ignore[assignment]
    for step in path[:-1]:
        inside = inside.setdefault(step, {})
        if not isinstance(inside, dict):
            raise BadPlace(f"{path} stands within a value")
    if value is not _ABSENT:
        inside[path[-1]] = value


def _tidied(read: Any) -> Any:
    """Make lists of what stands by number, and leave out mappings in which nothing was said."""
    if not isinstance(read, dict):
        return read
    tidied = {key: _tidied(value) for key, value in read.items()}
    if tidied and all(isinstance(key, int) for key in tidied):
        return [tidied[number] for number in sorted(tidied)]
    return {key: value for key, value in tidied.items() if value != {}}


def _list_at(document: Document, path: _Path) -> list[Any]:
    inside: Any = document
    for step in path[:-1]:
        inside = inside[step] if isinstance(step, int) else inside.setdefault(step, {})
    entries: list[Any] = inside.setdefault(path[-1], [])
    return entries
