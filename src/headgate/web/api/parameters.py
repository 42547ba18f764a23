"""What a query says: which page, since when, which of a few words."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NoReturn
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from headgate.domain.cleaning.moments import datetime_cleaner
from headgate.domain.flaws import Flaw, Flawed
from headgate.web.api.route import Parameter
from headgate.web.errors import Problem

MOST_ON_A_PAGE = 200
ON_A_PAGE = 50
LONGEST_TEXT = 255
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"[1-9]\d{0,17}", re.ASCII)
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)

PAGING = (
    Parameter("limit", f"how many, 1 to {MOST_ON_A_PAGE}; {ON_A_PAGE} when left out", "integer"),
    Parameter("cursor", "the `next` of the page before"),
)
SPAN = (
    Parameter("from", "since this moment or day, included; RFC 3339"),
    Parameter("to", "until this moment or day, not included; RFC 3339"),
)


class Page(Struct, frozen=True):
    before: UUID | None
    limit: int


def names(parameters: Iterable[Parameter]) -> tuple[str, ...]:
    return tuple(parameter.name for parameter in parameters)


def page_of(query: Mapping[str, str]) -> Page:
    """:raises Flawed:"""
    return Page(_cursor(query.get("cursor")), limit_of(query))


def limit_of(query: Mapping[str, str]) -> int:
    text = query.get("limit", str(ON_A_PAGE))
    if not (text.isascii() and text.isdigit() and len(text) < 4) or not (
        1 <= int(text) <= MOST_ON_A_PAGE
    ):
        _refuse("limit", "out_of_range", f"a whole number from 1 to {MOST_ON_A_PAGE}")
    return int(text)


def moment_of(query: Mapping[str, str], name: str, zone: ZoneInfo) -> datetime | None:
    """Read a moment, or a day, which begins at midnight in `zone`."""
    text = query.get(name)
    if text is None:
        return None
    # A plus sign in a query is a space unless it was escaped.
    text = re.sub(r" (?=\d{2}:\d{2}$)", "+", text.strip())
    if _DAY.fullmatch(text):
        text += "T00:00:00"
    try:
        cleaned = datetime_cleaner(name, zone)(text)
    except Flawed as refusal:
        raise Flawed(refusal.flaws) from None
    if cleaned is None:
        _refuse(name, "not_a_datetime", "must be a moment, such as 2026-11-23T10:00:00-07:00")
    return datetime.fromisoformat(str(cleaned).replace("Z", "+00:00"))


def word_of(query: Mapping[str, str], name: str, allowed: Iterable[str]) -> str | None:
    text = query.get(name)
    if text is not None and text not in set(allowed):
        _refuse(name, "unknown_value", f"one of {', '.join(allowed)}")
    return text


def text_of(query: Mapping[str, str], name: str) -> str | None:
    text = query.get(name)
    if text is not None and len(text) > LONGEST_TEXT:
        _refuse(name, "too_long", f"at most {LONGEST_TEXT} characters")
    return text or None


def flag_of(query: Mapping[str, str], name: str) -> bool:
    return word_of(query, name, ("true", "false")) == "true"


def count_of(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        _refuse(name, "not_a_number", "a whole number")
    return int(text)


def id_of(text: str, *, of: str) -> UUID:
    """Read an id that stands in a path.

    :raises Problem: nothing has such an id.
    """
    if not _ID.fullmatch(text):
        raise Problem(404, "not_found", f"there is no {of} {text}")
    return UUID(text)


def number_of(text: str, *, of: str) -> int:
    """Read the number of a thing that stands in a path.

    :raises Problem: nothing has such a number.
    """
    if not _NUMBER.fullmatch(text):
        raise Problem(404, "not_found", f"there is no {of} {text}")
    return int(text)


def number_cursor_of(query: Mapping[str, str]) -> int | None:
    """Read the cursor of a list whose things have numbers."""
    text = query.get("cursor")
    if text is None:
        return None
    if not _NUMBER.fullmatch(text):
        _refuse("cursor", "bad_cursor", "send back the `next` of the page before")
    return int(text)


def _cursor(text: str | None) -> UUID | None:
    if text is None:
        return None
    if not _ID.fullmatch(text):
        _refuse("cursor", "bad_cursor", "send back the `next` of the page before")
    return UUID(text)


def _refuse(name: str, code: str, message: str) -> NoReturn:
    raise Flawed([Flaw(name, code, message)])
