"""Templates with `{{ lead.key }}` in them: parsed once, filled for each lead."""

import re
from collections.abc import Callable
from functools import lru_cache

from msgspec import Struct

_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][\w.]*)\s*\}\}", re.ASCII)
_JSON_QUOTE = re.compile(r'\\.|"', re.DOTALL)


class Gap(Struct, frozen=True):
    """A place to fill: the name without `lead.`, and whether it stands inside a JSON string."""

    name: str
    is_quoted: bool


@lru_cache(maxsize=1024)
def parse(template: str) -> tuple[str | Gap, ...]:
    """Split a template into its text and its gaps."""
    pieces = _PLACEHOLDER.split(template)
    parts: list[str | Gap] = []
    is_quoted = False
    for text, name in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        if text:
            parts.append(text)
            quotes = sum(1 for mark in _JSON_QUOTE.findall(text) if mark == '"')
            is_quoted ^= quotes % 2 == 1
        if name:
            parts.append(Gap(name.removeprefix("lead."), is_quoted))
    return tuple(parts)


def names(template: str) -> tuple[str, ...]:
    """Return what a template names, in order: `first_name` for `{{ lead.first_name }}`."""
    return tuple(part.name for part in parse(template) if isinstance(part, Gap))


def fill(template: str, text_of: Callable[[Gap], str]) -> str:
    """Put the texts into the gaps; `text_of` escapes them for where they stand."""
    return "".join(part if isinstance(part, str) else text_of(part) for part in parse(template))
