"""The text of a configuration file, YAML or JSON, taken apart into plain values."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import NoReturn, Protocol

import yaml

from headgate.domain.flaws import Flaw, Flawed

MAX_BYTES = 1024 * 1024
MAX_NESTING = 32
MAX_DIGITS = 400

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS = {"true": True, "True": True, "TRUE": True} | {
    "false": False,
    "False": False,
    "FALSE": False,
}
_WHOLE = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_PLAIN_WHOLE = re.compile(r"0|-?[1-9][0-9]*", re.ASCII)
_FRACTION = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)"
    r"|\.(?:nan|NaN|NAN)",
    re.ASCII,
)


class _Mark(Protocol):
    """Where something stands in the text, lines counted from 0."""

    @property
    def line(self) -> int: ...


class WrittenInt(int):
    """A whole number in an unusual spelling, kept so that advice can say `"02134"`."""

    written: str

    def __new__(cls, written: str) -> "WrittenInt":
        base = {"0o": 8, "0x": 16}.get(written[:2], 10)
        number = super().__new__(cls, written, base)
        number.written = written
        return number

    def __repr__(self) -> str:
        return self.written

    __str__ = __repr__


class WrittenFloat(float):
    """A fraction that still shows what was typed, such as `12.50`."""

    written: str

    def __new__(cls, written: str) -> "WrittenFloat":
        number = super().__new__(cls, re.sub(r"\.(?=[iInN])", "", written))
        number.written = written
        return number

    def __repr__(self) -> str:
        return self.written

    __str__ = __repr__


def read_document(source: bytes) -> Mapping[str, object]:
    """Read YAML 1.2, or JSON, without anchors, tags or repeated keys.

    :raises Flawed: not such a document; the place is a line, or the key in JSON.
    """
    if len(source) > MAX_BYTES:
        _refuse("file", "too_large", f"{len(source):,} bytes; a file has at most 1 MiB")
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        _refuse(f"line {line}", "not_utf8", "not UTF-8; save the file with that encoding")
    document = _read_json(text) if text.lstrip()[:1] == "{" else None
    if document is None:
        document = _read_yaml(text)
    if not isinstance(document, dict):
        _refuse("file", "not_a_mapping", "a file begins with `version: 1` and its parts")
    return document


def _refuse(place: str, code: str, message: str) -> NoReturn:
    raise Flawed([Flaw(place, code, message)])


def _read_json(text: str) -> object | None:
    """Return None for what is not JSON: YAML's flow style begins with a brace as well."""
    try:
        document: object = json.loads(
            text,
            object_pairs_hook=_json_object,
            parse_int=_whole,
            parse_float=WrittenFloat,
            parse_constant=lambda word: _refuse("file", "syntax", f"{word} is not JSON"),
        )
        _refuse_depth(document)
        return document
    except json.JSONDecodeError:
        return None
    except RecursionError:
        _refuse("file", "too_deep", f"nested deeper than {MAX_NESTING} levels")


def _refuse_depth(document: object) -> None:
    level = [document]
    for _ in range(MAX_NESTING):
        inner = [item for item in level if isinstance(item, dict | list)]
        level = [
            item for each in inner for item in (each.values() if isinstance(each, dict) else each)
        ]
    if level:
        _refuse("file", "too_deep", f"nested deeper than {MAX_NESTING} levels")


def _json_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            _refuse(key, "repeated_key", f"{key!r} stands twice in the same object; keep one")
        found[key] = value
    return found


def _whole(written: str, place: str = "file") -> int:
    if len(written) > MAX_DIGITS:
        _refuse(place, "syntax", f"a number of more than {MAX_DIGITS} digits")
    if _PLAIN_WHOLE.fullmatch(written):
        return int(written)
    return WrittenInt(written)


def _read_yaml(text: str) -> object:
    try:
        events = iter(list(yaml.parse(text, Loader=_LOADER)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        _refuse(_line(mark), "syntax", f"not YAML: {error.problem or error.context}")
    except yaml.YAMLError as error:
        _refuse("file", "syntax", f"not YAML: {' '.join(str(error).split())}")
    next(events)  # the stream's start
    if isinstance(next(events), yaml.StreamEndEvent):
        return None
    value = _value(next(events), events, depth=1)
    next(events)  # the document's end
    following = next(events)
    if not isinstance(following, yaml.StreamEndEvent):
        _refuse(_line(following.start_mark), "syntax", "a second document; a file has one")
    return value


def _line(mark: _Mark | None) -> str:
    return f"line {mark.line + 1}" if mark else "file"


def _value(event: yaml.Event, events: Iterator[yaml.Event], *, depth: int) -> object:
    place = _line(event.start_mark)
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        _refuse(place, "anchor", "anchors (&) and aliases (*) are not allowed; quote the text")
    if getattr(event, "tag", None):
        _refuse(place, "tag", "tags (!) are not allowed; quote the text")
    if depth > MAX_NESTING:
        _refuse(place, "too_deep", f"nested deeper than {MAX_NESTING} levels")
    if isinstance(event, yaml.ScalarEvent):
        plain = event.implicit[0]
        return _scalar(event.value, place) if plain else event.value
    if isinstance(event, yaml.SequenceStartEvent):
        return _sequence(events, depth=depth)
    return _mapping(events, depth=depth)


def _sequence(events: Iterator[yaml.Event], *, depth: int) -> list[object]:
    items = []
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        items.append(_value(event, events, depth=depth + 1))
    return items


def _mapping(events: Iterator[yaml.Event], *, depth: int) -> dict[object, object]:
    found: dict[object, object] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        place = _line(event.start_mark)
        if isinstance(event, yaml.CollectionStartEvent):
            _refuse(place, "syntax", "a key is a word, not a list or a mapping")
        key = _value(event, events, depth=depth + 1)
        if key in found:
            _refuse(place, "repeated_key", f"{key} stands twice in the same mapping; keep one")
        found[key] = _value(next(events), events, depth=depth + 1)
    return found


def _scalar(text: str, place: str) -> object:
    """Read a plain scalar as YAML 1.2 does: `on` and `2026-12-25` are text, `090` is a number."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _WHOLE.fullmatch(text):
        return _whole(text, place)
    return WrittenFloat(text) if _FRACTION.fullmatch(text) else text
