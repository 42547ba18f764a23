"""Tags for moments, states, icons and the controls of drafts."""

import re
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from headgate.web.drafts import Draft
from headgate.web.wording import (
    ASKED_RETURNS,
    CHANNELS,
    DELIVERY_STATES,
    DISPOSITIONS,
    EVENT_STATES,
    IMPORT_STATES,
    INVOICE_STATES,
    LEAD_STATES,
    OUTCOMES,
    OWED_INVOICES,
    PARTNER_STATES,
    PORTAL_STATES,
    QUIET,
    REACHES,
    RESULTS,
    RETURN_STATES,
)

register = template.Library()


class Figure(Protocol):
    """A figure as it is written, what it was before, and where its rows are, if anywhere."""

    @property
    def figure(self) -> str: ...
    @property
    def before(self) -> str | None: ...
    @property
    def address(self) -> str | None: ...


_NO_WORD = re.compile("[^a-z0-9_]+")

_KINDS = {
    "lead": LEAD_STATES,
    "delivery": DELIVERY_STATES,
    "disposition": DISPOSITIONS,
    "event": EVENT_STATES,
    "import": IMPORT_STATES,
    "invoice": INVOICE_STATES,
    "outcome": OUTCOMES,
    "result": RESULTS,
    "partner": PARTNER_STATES,
    "reach": REACHES,
    "return": RETURN_STATES,
    "portal": PORTAL_STATES,
    "asked": ASKED_RETURNS,
    "owed": OWED_INVOICES,
}


@register.simple_tag
def moment(at: str | datetime | None, style: str = "minutes") -> SafeString | str:
    """Show a moment in the account's zone, with the exact instant on hover."""
    if not at:
        return "–"
    instant = datetime.fromisoformat(at) if isinstance(at, str) else at
    local = timezone.localtime(instant)
    exact = instant.astimezone(UTC)
    text = date_format(local, "j M Y, H:i:s" if style == "seconds" else "j M Y, H:i")
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        exact.isoformat(timespec="milliseconds"),
        exact.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3],
        text,
    )


@register.simple_tag
def state(kind: str, value: str) -> SafeString:
    """Show a state as a dot and a word."""
    tone, word = _KINDS[kind].get(value, (QUIET, value.replace("_", " ")))
    return format_html('<span class="state {}">{}</span>', tone, word)


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("headgate/icons.svg"),
        name,
    )


@register.simple_tag
def figure(cell: Figure) -> SafeString:
    """Show a figure, in front of what it was, as the link to its rows; a report has a thousand."""
    said = escape(cell.figure)
    if cell.address:
        said = format_html('<a href="{}">{}</a>', cell.address, said)
    return said if cell.before is None else format_html("{}<small>{}</small>", said, cell.before)


@register.filter
def grouped(number: int) -> str:
    """Write a large number so that it can be read."""
    return f"{number:,}"


@register.filter
def channel(name: str) -> str:
    return str(CHANNELS.get(name, name))


@register.inclusion_tag("parts/control.html")
def control(draft: Draft, place: str, label: str, **how: Any) -> dict[str, Any]:
    """Show the control of a place with its label, value, and what is wrong with it.

    `kind` is how it is read (see `headgate.web.drafts`); `type` an input's type, `textarea`,
    `select` (with `options`, pairs of a value and a word), `tick` or `password`; then `hint`,
    `blank` (what a select shows for nothing), `default` (the value while nothing is said),
    `list`, `placeholder`, `autocomplete`, `rows`, `redraws` (the page follows its choice).
    """
    value = draft.value(place)
    if value is None:
        value = how.get("default", "")
    kind = how.get("kind", "")
    name = f"{place}:{kind}" if kind else place
    return {
        "type": "text",
        "rows": 3,
        **how,
        "name": name,
        "id": control_id(place),
        "label": label,
        "value": _as_typed(value, kind),
        "is_stored": kind == "secret" and isinstance(value, dict) and "stored" in value,
        "messages": draft.messages(place),
    }


@register.filter
def places(draft: Draft, place: str) -> list[str]:
    """Return the places of a list's entries: `caps[0]`, `caps[1]` …"""
    entries = draft.value(place)
    return [f"{place}[{n}]" for n in range(len(entries))] if isinstance(entries, list) else []


@register.filter
def control_id(place: str) -> str:
    return "f-" + _NO_WORD.sub("-", place.lower()).strip("-")


def _as_typed(value: object, kind: str) -> object:
    if isinstance(value, dict):
        if kind == "secret":
            return f"env:{value['env']}" if "env" in value else ""
        return "\n".join(f"{key} = {word}" for key, word in value.items())
    if isinstance(value, list):
        between = {"lines": "\n", "words": ", "}.get(kind)
        return [*map(str, value)] if between is None else between.join(map(str, value))
    return value if isinstance(value, bool) else str(value)
