"""Which of many rules a lead can satisfy at all, found by what each of them demands."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from enum import Enum, auto
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from headgate.domain.entities import Entity
from headgate.domain.rules.compiling import operands_of
from headgate.domain.rules.subjects import Likeness, subject_of
from headgate.domain.rules.tree import Condition, Kind, Operator, Rule


class Look(Enum):
    """What of a lead's value is looked up."""

    WHOLE = auto()
    START = auto()
    MEMBER = auto()


class Demand(Struct, frozen=True):
    """A lead that satisfies the rule has one of `values` under `key`."""

    key: str
    look: Look
    values: frozenset[Hashable]


class Narrowing(Struct, frozen=True):
    """Positions of rules by the values that they demand; of `always`, nothing is demanded.

    Each of the others stands in one of the indexes. `starts` are looked up by that length.
    """

    always: tuple[int, ...]
    wholes: tuple[tuple[str, Mapping[Hashable, list[int]]], ...]
    starts: tuple[tuple[str, int, Mapping[Hashable, list[int]]], ...]
    members: tuple[tuple[str, Mapping[Hashable, list[int]]], ...]

    def candidates(self, seen: Mapping[str, Any]) -> list[int]:
        """Return every rule that the comparables may satisfy, in no order, some of them twice."""
        found = list(self.always)
        for key, positions in self.wholes:
            found += positions.get(seen[key], ())
        for key, length, positions in self.starts:
            found += positions.get(seen[key][:length], ())
        for key, positions in self.members:
            for member in seen[key]:
                found += positions.get(member, ())
        return found


def narrow(rules: Mapping[int, Rule], entity: Entity, *, zone: ZoneInfo) -> Narrowing:
    """Index rules, given by their positions, each by the demand whose values it shares least."""
    demands = {at: demands_of(rule, entity, zone=zone) for at, rule in rules.items()}
    shared: dict[tuple[str, Look], Counter[Hashable]] = defaultdict(Counter)
    for of_one in demands.values():
        for each in of_one:
            shared[each.key, each.look].update(each.values)

    def sharers(demand: Demand) -> float:
        met = map(shared[demand.key, demand.look].__getitem__, demand.values)
        return sum(met) / len(demand.values)

    index: _Index = defaultdict(lambda: defaultdict(list))
    for at, of_one in demands.items():
        if of_one:
            _enter(index, min(of_one, key=sharers), at)
    return _laid_out(index, always=tuple(at for at, of_one in demands.items() if not of_one))


def demands_of(rule: Rule, entity: Entity, *, zone: ZoneInfo) -> list[Demand]:
    """Return what every lead that satisfies the rule must have, as far as it can be looked up."""
    if isinstance(rule, Condition):
        return _of_condition(rule, entity, zone)
    of_children = [demands_of(child, entity, zone=zone) for child in rule.children]
    match rule.kind:
        case Kind.ALL:
            return [each for of_child in of_children for each in of_child]
        case Kind.ANY:
            return _common(of_children)
        case Kind.NONE:
            return []


_Index = dict[tuple[str, Look, int], dict[Hashable, list[int]]]

_WHOLE = {Operator.EQUALS, Operator.IN, Operator.IS_TRUE, Operator.IS_FALSE}
_MEMBER = {Operator.EQUALS, Operator.IN, Operator.CONTAINS}
_TRUTH = {Operator.IS_TRUE: (True,), Operator.IS_FALSE: (False,)}


def _of_condition(condition: Condition, entity: Entity, zone: ZoneInfo) -> list[Demand]:
    subject = subject_of(entity, condition.field)
    if subject.likeness is Likeness.KEYS:
        look = Look.MEMBER if condition.op in _MEMBER else None
    elif condition.op is Operator.STARTS_WITH:
        look = Look.START
    else:
        look = Look.WHOLE if condition.op in _WHOLE else None
    if look is None:
        return []
    operands = _TRUTH.get(condition.op) or operands_of(condition, subject, zone)
    return [Demand(subject.key, look, frozenset(operands))]


def _common(of_children: Sequence[Sequence[Demand]]) -> list[Demand]:
    """Return what a lead must have that satisfies any of these: one child's values or another's."""
    first, *others = [
        {(each.key, each.look): each.values for each in of_child} for of_child in of_children
    ]
    return [
        Demand(key, look, values.union(*(other[key, look] for other in others)))
        for (key, look), values in first.items()
        if all((key, look) in other for other in others)
    ]


def _enter(index: _Index, demand: Demand, at: int) -> None:
    for length, values in _by_length(demand):
        positions = index[demand.key, demand.look, length]
        for value in values:
            positions[value].append(at)


def _by_length(demand: Demand) -> Iterable[tuple[int, Iterable[Hashable]]]:
    """Part the starts by their length; whole values and members have none."""
    if demand.look is not Look.START:
        return [(0, demand.values)]
    return groupby(sorted(map(str, demand.values), key=len), key=len)


def _laid_out(index: _Index, *, always: tuple[int, ...]) -> Narrowing:
    entries = [(key, look, length, dict(at)) for (key, look, length), at in index.items()]
    return Narrowing(
        always=always,
        wholes=tuple((key, at) for key, look, _, at in entries if look is Look.WHOLE),
        starts=tuple((key, length, at) for key, look, length, at in entries if look is Look.START),
        members=tuple((key, at) for key, look, _, at in entries if look is Look.MEMBER),
    )
