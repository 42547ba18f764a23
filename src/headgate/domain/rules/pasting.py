"""Many values in one text: as somebody pastes them, and written so that they read back the same."""

import re
from collections.abc import Iterable

_SEPARATORS = "\n,;\t"
# A value in quotes may hold separators; a quote inside it is doubled, as spreadsheets do.
_PIECE = re.compile(
    rf'[ ]*"(?P<quoted>(?:[^"]|"")*)"[ ]*(?=[{_SEPARATORS}]|$)|(?P<plain>[^{_SEPARATORS}]+)'
)
_CODES = re.compile(r"[\d-]{4,}(?: +[\d-]{4,})+", re.ASCII)
_NUMBERS = re.compile(r"\d+(?: +\d+){2,}", re.ASCII)


def pasted_values(text: str) -> list[str]:
    """Return the values, each once; lines, commas, semicolons and tabs stand between them.

    Spaces do only between numbers that look like a list: `90210 90211`, but neither `New York`
    nor `110 00`.
    """
    found: list[str] = []
    for piece in _PIECE.finditer(text.replace("\r\n", "\n").replace("\r", "\n")):
        quoted, plain = piece["quoted"], piece["plain"]
        if quoted is not None:
            found.append(quoted.replace('""', '"').strip())
        else:
            found += _parted(plain.strip())
    return list(dict.fromkeys(value for value in found if value))


def written_values(values: Iterable[str]) -> str:
    """Write one value a line, in quotes where it would not read as one value otherwise."""
    return "\n".join(_written(value) for value in values)


def _written(value: str) -> str:
    if pasted_values(value) == [value] and '"' not in value:
        return value
    doubled = value.replace('"', '""')
    return f'"{doubled}"'


def _parted(piece: str) -> list[str]:
    words = piece.split()
    is_list = _CODES.fullmatch(piece) or (
        _NUMBERS.fullmatch(piece) and len({len(word) for word in words}) == 1
    )
    return words if is_list else [piece]
