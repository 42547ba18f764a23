"""Paths into a JSON answer, such as `$.a.b[0]`."""

import re
from decimal import Decimal
from functools import lru_cache

import msgspec

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d{1,6})\]|\[\"([^\"]+)\"\]|\['([^']+)'\]", re.ASCII)
_LONGEST_NUMBER = 40

_decoder = msgspec.json.Decoder(float_hook=Decimal)


class BadPath(ValueError):
    """The text is not a path such as `$.a.b[0]`."""


class NotJson(ValueError):
    """The text is not JSON."""


@lru_cache(maxsize=1024)
def parse(path: str) -> tuple[str | int, ...]:
    """Read a path into its keys and positions.

    :raises BadPath: it is not one.
    """
    steps: list[str | int] = []
    at = 1
    while path.startswith("$") and at < len(path):
        match = _STEP.match(path, at)
        if match is None:
            break
        name, position, *quoted = match.groups()
        steps.append(int(position) if position else name or quoted[0] or quoted[1])
        at = match.end()
    if not path.startswith("$") or at < len(path):
        raise BadPath(f"{path!r} is not a path such as $.a.b[0]")
    return tuple(steps)


def decode(text: str) -> object:
    """Read JSON with exact numbers.

    :raises NotJson: the text is not JSON, or nested too deep to be an answer.
    """
    try:
        found: object = _decoder.decode(text)
    except (msgspec.DecodeError, ValueError, ArithmeticError, RecursionError) as error:
        raise NotJson(str(error)) from None
    return found


def find(document: object, path: str) -> str | None:
    """Return the value at `path` as text; None when there is none, or it is not one value."""
    found = document
    for step in parse(path):
        if isinstance(step, str):
            found = found.get(step) if isinstance(found, dict) else None
        else:
            found = found[step] if isinstance(found, list) and step < len(found) else None
    return _text(found)


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        # 1e999999999 is a short answer and a long number.
        is_short = abs(value.adjusted()) < _LONGEST_NUMBER
        return format(value, "f") if is_short else str(value)
    if isinstance(value, int):
        return str(value)
    return None
