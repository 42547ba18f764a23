"""What a list's query string says: filters, and where the page begins."""

from collections.abc import Callable, Mapping
from typing import NewType, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest

from headgate.domain.ids import milliseconds_of
from headgate.domain.instants import from_milliseconds, rfc3339
from headgate.storage.lists import MOST_COUNTED
from headgate.storage.walks import Counted

PAGE = 50
Cursor = NewType("Cursor", UUID)
_Id = TypeVar("_Id")


def chosen(request: HttpRequest, name: str) -> str | None:
    return request.GET.get(name, "").strip() or None


def cursor(request: HttpRequest) -> UUID | None:
    """Return the id that the page begins below; anything unreadable begins at the top."""
    return id_of(request.GET.get("before", ""))


def id_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def position(request: HttpRequest) -> int:
    """Return how many entries of a list that is read whole stand before the page."""
    said = request.GET.get("from", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else 0


def address_of(path: str, kept: Mapping[str, str | None]) -> str:
    """Return the list's address with what was chosen in it."""
    said = {name: value for name, value in kept.items() if value}
    return f"{path}?{urlencode(said)}" if said else path


def count_in_words(count: int) -> str:
    return f"{MOST_COUNTED:,}+" if count > MOST_COUNTED else f"{count:,}"


def counted_in_words(counted: Counted) -> str:
    """Say how many there are; nothing where none was found among those looked at."""
    if counted.more:
        return f"{counted.number:,}+" if counted.number else ""
    return f"{counted.number:,}"


def counted(
    shown: int, older: str | None, before: UUID | None, count: Callable[[], Counted]
) -> Counted:
    """Count a list, unless its first page shows all that a count would find."""
    return Counted(shown, older is not None) if before is None and shown < PAGE else count()


def looked_back_to(shown: int, older: str | None) -> str | None:
    """Return how far back a page looked that stopped before it was full."""
    if older is None or shown >= PAGE:
        return None
    return rfc3339(from_milliseconds(milliseconds_of(UUID(older))))
