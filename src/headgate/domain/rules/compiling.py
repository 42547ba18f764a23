"""Rules as closures over the comparables of a lead: nothing is interpreted when leads flow."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from headgate.domain.entities import Entity
from headgate.domain.rules.comparing import ABSENT, rule_form, written_key
from headgate.domain.rules.patterns import compile_pattern
from headgate.domain.rules.subjects import Likeness, Subject, subject_of
from headgate.domain.rules.tree import Condition, Kind, Operator, Rule

Test = Callable[[Mapping[str, Any]], bool]


def compile_rule(rule: Rule | None, entity: Entity, *, zone: ZoneInfo) -> Test:
    """Return whether a lead's comparables satisfy the rule, as a function.

    The comparables must have been compiled with at least the keys that the rule uses.
    """
    if rule is None:
        return lambda _: True
    if isinstance(rule, Condition):
        return _compile_condition(rule, entity, zone)
    tests = [compile_rule(child, entity, zone=zone) for child in rule.children]
    match rule.kind:
        case Kind.ALL:
            return _all_of(tests)
        case Kind.ANY:
            return _any_of(tests)
        case Kind.NONE:
            return _not(_any_of(tests))


def _compile_condition(condition: Condition, entity: Entity, zone: ZoneInfo) -> Test:
    subject = subject_of(entity, condition.field)
    key, likeness = subject.key, subject.likeness
    match condition.op:
        case Operator.IS_EMPTY:
            return _equals(key, ABSENT[likeness])
        case Operator.IS_NOT_EMPTY:
            return _not_equals(key, ABSENT[likeness])
        case Operator.MATCHES:
            return _matches(written_key(key), *_texts(condition))
    return _MAKERS_OF[likeness][condition.op](key, operands_of(condition, subject, zone))


def operands_of(condition: Condition, subject: Subject, zone: ZoneInfo) -> list[Any]:
    """Return what the condition compares a lead's value with, in its comparable form."""
    form = rule_form(subject.likeness, zone)
    return [form(text) for text in _texts(condition)]


def _texts(condition: Condition) -> tuple[str, ...]:
    value = condition.value
    return value if isinstance(value, tuple) else (value,) if value is not None else ()


# Balanced over threes: groups of any size stay a few calls deep, and no loop is set up.
def _all_of(tests: Sequence[Test]) -> Test:
    match tests:
        case [a]:
            return a
        case [a, b]:
            return lambda seen: a(seen) and b(seen)
        case [a, b, c]:
            return lambda seen: a(seen) and b(seen) and c(seen)
        case [a, b, c, d]:
            return lambda seen: a(seen) and b(seen) and c(seen) and d(seen)
    return _all_of([_all_of(part) for part in _thirds(tests)])


def _any_of(tests: Sequence[Test]) -> Test:
    match tests:
        case [a]:
            return a
        case [a, b]:
            return lambda seen: a(seen) or b(seen)
        case [a, b, c]:
            return lambda seen: a(seen) or b(seen) or c(seen)
        case [a, b, c, d]:
            return lambda seen: a(seen) or b(seen) or c(seen) or d(seen)
    return _any_of([_any_of(part) for part in _thirds(tests)])


def _thirds(tests: Sequence[Test]) -> list[Sequence[Test]]:
    size = -(-len(tests) // 3)
    return [tests[start : start + size] for start in range(0, len(tests), size)]


def _not(test: Test) -> Test:
    return lambda seen: not test(seen)


def _equals(key: str, value: Any) -> Test:
    return lambda seen: seen[key] == value


def _not_equals(key: str, value: Any) -> Test:
    return lambda seen: seen[key] != value


def _in(key: str, values: Sequence[Any]) -> Test:
    if len(values) == 1:
        return _equals(key, values[0])
    wanted = frozenset(values)
    return lambda seen: seen[key] in wanted


def _not_in(key: str, values: Sequence[Any]) -> Test:
    if len(values) == 1:
        return _not_equals(key, values[0])
    unwanted = frozenset(values)
    return lambda seen: seen[key] not in unwanted


def _contains(key: str, needles: Sequence[str]) -> Test:
    if len(needles) == 1:
        needle = needles[0]
        return lambda seen: needle in seen[key]
    return lambda seen: any(map(seen[key].__contains__, needles))


def _starts_with(key: str, prefixes: Sequence[str]) -> Test:
    wanted = tuple(prefixes)
    return lambda seen: seen[key].startswith(wanted)


def _ends_with(key: str, suffixes: Sequence[str]) -> Test:
    wanted = tuple(suffixes)
    return lambda seen: seen[key].endswith(wanted)


def _matches(key: str, pattern: str) -> Test:
    search = compile_pattern(pattern).search
    return lambda seen: seen[key] != "" and search(seen[key]) is not None


def _gt(key: str, bound: Any) -> Test:
    return lambda seen: (value := seen[key]) is not None and value > bound


def _gte(key: str, bound: Any) -> Test:
    return lambda seen: (value := seen[key]) is not None and value >= bound


def _lt(key: str, bound: Any) -> Test:
    return lambda seen: (value := seen[key]) is not None and value < bound


def _lte(key: str, bound: Any) -> Test:
    return lambda seen: (value := seen[key]) is not None and value <= bound


def _between(key: str, low: Any, high: Any) -> Test:
    return lambda seen: (value := seen[key]) is not None and low <= value <= high


# An absent text is "", which sorts before every bound.
def _text_lt(key: str, bound: str) -> Test:
    return lambda seen: "" < seen[key] < bound


def _text_lte(key: str, bound: str) -> Test:
    return lambda seen: "" < seen[key] <= bound


def _meets(key: str, wanted: Sequence[str]) -> Test:
    keys = frozenset(wanted)
    return lambda seen: not keys.isdisjoint(seen[key])


def _meets_not(key: str, unwanted: Sequence[str]) -> Test:
    keys = frozenset(unwanted)
    return lambda seen: keys.isdisjoint(seen[key])


_Maker = Callable[[str, Sequence[Any]], Test]

_MAKERS: dict[Operator, _Maker] = {
    Operator.EQUALS: _in,
    Operator.NOT_EQUALS: _not_in,
    Operator.IN: _in,
    Operator.NOT_IN: _not_in,
    Operator.CONTAINS: _contains,
    Operator.NOT_CONTAINS: lambda key, needles: _not(_contains(key, needles)),
    Operator.STARTS_WITH: _starts_with,
    Operator.ENDS_WITH: _ends_with,
    Operator.BETWEEN: lambda key, ends: _between(key, *ends),
    Operator.GT: lambda key, bound: _gt(key, *bound),
    Operator.GTE: lambda key, bound: _gte(key, *bound),
    Operator.LT: lambda key, bound: _lt(key, *bound),
    Operator.LTE: lambda key, bound: _lte(key, *bound),
    Operator.BEFORE: lambda key, bound: _lt(key, *bound),
    Operator.AFTER: lambda key, bound: _gt(key, *bound),
    Operator.IS_TRUE: lambda key, _: _equals(key, True),
    Operator.IS_FALSE: lambda key, _: _equals(key, False),
}
_MAKERS_OF_TEXT: dict[Operator, _Maker] = {
    Operator.LT: lambda key, bound: _text_lt(key, *bound),
    Operator.LTE: lambda key, bound: _text_lte(key, *bound),
}
_MAKERS_OF_KEYS: dict[Operator, _Maker] = {
    Operator.EQUALS: lambda key, wanted: _equals(key, frozenset(wanted)),
    Operator.NOT_EQUALS: lambda key, unwanted: _not_equals(key, frozenset(unwanted)),
    Operator.IN: _meets,
    Operator.NOT_IN: _meets_not,
    Operator.CONTAINS: _meets,
    Operator.NOT_CONTAINS: _meets_not,
}
_MAKERS_OF: dict[Likeness, dict[Operator, _Maker]] = dict.fromkeys(Likeness, _MAKERS) | {
    Likeness.TEXT: _MAKERS | _MAKERS_OF_TEXT,
    Likeness.KEYS: _MAKERS_OF_KEYS,
}
