"""Rules read from a decoded file, with every flaw and its place."""

from typing import Any
from zoneinfo import ZoneInfo

from headgate.domain.entities import Entity
from headgate.domain.flaws import Flaw
from headgate.domain.rules.comparing import rule_form
from headgate.domain.rules.operands import BadOperand, read_operand, shown
from headgate.domain.rules.subjects import (
    OPERATORS,
    Likeness,
    Subject,
    find_subject,
    subject_keys,
)
from headgate.domain.rules.tree import MAX_DEPTH, Condition, Group, Kind, Operator, Rule

_KINDS = tuple(Kind)
_CONDITION_KEYS = ("field", "op", "value")
TAKES_NOTHING = frozenset(
    {Operator.IS_EMPTY, Operator.IS_NOT_EMPTY, Operator.IS_TRUE, Operator.IS_FALSE}
)
TAKES_A_LIST = frozenset({Operator.IN, Operator.NOT_IN, Operator.BETWEEN})
TAKES_EITHER = frozenset(
    {Operator.CONTAINS, Operator.NOT_CONTAINS, Operator.STARTS_WITH, Operator.ENDS_WITH}
)
# The account's zone is not known here, and a time with offset may stand beside one without.
_OUTERMOST_ZONES = (ZoneInfo("Etc/GMT-14"), ZoneInfo("Etc/GMT+12"))
_SHAPE = "a group {all: […]}, {any: […]} or {none: […]}, or a condition {field, op, value}"


def read_rule(raw: object, *, place: str, entity: Entity, flaws: list[Flaw]) -> Rule | None:
    """Read a rule and append what is wrong to `flaws`; None without a flaw matches every lead."""
    if raw is None or raw == {} or _is_empty_group(raw):
        return None
    return _Reader(entity, flaws).read(raw, place, depth=1)


def _is_empty_group(raw: object) -> bool:
    return isinstance(raw, dict) and len(raw) == 1 and any(raw.get(k, 0) == [] for k in _KINDS)


class _Reader:
    """Reads what it can and goes on, so that one pass finds every flaw."""

    def __init__(self, entity: Entity, flaws: list[Flaw]) -> None:
        self._entity = entity
        self._flaws = flaws

    def read(self, raw: object, place: str, *, depth: int) -> Rule | None:
        if not isinstance(raw, dict):
            self._refuse(place, "wrong_type", f"{shown(raw)} is not {_SHAPE}")
            return None
        kinds = [kind for kind in _KINDS if kind in raw]
        if kinds:
            return self._read_group(raw, kinds, place, depth)
        if "field" in raw or "op" in raw:
            return self._read_condition(raw, place)
        self._refuse(place, "wrong_type", f"{shown(raw)} is not {_SHAPE}")
        return None

    def _read_group(
        self, raw: dict[Any, Any], kinds: list[Kind], place: str, depth: int
    ) -> Group | None:
        if len(kinds) > 1:
            found = " and ".join(kinds)
            message = f"a group has one of all, any and none, not {found}; nest one in the other"
            self._refuse(place, "ambiguous", message)
            return None
        if depth > MAX_DEPTH:
            message = f"groups nest at most {MAX_DEPTH} deep"
            self._refuse(place, "too_deep", message)
            return None
        kind = kinds[0]
        is_sound = self._refuse_unknown_keys(raw, (kind,), place)
        listed = raw[kind]
        inside = f"{place}.{kind}"
        if not isinstance(listed, list):
            message = f"{shown(listed)} is not a list of groups and conditions"
            self._refuse(inside, "wrong_type", message)
            return None
        if not listed:
            message = "the group is empty; put a condition in it or leave the group out"
            self._refuse(inside, "empty", message)
            return None
        children = [
            self.read(child, f"{inside}[{number}]", depth=depth + 1)
            for number, child in enumerate(listed)
        ]
        sound = tuple(child for child in children if child is not None)
        return Group(kind, sound) if is_sound and len(sound) == len(listed) else None

    def _read_condition(self, raw: dict[Any, Any], place: str) -> Condition | None:
        is_sound = self._refuse_unknown_keys(raw, _CONDITION_KEYS, place)
        subject = self._read_subject(raw.get("field"), f"{place}.field")
        op = self._read_operator(raw.get("op"), f"{place}.op", subject)
        if subject is None or op is None:
            return None
        value = self._read_value(raw.get("value"), f"{place}.value", op, subject)
        if value is None or not is_sound:
            return None
        return Condition(subject.key, op, value or None)

    def _read_subject(self, key: object, place: str) -> Subject | None:
        subject = find_subject(self._entity, key) if isinstance(key, str) else None
        if subject is None:
            allowed = ", ".join(subject_keys(self._entity))
            what = "a condition needs a field" if key is None else f"there is no field {shown(key)}"
            self._refuse(place, "unknown_field", f"{what}; allowed are {allowed}")
            return None
        if subject.encrypted:
            message = (
                f"{subject.key} is encrypted, and a rule would show its values in clear in "
                "every decision; use another field, or turn its encryption off"
            )
            self._refuse(place, "encrypted", message)
            return None
        return subject

    def _read_operator(self, name: object, place: str, subject: Subject | None) -> Operator | None:
        allowed = OPERATORS[subject.likeness] if subject else frozenset(Operator)
        op = next((op for op in Operator if op == name), None)
        if op in allowed:
            return op
        what = "a condition needs an op" if name is None else f"there is no operator {shown(name)}"
        hint = ""
        if op is not None and subject is not None:
            what = f"{op} does not fit {subject.label}"
            if subject.likeness is Likeness.PRESENCE:
                hint = f"; for more, name a part such as {subject.key}.postcode"
        listed = ", ".join(op for op in Operator if op in allowed)
        self._refuse(place, "operator", f"{what}; allowed are {listed}{hint}")
        return None

    def _read_value(
        self, raw: object, place: str, op: Operator, subject: Subject
    ) -> str | tuple[str, ...] | None:
        """Return the value, () where the operator takes none, or None when it is flawed."""
        if op in TAKES_NOTHING:
            if raw is None:
                return ()
            self._refuse(place, "value", f"{op} takes no value; leave it out")
            return None
        if not isinstance(raw, list):
            if op in TAKES_A_LIST and raw is not None:
                self._refuse(place, "value", f"{op} takes a list, not {shown(raw)}")
                return None
            return self._read_item(raw, place, op, subject)
        if op not in TAKES_A_LIST | TAKES_EITHER:
            hint = "; use in for any of several" if op is Operator.EQUALS else ""
            self._refuse(place, "value", f"{op} takes one value, not a list{hint}")
            return None
        if not raw:
            self._refuse(place, "value", f"{op} needs at least one value")
            return None
        items = [
            self._read_item(item, f"{place}[{number}]", op, subject)
            for number, item in enumerate(raw)
        ]
        sound = tuple(item for item in items if item is not None)
        if len(sound) < len(items):
            return None
        return self._in_order(sound, place, subject) if op is Operator.BETWEEN else sound

    def _read_item(self, raw: object, place: str, op: Operator, subject: Subject) -> str | None:
        try:
            return read_operand(raw, op, subject)
        except BadOperand as bad:
            self._refuse(place, "value", str(bad))
            return None

    def _in_order(
        self, ends: tuple[str, ...], place: str, subject: Subject
    ) -> tuple[str, ...] | None:
        if len(ends) != 2:
            message = f"between takes two values, the lower one first, not {len(ends)}"
            self._refuse(place, "value", message)
            return None
        forms = [rule_form(subject.likeness, zone) for zone in _OUTERMOST_ZONES]
        if all(form(ends[0]) > form(ends[1]) for form in forms):
            message = f"the lower value comes first: {ends[1]}, {ends[0]}"
            self._refuse(place, "value", message)
            return None
        return ends

    def _refuse_unknown_keys(
        self, raw: dict[Any, Any], allowed: tuple[str, ...], place: str
    ) -> bool:
        unknown = [key for key in raw if key not in allowed]
        for key in unknown:
            message = f"unknown key; allowed are {', '.join(allowed)}"
            self._refuse(f"{place}.{key}", "unknown_key", message)
        return not unknown

    def _refuse(self, place: str, code: str, message: str) -> None:
        self._flaws.append(Flaw(place, code, message))
