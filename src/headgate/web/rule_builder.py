"""The rule builder: a drafted rule laid out as groups and conditions with their controls."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct

from headgate.domain.entities import Entity
from headgate.domain.rules.subjects import SOURCE, Subject, find_subject, subject_keys
from headgate.domain.rules.tree import MAX_DEPTH, Kind
from headgate.web.drafts import Draft
from headgate.web.operator_words import Word, kind_words, operators_of
from headgate.web.rule_drafts import as_group, depth_of, kind_of
from headgate.web.value_controls import ValueControl, value_control

Options = list[Word]


class Spot(Struct, frozen=True):
    """Where an entry stands: `rules.all[1]`, the second of three in "All of these"."""

    place: str
    number: int
    of: int
    inside: str

    @property
    def deeds(self) -> dict[str, str]:
        """What the buttons say to the server that act on the entry."""
        verbs = ("remove", "copy", "up", "down", "wrap", "unwrap")
        return {verb: f"{verb} {self.place}" for verb in verbs}


class ConditionShown(Struct, frozen=True):
    """`name` is what a screen reader calls it; `messages` are about it as a whole."""

    spot: Spot
    name: str
    field: str
    fields: list[tuple[str, Options]]
    op: str
    operators: Options
    value: ValueControl
    may_wrap: bool
    messages: dict[str, list[str]]
    is_group: bool = False


class GroupShown(Struct, frozen=True):
    """`spot` is None at the top; `inside` is where its entries stand, as `rules.all`."""

    spot: Spot | None
    place: str
    name: str
    kind: str
    kinds: Options
    inside: str
    entries: list[Any]
    may_nest: bool
    may_wrap: bool
    messages: list[str]
    is_group: bool = True


class Builder(Struct, frozen=True):
    """`hidden` names the encrypted fields, which no rule may use."""

    top: GroupShown
    hidden: list[str]


def builder_of(
    draft: Draft, place: str, entity: Entity, sources: Mapping[str, str], *, whose: str = ""
) -> Builder:
    """Lay out the rule that stands at the place; `whose` tells several builders of a page apart."""
    layer = _Layer(draft, entity, sources, whose)
    return Builder(
        top=layer.group(as_group(draft.value(place)), place, None, depth=1),
        hidden=[field.label for field in entity.fields if field.encrypted],
    )


class _Layer:
    def __init__(
        self, draft: Draft, entity: Entity, sources: Mapping[str, str], whose: str
    ) -> None:
        self._draft = draft
        self._entity = entity
        self._sources = sources
        self._whose = whose
        self._fields = _fields_of(entity)

    def group(
        self, rule: Mapping[str, Any], place: str, spot: Spot | None, *, depth: int
    ) -> GroupShown:
        kind = kind_of(rule) or Kind.ALL
        inside = f"{place}.{kind}"
        listed = rule.get(kind, [])
        return GroupShown(
            spot=spot,
            place=place,
            name=self._named(spot, _("Group %(n)s of %(of)s in %(inside)s"), _("The whole rule")),
            kind=str(kind),
            kinds=kind_words(),
            inside=inside,
            entries=[
                self._entry(
                    each,
                    Spot(f"{inside}[{n}]", n + 1, len(listed), str(dict(kind_words())[kind])),
                    depth=depth,
                )
                for n, each in enumerate(listed)
            ],
            may_nest=depth < MAX_DEPTH,
            may_wrap=depth - 1 + depth_of(rule) < MAX_DEPTH,
            messages=[*self._draft.own_messages(place), *self._draft.own_messages(inside)],
        )

    def _entry(self, rule: Any, spot: Spot, *, depth: int) -> GroupShown | ConditionShown:
        if kind_of(rule) is not None:
            return self.group(rule, spot.place, spot, depth=depth + 1)
        condition = rule if isinstance(rule, dict) else {}
        return self._condition(condition, spot, may_wrap=depth < MAX_DEPTH)

    def _condition(
        self, condition: Mapping[str, Any], spot: Spot, *, may_wrap: bool
    ) -> ConditionShown:
        field, op = str(condition.get("field", "")), str(condition.get("op", ""))
        subject = self._subject(field)
        fields = self._fields
        if field not in {key for _group, words in fields for key, _label in words}:
            fields = [("", [(field, subject.label if subject else field)]), *fields]
        place, messages = spot.place, self._draft.messages
        return ConditionShown(
            spot=spot,
            name=self._named(spot, _("Condition %(n)s of %(of)s in %(inside)s"), ""),
            field=field,
            fields=fields,
            op=op,
            operators=operators_of(subject, op),
            value=value_control(subject, op, condition.get("value")),
            may_wrap=may_wrap,
            messages={
                "self": self._draft.own_messages(place),
                "field": messages(f"{place}.field"),
                "op": messages(f"{place}.op"),
                "value": messages(f"{place}.value"),
            },
        )

    def _subject(self, field: str) -> Subject | None:
        subject = find_subject(self._entity, field)
        if field == SOURCE and subject is not None:
            return Subject(SOURCE, subject.label, subject.likeness, dict(self._sources))
        return subject

    def _named(self, spot: Spot | None, words: str, otherwise: str) -> str:
        said = otherwise
        if spot is not None:
            said = words % {"n": spot.number, "of": spot.of, "inside": spot.inside}
        return f"{self._whose}: {said}" if self._whose else said


def _fields_of(entity: Entity) -> list[tuple[str, Options]]:
    own = len(subject_keys(entity)) - len(subject_keys(Entity("", "")))
    words: Options = [(key, _label(entity, key)) for key in subject_keys(entity)]
    return [(_("Fields"), words[:own]), (_("About the lead"), words[own:])]


def _label(entity: Entity, key: str) -> str:
    subject = find_subject(entity, key)
    return subject.label if subject else key
