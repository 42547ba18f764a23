"""Partners and profiles while they are edited: their deliveries and hours in a form's shape.

While a form is open, `delivery` is a list however many ways there are, each in the shape of
`delivery_shapes`; closed again it is what a configuration file says.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext
from msgspec import Struct

from headgate.domain.configuration.editing import Document
from headgate.domain.flaws import Flaw
from headgate.web import channel_choices, drafts, hours_drafts
from headgate.web.delivery_shapes import CHOSEN, OWN, SHAPES, Closing

_WORKDAYS = "workdays"


class Closed(Struct, frozen=True):
    """What a form says as a document, to be saved unless `flaws` says what is wrong already."""

    said: Document
    closing: Closing

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        return self.closing.seen(())

    def seen(self, flaws: Iterable[Flaw]) -> tuple[Flaw, ...]:
        """Return the reader's flaws at the places of the form's controls."""
        return self.closing.seen(flaws)

    def settings_place(self, form_place: str) -> str | None:
        """Return where delivery settings of the form stand in the document."""
        return self.closing.document_place(form_place)


def opened(thing: Mapping[str, Any]) -> Document:
    """Return a partner, or a profile with its assignments, as a form shows it."""
    form = dict(thing)
    if "delivery" in form:
        ways = form["delivery"] if isinstance(form["delivery"], list) else [form["delivery"]]
        form["delivery"] = [_opened_settings(each) for each in ways]
    if "hours" in form:
        form["hours"] = hours_drafts.opened(form["hours"])
    if "assignments" in form:
        form["assignments"] = [opened(each) for each in form["assignments"]]
    return form


def closed(form: Mapping[str, Any]) -> Closed:
    """Return what a posted form says as a document."""
    closing = Closing()
    return Closed(_closed_thing(form, "", closing), closing)


def act(form: Document, deed: str) -> None:
    """Do what a button of the editor says, as `drafts.act` does.

    Delivery settings that came to another place are asked for their secrets again: what is
    stored belongs to the place.

    :raises BadPlace:
    """
    verb, _, place = deed.partition(" ")
    if verb == _WORKDAYS:
        hours = drafts.value_at(form, place)
        if isinstance(hours, dict):
            hours_drafts.copied_to_workdays(hours)
        return
    drafts.act(form, deed)
    ways, dot, number = place.rpartition("[")
    if verb != "add" and dot and ways.rpartition(".")[2] == "delivery":
        _forget_moved(drafts.value_at(form, ways), int(number.rstrip("]")), verb)


def suggest(form: Document, keys: list[str]) -> None:
    """Begin a choice of fields with all of them, so that what is not wanted is taken out."""
    for way in form.get("delivery", ()):
        fields = way.get("fields") if isinstance(way, dict) else None
        if isinstance(fields, dict) and fields.get("which") == CHOSEN and not fields.get("rows"):
            fields["rows"] = [{"key": key} for key in keys]
    for assignment in form.get("assignments", ()):
        suggest(assignment, keys)


def _forget_moved(ways: object, number: int, verb: str) -> None:
    moved = {
        "up": slice(max(number - 1, 0), number + 1),
        "down": slice(number, number + 2),
        "copy": slice(number + 1, None),
        "remove": slice(number, None),
    }
    if isinstance(ways, list):
        forget_stored(ways[moved[verb]])


def forget_stored(part: Any) -> None:
    if isinstance(part, list):
        for each in part:
            forget_stored(each)
    elif isinstance(part, dict):
        for key in [key for key, value in part.items() if value == {"stored": True}]:
            del part[key]
        for value in part.values():
            forget_stored(value)


def _opened_settings(said: Mapping[str, Any]) -> Document:
    form = {key: SHAPES[key].open(value) if key in SHAPES else value for key, value in said.items()}
    if "template" in form:
        form["body"] = OWN
    return form


def _closed_thing(form: Mapping[str, Any], place: str, closing: Closing) -> Document:
    said = dict(form)
    if "delivery" in form:
        delivery = _closed_ways(form["delivery"], f"{place}delivery", closing)
        _say(said, "delivery", delivery)
    if "hours" in form:
        _say(said, "hours", hours_drafts.closed(form["hours"]))
    if "assignments" in form:
        said["assignments"] = [
            _closed_thing(each, f"{place}assignments[{number}].", closing)
            for number, each in enumerate(form["assignments"])
        ]
    return said


def _closed_ways(ways: list[Document], place: str, closing: Closing) -> object:
    chosen = [(number, way) for number, way in enumerate(ways) if way.get("channel")]
    said = []
    for position, (number, way) in enumerate(chosen):
        there = place if len(chosen) == 1 else f"{place}[{position}]"
        closing.places[there] = f"{place}[{number}]"
        said.append(_closed_settings(way, there, f"{place}[{number}]", closing))
    return said[0] if len(said) == 1 else said or None


def _closed_settings(form: Document, there: str, here: str, closing: Closing) -> Document:
    """Say what belongs to the channel: the controls of another may have been there before."""
    channel = form["channel"]
    has_own_body = form.get("body") == OWN
    said: Document = {"channel": channel}
    for key in channel_choices.keys_of(channel):
        if key not in form or key == ("fields" if has_own_body else "template"):
            continue
        value = form[key]
        if key in SHAPES and isinstance(value, dict | list):
            value = SHAPES[key].close(value, f"{there}.{key}", f"{here}.{key}", closing)
        _say(said, key, value)
    if has_own_body and channel == "webhook" and "template" not in said:
        message = gettext("write the body, or choose that the fields make it")
        closing.flaws.append(Flaw(f"{here}.template", "required", message))
    return said


def _say(said: Document, key: str, value: object) -> None:
    if value is None:
        said.pop(key, None)
    else:
        said[key] = value
