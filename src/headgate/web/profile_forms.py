"""A profile while it is edited: what is posted, what its buttons do, and which partners are open.

A partner that is folded up travels as one hidden value, an open one by its controls; so a profile
with forty partners stays a small page.
"""

import re
from collections.abc import Iterable, Sequence

from django.http import QueryDict

from headgate.domain.configuration.editing import Document, free_slug
from headgate.domain.entities import Entity
from headgate.domain.flaws import Flaw
from headgate.domain.profiles import Strategy
from headgate.web import delivery_drafts, drafts, focusing, rule_drafts
from headgate.web.delivery_drafts import Closed
from headgate.web.drafts import BadPlace
from headgate.web.profile_words import BY_PRIORITY

SEATS = "assignments"
MOST_OPEN = 8  # A form has a thousand controls at most, an open partner up to a hundred.
NEW_PARTNERS = "_partner"
DRAWN_STRATEGY = "_strategy"
_SEAT = re.compile(rf"(?:_\w+ )?{SEATS}\[([0-9]{{1,4}})\](:json)?")
_ADD, _OPEN, _FOLD, _SORT = "seat", "open", "fold", "sort"
_FIRST_PRIORITY, _STEP = 100, 10


class ProfileForm:
    """`form` is the draft in a form's shape; `focus` is the control that the keyboard goes to."""

    def __init__(self, form: Document, opened: Iterable[Document] = ()) -> None:
        self.form = form
        self.focus = ""
        self._opened = list(opened)

    @classmethod
    def of_written(cls, said: Document) -> "ProfileForm":
        return cls(delivery_drafts.opened(said))

    @classmethod
    def of_posted(cls, posted: QueryDict, entity: Entity) -> "ProfileForm":
        """Read what is posted, each condition fitted to its field.

        :raises BadPlace:
        """
        form = drafts.read_posted(posted)
        rule_drafts.follow_fields(form, posted, entity)
        rule_drafts.regroup(form, posted)
        found = {int(seat[1]): bool(seat[2]) for name in posted if (seat := _SEAT.match(name))}
        seats = form.get(SEATS, [])
        if not isinstance(seats, list) or not all(isinstance(seat, dict) for seat in seats):
            raise BadPlace(f"{SEATS} are a list of partners with their settings")
        folded = [found[number] for number in sorted(found)]
        opened = [seat for seat, is_folded in zip(seats, folded, strict=True) if not is_folded]
        if form.get("strategy") != posted.get(DRAWN_STRATEGY, form.get("strategy")):
            form.pop("exclusive", None)  # another strategy has another habit
        for part in (form, *opened):
            rule_drafts.fit(part.get("rules"), entity)
        return cls(form, opened)

    @property
    def seats(self) -> list[Document]:
        seats: list[Document] = self.form.setdefault(SEATS, [])
        return seats

    @property
    def goes_by_priority(self) -> bool:
        return self.form.get("strategy", Strategy.FIRST_MATCH) in BY_PRIORITY

    def is_open(self, seat: Document) -> bool:
        return any(each is seat for each in self._opened)

    def open(self, seat: Document) -> None:
        """Open it; the one that has been open for longest is folded up when they are many."""
        if not self.is_open(seat):
            self._opened = [*self._opened[1 - MOST_OPEN :], seat]

    def open_flawed(self, flaws: Iterable[Flaw]) -> None:
        """Open the partners with something to mend, so that each flaw finds its control."""
        for flaw in flaws:
            place = _SEAT.match(flaw.place)
            if place and int(place[1]) < len(self.seats):
                self.open(self.seats[int(place[1])])

    def closed(self, kept: Document) -> Closed:
        """Return the document that is meant, with what the form does not show."""
        return delivery_drafts.closed(self.form | kept)

    def suggest(self, keys: list[str]) -> None:
        """Begin choices of fields with all of them."""
        delivery_drafts.suggest(self.form, keys)

    def act(self, deed: str, posted: QueryDict, entity: Entity) -> None:
        """Do what a button says.

        :raises BadPlace:
        """
        verb, _, place = deed.partition(" ")
        seat = drafts.value_at(self.form, place) if place else None
        if verb == _ADD:
            self.add(posted.getlist(NEW_PARTNERS))
        elif verb in (_OPEN, _FOLD):
            self._fold(seat, opens=verb == _OPEN)
        elif verb == _SORT:
            self.seats.sort(key=lambda each: -_priority(each))
        elif verb in rule_drafts.DEEDS:
            rule_drafts.act(self.form, deed, entity)
        else:
            self._act_on_entry(verb, place, deed)
        self.focus = focusing.after(self.form, deed) or self.focus

    def add(self, partners: Sequence[str]) -> None:
        """Seat the partners at the end, each ten below the one before it.

        All are lifted alike where that would end below ten.
        """
        lowest = min(map(_priority, self.seats), default=_FIRST_PRIORITY + _STEP)
        for partner in partners:
            lowest -= _STEP
            seat: Document = {"partner": partner, "priority": lowest}
            if partner in self._slugs():
                seat["slug"] = free_slug(partner, self._slugs())
            self.seats.append(seat)
        if partners and lowest < _STEP:
            for seat in self.seats:
                seat["priority"] = _priority(seat) + _STEP - lowest
        if partners:
            self.focus = focusing.seat_toggle(f"{SEATS}[{len(self.seats) - len(partners)}]")

    def add_new(self, partners: Sequence[str]) -> None:
        """Seat those that have no seat yet."""
        seated = {seat.get("partner") for seat in self.seats}
        self.add([partner for partner in partners if partner not in seated])

    def _fold(self, seat: object, *, opens: bool) -> None:
        if isinstance(seat, dict) and opens:
            self.open(seat)
        else:
            self._opened = [each for each in self._opened if each is not seat]

    def _act_on_entry(self, verb: str, place: str, deed: str) -> None:
        found = _SEAT.fullmatch(place)
        before = [_priority(seat) for seat in self.seats]
        delivery_drafts.act(self.form, deed)
        if found is None:
            return
        number = int(found[1])
        if verb in ("up", "down") and self.goes_by_priority:
            # The place in the list is the preference: who moves takes the other's number.
            for seat, priority in zip(self.seats, before, strict=True):
                seat["priority"] = priority
        if verb == "copy" and number + 1 < len(self.seats):
            copy = self.seats[number + 1]
            copy["slug"] = free_slug(_slug(copy), self._slugs())
            delivery_drafts.forget_stored(copy)
            self.open(copy)

    def _slugs(self) -> set[str]:
        return {_slug(seat) for seat in self.seats}


def _slug(seat: Document) -> str:
    return str(seat.get("slug") or seat.get("partner", ""))


def _priority(seat: Document) -> int:
    priority = seat.get("priority", 0)
    return priority if isinstance(priority, int) else 0
