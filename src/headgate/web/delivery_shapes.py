"""Delivery settings as a form lays them out: rows where the document has names of its own.

What stands in a document under a name that a person chooses (a header, the partner's word for a
field) stands in a form in a row of its own, and what is one of several shapes stands beside the
choice of the shape.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext, gettext_lazy
from msgspec import Struct, field

from headgate.domain.configuration.editing import Document
from headgate.domain.flaws import Flaw

ALL, CHOSEN = "all", "chosen"
STANDARD, NONE, OWN = "standard", "none", "own"
HOURLY, DAILY = "hourly", "daily"

AUTH_KEYS = {
    "bearer": ("token",),
    "basic": ("username", "password"),
    "hmac": ("secret", "header"),
    "oauth2": ("token_url", "client_id", "client_secret", "scope"),
}
_MISSING = gettext_lazy("this is missing; it must be given")
_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)


class Closing(Struct):
    """What closing a form brings to light: where things stand in the document, and own flaws.

    `places` has the form's place for each place of the document that is called otherwise there.
    """

    places: dict[str, str] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)

    def seen(self, flaws: Iterable[Flaw]) -> tuple[Flaw, ...]:
        """Return what is wrong, the reader's flaws too, at the places of the form."""
        return (*self.flaws, *map(self._shown, flaws))

    def document_place(self, form_place: str) -> str | None:
        """Return what the document calls a place of the form; None if it says nothing of it."""
        return next((said for said, shown in self.places.items() if shown == form_place), None)

    def _shown(self, flaw: Flaw) -> Flaw:
        outer = (said for said in self.places if _is_within(flaw.place, said))
        longest = max(outer, key=len, default=None)
        if longest is None:
            return flaw
        place = self.places[longest] + flaw.place[len(longest) :]
        # The reader speaks to who writes a file: here a control stands beside the message.
        is_missing = flaw.code == "required"
        message = str(_MISSING) if is_missing else flaw.message.replace("{env: NAME}", "env:NAME")
        return Flaw(place, flaw.code, message)


def _is_within(place: str, outer: str) -> bool:
    return place == outer or place.startswith((f"{outer}.", f"{outer}["))


class Shape(Struct, frozen=True):
    """How one key of delivery settings is shown, and how it is said again.

    `close` is given the form's value, its place in the document and in the form.
    """

    open: Callable[[Any], Any]
    close: Callable[[Any, str, str, Closing], Any]


def _open_headers(said: dict[str, Any]) -> list[Document]:
    return [{"name": name, "value": value} for name, value in said.items()]


def _close_headers(
    rows: list[Document], there: str, here: str, closing: Closing
) -> dict[str, Any] | None:
    headers: dict[str, Any] = {}
    for number, row in enumerate(rows):
        name, place = row.get("name"), f"{here}[{number}]"
        if not row:
            continue
        if not name:
            _note(
                closing, f"{place}.name", "required", gettext("this header has no name; write one")
            )
        elif name in headers:
            message = gettext("the header %(name)s stands twice") % {"name": name}
            _note(closing, f"{place}.name", "repeated", message)
        else:
            headers[name] = row.get("value")
            closing.places[f"{there}.{name}"] = f"{place}.value"
    return headers or None


def _open_fields(said: object) -> Document:
    if isinstance(said, list):
        return {"which": CHOSEN, "rows": [{"key": key} for key in said]}
    if isinstance(said, dict):
        rows = [
            {"key": ours} | ({"name": name} if name != ours else {}) for name, ours in said.items()
        ]
        return {"which": CHOSEN, "rows": rows}
    return {"which": ALL}


def _close_fields(form: Document, there: str, here: str, closing: Closing) -> object:
    if form.get("which") != CHOSEN:
        return None
    rows = [
        (f"{here}.rows[{number}]", row) for number, row in enumerate(form.get("rows", ())) if row
    ]
    for number, (place, _) in enumerate(rows):
        closing.places[f"{there}[{number}]"] = f"{place}.key"
    if not any(row.get("name") for _, row in rows):
        return [row["key"] for _, row in rows]
    renamed: dict[str, Any] = {}
    for place, row in rows:
        name = row.get("name") or row["key"]
        if name in renamed:
            message = gettext("the name %(name)r stands twice") % {"name": name}
            _note(closing, f"{place}.name", "repeated", message)
        renamed[name] = row.get("key")
        closing.places[f"{there}.{name}"] = f"{place}.key"
    return renamed


def _open_retry(said: object) -> Document:
    if isinstance(said, list):
        return {"kind": OWN, "pauses": ", ".join(map(str, said))}
    return {"kind": said}


def _close_retry(form: Document, there: str, here: str, closing: Closing) -> object:
    closing.places[there] = f"{here}.pauses"
    if form.get("kind") == NONE:
        return NONE
    if form.get("kind") != OWN:
        return None
    if not form.get("pauses"):
        example = gettext("write the pauses in seconds, such as 60, 300, 3600")
        _note(closing, f"{here}.pauses", "required", example)
    return _listed(form.get("pauses", ""))


def _open_answer(said: Document) -> Document:
    return {
        key: _open_rule(value) if isinstance(value, dict) else value for key, value in said.items()
    }


def _open_rule(said: Document) -> Document:
    status = said.get("status")
    if status is None:
        return said
    listed = status if isinstance(status, list) else [status]
    return {**said, "status": ", ".join(map(str, listed))}


def _close_answer(form: Document, _there: str, _here: str, _closing: Closing) -> object:
    closed = {
        key: _close_rule(value) if isinstance(value, dict) else value for key, value in form.items()
    }
    return {key: value for key, value in closed.items() if value} or None


def _close_rule(form: Document) -> Document:
    return form | ({"status": _listed(form["status"])} if "status" in form else {})


def _open_digest(said: str) -> Document:
    kind, _, at = said.partition(" ")
    return {"kind": kind} | ({"at": at} if at else {})


def _close_digest(form: Document, there: str, here: str, closing: Closing) -> object:
    closing.places[there] = f"{here}.at"
    if form.get("kind") == DAILY:
        return f"{DAILY} {form.get('at', '')}".strip()
    return form.get("kind")


def _close_auth(form: Document, _there: str, _here: str, _closing: Closing) -> object:
    """Say only what belongs to the chosen type: the others' controls were there before."""
    kind = form.get("type")
    if kind is None:
        return None
    return {"type": kind} | {key: form[key] for key in AUTH_KEYS.get(kind, ()) if key in form}


def _as_it_is(said: Any) -> Any:
    return said


SHAPES: dict[str, Shape] = {
    "headers": Shape(_open_headers, _close_headers),
    "auth": Shape(_as_it_is, _close_auth),
    "fields": Shape(_open_fields, _close_fields),
    "retry": Shape(_open_retry, _close_retry),
    "answer": Shape(_open_answer, _close_answer),
    "digest": Shape(_open_digest, _close_digest),
}


def _listed(text: str) -> list[object]:
    """Part `60, 300` or `2xx, 404`; what is no number is left for the document's reader."""
    parts = [part for part in re.split(r"[\s,;]+", text) if part]
    return [int(part) if _DIGITS.fullmatch(part) else part for part in parts]


def _note(closing: Closing, place: str, code: str, message: str) -> None:
    closing.flaws.append(Flaw(place, code, message))
