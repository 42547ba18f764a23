"""A rule as a plain English sentence."""

from collections.abc import Sequence

from headgate.domain.entities import Entity
from headgate.domain.rules.subjects import Likeness, Subject, subject_of
from headgate.domain.rules.tree import Condition, Group, Kind, Operator, Rule

_MOST_SHOWN = 6

_PHRASES = {
    Operator.EQUALS: "is",
    Operator.NOT_EQUALS: "is not",
    Operator.CONTAINS: "contains",
    Operator.NOT_CONTAINS: "does not contain",
    Operator.STARTS_WITH: "starts with",
    Operator.ENDS_WITH: "ends with",
    Operator.IN: "is",
    Operator.NOT_IN: "is not",
    Operator.BETWEEN: "is between",
    Operator.GT: "is more than",
    Operator.GTE: "is at least",
    Operator.LT: "is less than",
    Operator.LTE: "is at most",
    Operator.BEFORE: "is before",
    Operator.AFTER: "is after",
    Operator.IS_EMPTY: "is empty",
    Operator.IS_NOT_EMPTY: "is not empty",
    Operator.MATCHES: "matches",
    Operator.IS_TRUE: "is true",
    Operator.IS_FALSE: "is false",
}
_PHRASES_OF_TIME = _PHRASES | {
    Operator.GT: "is after",
    Operator.GTE: "is not before",
    Operator.LT: "is before",
    Operator.LTE: "is not after",
}
_PHRASES_OF_KEYS = _PHRASES | {
    Operator.EQUALS: "is only",
    Operator.NOT_EQUALS: "is not only",
    Operator.IN: "contains",
    Operator.NOT_IN: "does not contain",
}
_PHRASES_OF = dict.fromkeys(Likeness, _PHRASES) | {
    Likeness.DATE: _PHRASES_OF_TIME,
    Likeness.INSTANT: _PHRASES_OF_TIME,
    Likeness.KEYS: _PHRASES_OF_KEYS,
}


def sentence(rule: Rule | None, entity: Entity) -> str:
    """Say which leads the rule takes, in the words of the entity's labels.

    Alternatives that are groups stand apart by semicolons; deeper groups are in brackets.
    """
    if rule is None:
        return "Every lead"
    rule = _unwrapped(rule)
    if isinstance(rule, Group) and rule.kind is Kind.ANY:
        parts = [_unwrapped(child) for child in rule.children]
        if any(isinstance(part, Group) for part in parts):
            return "; or ".join(_say(part, entity) for part in parts)
    return _say(rule, entity)


def _unwrapped(rule: Rule) -> Rule:
    """Return the one child of a group that adds nothing to it."""
    while isinstance(rule, Group) and rule.kind is not Kind.NONE and len(rule.children) == 1:
        rule = rule.children[0]
    return rule


def _say(rule: Rule, entity: Entity) -> str:
    if isinstance(rule, Condition):
        return _say_condition(rule, entity)
    word = " and " if rule.kind is Kind.ALL else " or "
    joined = word.join(_say_inside(_unwrapped(child), entity) for child in rule.children)
    return f"not ({joined})" if rule.kind is Kind.NONE else joined


def _say_inside(rule: Rule, entity: Entity) -> str:
    said = _say(rule, entity)
    has_brackets = isinstance(rule, Condition) or rule.kind is Kind.NONE
    return said if has_brackets else f"({said})"


def requirement(op: Operator, expected: str | Sequence[str] | None, subject: Subject) -> str:
    """Say what a condition asks of its field, as in "wanted: at least 5"."""
    phrase = _PHRASES_OF[subject.likeness][op].removeprefix("is")
    return f"{phrase} {_say_value(op, expected, subject)}".strip()


def _say_condition(condition: Condition, entity: Entity) -> str:
    subject = subject_of(entity, condition.field)
    said = f"{subject.label} {_PHRASES_OF[subject.likeness][condition.op]}"
    return f"{said} {_say_value(condition.op, condition.value, subject)}".rstrip()


def _say_value(op: Operator, value: str | Sequence[str] | None, subject: Subject) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _label(value, subject)
    word = "and" if op is Operator.BETWEEN else "or"
    return _list([_label(item, subject) for item in value], word)


def _label(value: str, subject: Subject) -> str:
    return subject.options.get(value, value)


def _list(items: Sequence[str], word: str) -> str:
    if len(items) > _MOST_SHOWN:
        shown = items[: _MOST_SHOWN - 1]
        items = [*shown, f"{len(items) - len(shown)} more"]
    *others, last = items
    return f"{', '.join(others)} {word} {last}" if others else last
