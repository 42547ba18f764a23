"""Rules while a person builds them: what the buttons and selects of the rule builder do.

A draft of a rule is what the document says, with one addition: whatever stands at the top is a
group, even where the document has a lone condition or nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import QueryDict

from headgate.domain.configuration.editing import Document
from headgate.domain.entities import Entity
from headgate.domain.rules.pasting import pasted_values
from headgate.domain.rules.reading import TAKES_A_LIST, TAKES_EITHER, TAKES_NOTHING
from headgate.domain.rules.subjects import OPERATORS, Likeness, find_subject
from headgate.domain.rules.tree import Kind, Operator
from headgate.web.drafts import BadPlace, value_at

GROUP = "_group "
"""What the names of the selects begin with that say whether all, any or none must hold."""

DRAWN = "_drawn "
"""What stands before a condition's place in the name of what says which field it was drawn for."""

# What a condition begins with, and falls back to when its field becomes another.
_USUAL = {
    Likeness.TEXT: Operator.EQUALS,
    Likeness.CHOICE: Operator.IN,
    Likeness.KEYS: Operator.IN,
    Likeness.NUMBER: Operator.GTE,
    Likeness.MONEY: Operator.GTE,
    Likeness.DATE: Operator.AFTER,
    Likeness.INSTANT: Operator.AFTER,
    Likeness.TRUTH: Operator.IS_TRUE,
    Likeness.PRESENCE: Operator.IS_NOT_EMPTY,
}
_CONDITION, _WRAP, _GROUP, _UNWRAP = "condition", "wrap", "group", "unwrap"
DEEDS = (_CONDITION, _GROUP, _WRAP, _UNWRAP)


def kind_of(rule: object) -> Kind | None:
    """Tell what kind of group it is; None for a condition."""
    return next((kind for kind in Kind if isinstance(rule, Mapping) and kind in rule), None)


def as_group(rule: object) -> Document:
    """Return the rule as the builder shows it: nothing, or a lone condition, in a group."""
    if isinstance(rule, dict) and kind_of(rule) is not None:
        return rule
    return {str(Kind.ALL): [rule] if rule else []}


def regroup(document: Document, posted: QueryDict) -> None:
    """Make each group what its select says; what it holds goes along.

    A group's controls are named by what it was when the page was drawn, so the inner ones come
    first: their places still are what they were.

    :raises BadPlace:
    """
    for name in sorted((each for each in posted if each.startswith(GROUP)), key=len, reverse=True):
        place, _, was = name.removeprefix(GROUP).rpartition(".")
        wanted = posted[name]
        if wanted not in tuple(Kind) or was not in tuple(Kind):
            raise BadPlace(f"{wanted!r} is no kind of group; use one of {', '.join(Kind)}")
        group = _group_at(document, place)
        group[wanted] = group.pop(was, [])


def follow_fields(document: Document, posted: QueryDict, entity: Entity) -> None:
    """Begin anew with the usual operator where a condition's field is of another nature now.

    Places are those of the page as it was drawn, so this comes before groups change their kind.
    """
    for name in posted:
        condition = value_at(document, name.removeprefix(DRAWN)) if name.startswith(DRAWN) else None
        if not isinstance(condition, dict):
            continue
        before = find_subject(entity, str(posted[name]))
        after = find_subject(entity, str(condition.get("field")))
        if before is not None and after is not None and before.likeness is not after.likeness:
            condition["op"] = str(_USUAL.get(after.likeness, Operator.EQUALS))


def _group_at(document: Document, place: str) -> Document:
    """Return the group; a form says nothing of one at the top that holds nothing."""
    found = value_at(document, place)
    if isinstance(found, dict):
        return found
    outer, dot, name = place.rpartition(".")
    holder = value_at(document, outer) if dot else document
    if not isinstance(holder, dict) or name.endswith("]"):
        raise BadPlace(f"{place!r} is no place of a rule")
    group: Document = {}
    holder[name] = group
    return group


def act(document: Document, deed: str, entity: Entity) -> None:
    """Do what a button of the builder says.

    `condition rules.all` and `group rules.all` add one at the end; `wrap rules.all[1]` puts it
    into a group of its own, `unwrap rules.all[1]` lets what a group holds stand in its place.

    :raises BadPlace:
    """
    verb, _, place = deed.partition(" ")
    if verb in (_CONDITION, _GROUP):
        _add(document, place, verb, entity)
        return
    listed, _, number = place.rpartition("[")
    entries = value_at(document, listed)
    index = int(number.rstrip("]")) if number.rstrip("]").isdecimal() else None
    if verb not in (_WRAP, _UNWRAP) or not isinstance(entries, list) or index is None:
        raise BadPlace(f"{deed!r} is nothing that can be done to a rule")
    if index >= len(entries):
        return
    if verb == _WRAP:
        entries[index] = {str(Kind.ALL): [entries[index]]}
    elif (kind := kind_of(entries[index])) is not None:
        entries[index : index + 1] = entries[index][kind]


def _add(document: Document, inside: str, verb: str, entity: Entity) -> None:
    place, _, kind = inside.rpartition(".")
    if kind not in tuple(Kind):
        raise BadPlace(f"{inside!r} is not the inside of a group")
    entries = _group_at(document, place).setdefault(kind, [])
    new = _first_condition(entity, entries)
    entries.append(new if verb == _CONDITION else {str(Kind.ANY): [new]})


def _first_condition(entity: Entity, beside: list[Any]) -> Document:
    """Return a condition to begin with, on the field of the one before it."""
    fields = [each.get("field") for each in reversed(beside) if isinstance(each, dict)]
    open_keys = [field.key for field in entity.fields if not field.encrypted]
    key = next((str(field) for field in fields if field), next(iter(open_keys), "status"))
    return fitted({"field": key}, entity)


def fit(rule: object, entity: Entity) -> None:
    """Have each condition's operator fit its field, and its value the operator.

    They need not, once another field or operator was chosen and the page was not drawn since.
    """
    for entries in _lists_of(rule):
        for index, entry in enumerate(entries):
            if isinstance(entry, dict) and kind_of(entry) is None:
                entries[index] = fitted(entry, entity)


def fitted(condition: Document, entity: Entity) -> Document:
    subject = find_subject(entity, str(condition.get("field")))
    if subject is None or subject.encrypted:
        return condition
    fit = dict(condition)
    if fit.get("op") not in OPERATORS[subject.likeness]:
        fit["op"] = str(_USUAL.get(subject.likeness, Operator.EQUALS))
    if fit["op"] in TAKES_NOTHING:
        fit.pop("value", None)
    elif fit["op"] in TAKES_A_LIST | TAKES_EITHER and isinstance(fit.get("value"), str):
        # It was typed while the control was for one value.
        fit["value"] = pasted_values(fit["value"])
    if fit["op"] in TAKES_EITHER and isinstance(fit.get("value"), list) and len(fit["value"]) == 1:
        fit["value"] = fit["value"][0]
    return fit


def _lists_of(rule: object) -> Iterator[list[Any]]:
    kind = kind_of(rule)
    if kind is None or not isinstance(rule, dict):
        return
    yield rule[kind]
    for entry in rule[kind]:
        yield from _lists_of(entry)


def depth_of(rule: object) -> int:
    """Return how many groups stand within each other."""
    kind = kind_of(rule)
    if kind is None or not isinstance(rule, Mapping):
        return 0
    return 1 + max(map(depth_of, rule[kind]), default=0)
