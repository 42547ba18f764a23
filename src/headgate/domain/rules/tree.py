"""The tree of a rule: groups of conditions on a lead's fields."""

from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    ALL = "all"
    ANY = "any"
    NONE = "none"


class Operator(StrEnum):
    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    IN = "in"
    NOT_IN = "not_in"
    BETWEEN = "between"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    BEFORE = "before"
    AFTER = "after"
    IS_EMPTY = "is_empty"
    IS_NOT_EMPTY = "is_not_empty"
    MATCHES = "matches"
    IS_TRUE = "is_true"
    IS_FALSE = "is_false"


class Condition(Struct, frozen=True, tag="condition", omit_defaults=True):
    """A field, an operator, and what it is compared with.

    `value` keeps the written form as text (a number as its canonical decimal text); the
    field's type says how it is read. None where the operator takes no value.
    """

    field: str
    op: Operator
    value: str | tuple[str, ...] | None = None


class Group(Struct, frozen=True, tag="group"):
    kind: Kind
    children: tuple["Rule", ...]


Rule = Condition | Group

MAX_DEPTH = 5
