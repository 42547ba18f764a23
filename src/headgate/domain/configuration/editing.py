"""One thing of a configuration document is found, put in, moved or taken out."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import count
from typing import Any, Literal
from unicodedata import normalize

from msgspec import Struct

from headgate.domain.flaws import Flaw
from headgate.domain.sources import API_SOURCE

Kind = Literal["entities", "sources", "partners", "profiles", "forms", "webhooks"]
Document = dict[str, Any]
_LONGEST_MADE = 50


class ThingNotThere(LookupError):
    """The account's set-up has no such thing now; it was archived, or never was."""


class Thing(Struct, frozen=True):
    """What a slug names; `entity` tells the sources of the built-in name apart."""

    kind: Kind
    slug: str
    entity: str | None = None

    def is_said_by(self, written: Mapping[str, Any]) -> bool:
        return written["slug"] == self.slug and self.entity in (None, written.get("entity"))


def free_slug(name: str, taken: Collection[str]) -> str:
    """Make a slug of a name that nothing of its kind has had yet."""
    plain = normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    wanted = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_MADE].strip("-") or "new"
    numbered = (f"{wanted}-{number}" for number in count(2))
    return wanted if wanted not in taken else next(each for each in numbered if each not in taken)


def find(document: Mapping[str, Any], thing: Thing) -> Document | None:
    """Return what the document says of it."""
    return next((said for said in document[thing.kind] if thing.is_said_by(said)), None)


def put(document: Mapping[str, Any], kind: Kind, said: Document, *, instead: Thing | None) -> int:
    """Write it in the place of another, or at the end; return its place in the list.

    What its kind gives to new things is not filled in here: `said` is as a file would say it.

    :raises ThingNotThere: unless what it stands `instead` of is there.
    """
    listed: list[Document] = document[kind]
    if instead is None or (instead.slug == API_SOURCE and find(document, instead) is None):
        # The built-in source is there although no file lists it.
        listed.append(said)
        return len(listed) - 1
    place = index_of(document, instead)
    listed[place] = said
    return place


def take_out(document: Mapping[str, Any], thing: Thing) -> None:
    """:raises ThingNotThere:"""
    del document[thing.kind][index_of(document, thing)]


def put_assignment(
    document: Mapping[str, Any], profile: str, said: Document, *, instead: str | None
) -> int:
    """As `put`, for a seat of a profile.

    :raises ThingNotThere:
    """
    seats = document["profiles"][index_of(document, Thing("profiles", profile))]["assignments"]
    if instead is None:
        seats.append(said)
        return len(seats) - 1
    place = _seat_of(seats, profile, instead)
    seats[place] = said
    return place


def take_out_assignment(document: Mapping[str, Any], profile: str, slug: str) -> None:
    """:raises ThingNotThere:"""
    seats = document["profiles"][index_of(document, Thing("profiles", profile))]["assignments"]
    del seats[_seat_of(seats, profile, slug)]


def _seat_of(seats: Sequence[Document], profile: str, slug: str) -> int:
    for place, seat in enumerate(seats):
        if seat.get("slug", seat["partner"]) == slug:
            return place
    raise ThingNotThere(f"the profile {profile!r} has no assignment {slug!r}")


def reorder(document: Mapping[str, Any], kind: Kind, slugs: Sequence[str]) -> None:
    """Let the named things stand in this order, in the places that they hold together.

    :raises ThingNotThere: when one of them is not there.
    """
    listed: list[Document] = document[kind]
    places = sorted(index_of(document, Thing(kind, slug)) for slug in slugs)
    named = [listed[index_of(document, Thing(kind, slug))] for slug in slugs]
    for place, said in zip(places, named, strict=True):
        listed[place] = said


def index_of(document: Mapping[str, Any], thing: Thing) -> int:
    """:raises ThingNotThere:"""
    for place, said in enumerate(document[thing.kind]):
        if thing.is_said_by(said):
            return place
    raise ThingNotThere(f"there is nothing named {thing.slug!r} among the {thing.kind}")


def seen_from(flaws: Iterable[Flaw], part: str) -> list[Flaw]:
    """Name the places as one sees them who edits `part` alone; those outside it stay whole."""
    return [
        Flaw(flaw.place.removeprefix(part).lstrip("."), flaw.code, flaw.message)
        if flaw.place == part or flaw.place.startswith((f"{part}.", f"{part}["))
        else flaw
        for flaw in flaws
    ]
