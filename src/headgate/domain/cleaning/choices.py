"""One or several of a field's options, by key or label."""

import re
from collections.abc import Callable, Mapping

from headgate.domain.cleaning.texts import folded, line_cleaner
from headgate.domain.cleaning.values import Clean, refused
from headgate.domain.flaws import Flawed

_SEPARATORS = re.compile("[,;|]")
_MOST_NAMED = 20


def choice_cleaner(place: str, options: Mapping[str, str]) -> Clean:
    """Compile the cleaning of one option, kept as its key."""
    line = line_cleaner(place)
    find = _finder(options)

    def clean(value: object) -> str | None:
        text = line(value)
        if text is None:
            return None
        key = find(text)
        if key is None:
            raise _not_an_option(place, options)
        return key

    return clean


def multichoice_cleaner(place: str, options: Mapping[str, str]) -> Clean:
    """Compile the cleaning of several options, kept as keys, each once, in the order sent.

    They come as a list, or as one text with `,`, `;` or `|` between them.
    """
    line = line_cleaner(place)
    find = _finder(options)

    def texts(value: object) -> list[str | None]:
        if isinstance(value, list):
            return [None if item is None else line(item) for item in value]
        text = line(value)
        if text is None or find(text) is not None:
            return [text]
        return [part.strip() for part in _SEPARATORS.split(text)]

    def clean(value: object) -> list[str] | None:
        keys: dict[str, None] = {}
        for text in filter(None, texts(value)):
            key = find(text)
            if key is None:
                raise _not_an_option(place, options)
            keys[key] = None
        return list(keys) or None

    return clean


def _finder(options: Mapping[str, str]) -> Callable[[str], str | None]:
    """Compile the search for an option: a key as it is written, then in any case, then a label."""
    loose: dict[str, str] = {}
    for key in options:
        loose.setdefault(folded(key), key)
    for key, label in options.items():
        loose.setdefault(folded(label), key)

    def find(text: str) -> str | None:
        return text if text in options else loose.get(folded(text))

    return find


def _not_an_option(place: str, options: Mapping[str, str]) -> Flawed:
    named = ", ".join(list(options)[:_MOST_NAMED])
    more = len(options) - _MOST_NAMED
    rest = f" or one of {more} more" if more > 0 else ""
    return refused(place, "not_an_option", f"must be one of the options: {named}{rest}")
