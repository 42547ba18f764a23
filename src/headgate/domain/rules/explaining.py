"""A rule taken apart: the fields that it uses, and the conditions that a lead fails."""

from collections.abc import Callable, Iterator, Mapping
from zoneinfo import ZoneInfo

from msgspec import Struct

from headgate.domain.entities import Entity
from headgate.domain.rules.comparing import compile_comparables, value_at
from headgate.domain.rules.compiling import compile_rule
from headgate.domain.rules.tree import Condition, Kind, Operator, Rule
from headgate.domain.rules.writing import write_value

Blame = Callable[[Mapping[str, object]], tuple[tuple[str, Condition], ...]]


class Failure(Struct, frozen=True):
    """A condition to blame, and what it met.

    `path` is relative to the rule's root (`any[0].all[1]`; empty for a rule that is one
    condition), `expected` as a file has it, `actual` the clean value or None. Under `none` the
    condition is to blame because it holds.
    """

    path: str
    field: str
    op: Operator
    expected: object
    actual: object


def fields_used(rule: Rule | None) -> frozenset[str]:
    """Return the keys that the rule's conditions name, address parts as `address.postcode`."""
    if rule is None:
        return frozenset()
    if isinstance(rule, Condition):
        return frozenset((rule.field,))
    return frozenset().union(*map(fields_used, rule.children))


def failures(
    rule: Rule | None, entity: Entity, values: Mapping[str, object], *, zone: ZoneInfo
) -> tuple[Failure, ...]:
    """Return why the lead's clean values fail the rule, in the rule's order; () when they hold.

    A failing `all` is down to its failing children, a failing `any` to all of them, a failing
    `none` to what made a child hold.
    """
    if rule is None:
        return ()
    seen = compile_comparables(entity, zone=zone, keys=fields_used(rule))(values)
    return tuple(
        Failure(path, leaf.field, leaf.op, write_value(leaf, entity), value_at(values, leaf.field))
        for path, leaf in compile_blame(rule, entity, zone=zone)(seen)
    )


def compile_blame(rule: Rule, entity: Entity, *, zone: ZoneInfo) -> Blame:
    """Return the function from a lead's comparables to the conditions to blame, () for a match.

    The comparables must have been compiled with at least the keys that the rule uses.
    """
    tests = {leaf: compile_rule(leaf, entity, zone=zone) for leaf in set(_conditions(rule))}

    def blame(seen: Mapping[str, object]) -> tuple[tuple[str, Condition], ...]:
        finding = _find(rule, "", lambda condition: tests[condition](seen))
        return () if finding.holds else finding.leaves

    return blame


def compile_first_blame(
    rule: Rule, entity: Entity, *, zone: ZoneInfo
) -> Callable[[Mapping[str, object]], Condition]:
    """Return the function from the comparables of a lead that fails to the first to blame."""
    if isinstance(rule, Condition):
        return lambda _: rule
    blames = [compile_first_blame(child, entity, zone=zone) for child in rule.children]
    tests = [compile_rule(child, entity, zone=zone) for child in rule.children]
    settles = rule.kind is not Kind.ALL  # as `_find` has it

    def blame(seen: Mapping[str, object]) -> Condition:
        for test, first in zip(tests, blames, strict=True):
            if test(seen) is settles:
                return first(seen)
        return blames[0](seen)

    return blame


def _conditions(rule: Rule) -> Iterator[Condition]:
    if isinstance(rule, Condition):
        yield rule
    else:
        for child in rule.children:
            yield from _conditions(child)


class _Finding(Struct, frozen=True):
    """Whether a rule holds, and the leaves that made it so."""

    holds: bool
    leaves: tuple[tuple[str, Condition], ...]


def _find(rule: Rule, path: str, holds: Callable[[Condition], bool]) -> _Finding:
    if isinstance(rule, Condition):
        return _Finding(holds(rule), ((path, rule),))
    prefix = f"{path}." if path else ""
    findings = [
        _find(child, f"{prefix}{rule.kind}[{number}]", holds)
        for number, child in enumerate(rule.children)
    ]
    # One failing child settles an `all`, one that holds an `any` or a `none`.
    settling = [f for f in findings if f.holds is not (rule.kind is Kind.ALL)]
    leaves = tuple(leaf for finding in settling or findings for leaf in finding.leaves)
    return _Finding(bool(settling) is (rule.kind is Kind.ANY), leaves)
