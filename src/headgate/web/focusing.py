"""Where the keyboard goes on after the server has drawn an editor again."""

from collections.abc import Mapping
from typing import Any

from headgate.web.drafts import value_at
from headgate.web.rule_drafts import kind_of
from headgate.web.templatetags.console import control_id


def after(form: Mapping[str, Any], deed: str) -> str:
    """Return the id of the control that goes on from a deed; "" for where the keyboard was."""
    verb, _, place = deed.partition(" ")
    listed, _, number = place.rpartition("[")
    index = int(number.rstrip("]")) if number.rstrip("]").isdecimal() else 0
    entries = value_at(form, listed) if listed else None
    count = len(entries) if isinstance(entries, list) else 0
    match verb:
        case "condition" | "group" | "add":
            return _last_in(form, place)
        case "wrap" | "unwrap":
            return first_control(form, place)
        case "copy":
            return first_control(form, f"{listed}[{index + 1}]")
        case "up" | "down":
            moved = max(index - 1, 0) if verb == "up" else min(index + 1, count - 1)
            return button(f"{verb} {listed}[{moved}]")
        case "remove" if count:
            return first_control(form, f"{listed}[{min(index, count - 1)}]")
        case "remove":
            return button(f"{'condition' if kind_of_list(listed) else 'add'} {listed}")
    return ""


def button(deed: str) -> str:
    """Return the id of the button that does it."""
    return f"do-{control_id(deed)}"


def seat_toggle(place: str) -> str:
    """Return the id of the button that opens a partner, and folds it up again."""
    return f"toggle-{control_id(place)}"


def group_select(place: str) -> str:
    """Return the id of the select that says whether all, any or none must hold."""
    return f"kind-{control_id(place)}"


def first_control(form: Mapping[str, Any], place: str) -> str:
    """Return the id of what comes first in an entry."""
    entry = value_at(form, place)
    if kind_of(entry) is not None:
        return group_select(place)
    if place.startswith("assignments[") and place.count("[") == 1:
        return seat_toggle(place)
    if kind_of_list(place.rpartition("[")[0]):
        return control_id(f"{place}.field")
    return control_id(f"{place}.{_FIRST.get(place.rpartition('[')[0].rpartition('.')[2], '')}")


_FIRST = {
    "caps": "per",
    "price_tiers": "after",
    "headers": "name",
    "rows": "key",
    "delivery": "channel",
    "fields": "label",
}


def kind_of_list(listed: str) -> bool:
    """Tell whether a list is what a group holds."""
    return kind_of({listed.rpartition(".")[2]: ()}) is not None


def _last_in(form: Mapping[str, Any], listed: str) -> str:
    entries = value_at(form, listed)
    if not isinstance(entries, list) or not entries:
        return ""
    return first_control(form, f"{listed}[{len(entries) - 1}]")
