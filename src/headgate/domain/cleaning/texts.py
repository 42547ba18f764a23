"""Text as people send it: trimmed, NFC, and without what no store or screen can hold."""

import re
import unicodedata
from collections.abc import Callable

from headgate.domain.cleaning.values import refused
from headgate.domain.flaws import Flawed

LINE_LIMIT = 1_000
TEXTAREA_LIMIT = 20_000
CleanText = Callable[[object], str | None]

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LINE_BREAK = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
# NFC takes quadratic time in the length of a run of combining marks.
_MOST_MARKS = 100
# NFC makes one character of at most four.
_SHRINKS_BY = 4


def line_cleaner(place: str, limit: int = LINE_LIMIT) -> CleanText:
    """Compile the cleaning of a single line; line breaks in it become spaces."""

    def clean(value: object) -> str | None:
        if not isinstance(value, str):
            raise _not_text(place, value)
        if value.isascii() and value.isprintable():
            text = value.strip()
        else:
            text = _normalised(place, _LINE_BREAK.sub(" ", value), limit)
        if len(text) > limit:
            raise _too_long(place, limit)
        return text or None

    return clean


def textarea_cleaner(place: str) -> CleanText:
    """Compile the cleaning of a text of several lines; every kind of line break becomes LF."""

    def clean(value: object) -> str | None:
        if not isinstance(value, str):
            raise _not_text(place, value)
        text = _normalised(place, _LINE_BREAK.sub("\n", value), TEXTAREA_LIMIT)
        if len(text) > TEXTAREA_LIMIT:
            raise _too_long(place, TEXTAREA_LIMIT)
        return text or None

    return clean


def folded(text: str) -> str:
    """Return the form in which texts are compared: any case, single spaces, none outside."""
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def storable(text: str) -> str:
    """Return `text` with U+FFFD for the characters that no database takes."""
    return _UNSTORABLE.sub("\ufffd", text)


def _normalised(place: str, text: str, limit: int) -> str:
    if _UNSTORABLE.search(text):
        raise refused(place, "bad_character", "must not hold a NUL or half a surrogate pair")
    text = text.strip()
    if text.isascii():
        return text
    if len(text) > _SHRINKS_BY * limit:
        raise _too_long(place, limit)
    if len(text) > _MOST_MARKS and _longest_run_of_marks(text) > _MOST_MARKS:
        raise refused(
            place, "bad_character", f"must not put more than {_MOST_MARKS} accents on one letter"
        )
    return unicodedata.normalize("NFC", text)


def _longest_run_of_marks(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        longest = max(longest, run)
    return longest


def _not_text(place: str, value: object) -> Flawed:
    if isinstance(value, list | dict):
        return refused(place, "bad_type", "must be one text, not a list or an object")
    return refused(place, "bad_type", 'must be text: put it in quotes, such as "90210"')


def _too_long(place: str, limit: int) -> Flawed:
    return refused(place, "too_long", f"must have at most {limit:,} characters")
