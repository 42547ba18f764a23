"""Groups and operators of rules as the console words them, in the order in which it offers them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from headgate.domain.rules.subjects import OPERATORS, Likeness, Subject
from headgate.domain.rules.tree import Kind, Operator

Word = tuple[str, Promise | str]

_KINDS: dict[Kind, Promise] = {
    Kind.ALL: _("All of these"),
    Kind.ANY: _("Any of these"),
    Kind.NONE: _("None of these"),
}
_WORDS: dict[Operator, Promise] = {
    Operator.IS_TRUE: _("is yes"),
    Operator.IS_FALSE: _("is no"),
    Operator.EQUALS: _("is"),
    Operator.NOT_EQUALS: _("is not"),
    Operator.IN: _("is any of"),
    Operator.NOT_IN: _("is none of"),
    Operator.STARTS_WITH: _("starts with"),
    Operator.ENDS_WITH: _("ends with"),
    Operator.CONTAINS: _("contains"),
    Operator.NOT_CONTAINS: _("does not contain"),
    Operator.BEFORE: _("is before"),
    Operator.AFTER: _("is after"),
    Operator.GTE: _("is at least"),
    Operator.GT: _("is more than"),
    Operator.LTE: _("is at most"),
    Operator.LT: _("is less than"),
    Operator.BETWEEN: _("is between"),
    Operator.MATCHES: _("matches the pattern"),
    Operator.IS_EMPTY: _("is empty"),
    Operator.IS_NOT_EMPTY: _("is not empty"),
}
_OF_TEXT: dict[Operator, Promise] = {
    Operator.GTE: _("is, or sorts after"),
    Operator.GT: _("sorts after"),
    Operator.LTE: _("is, or sorts before"),
    Operator.LT: _("sorts before"),
}
_OF_TIME: dict[Operator, Promise] = {
    Operator.GTE: _("is not before"),
    Operator.LTE: _("is not after"),
    Operator.GT: _("is later than"),
    Operator.LT: _("is earlier than"),
}
_OF_KEYS: dict[Operator, Promise] = {
    Operator.EQUALS: _("is only"),
    Operator.NOT_EQUALS: _("is not only"),
    Operator.IN: _("has any of"),
    Operator.NOT_IN: _("has none of"),
}
_OF: dict[Likeness, dict[Operator, Promise]] = {
    Likeness.TEXT: _OF_TEXT,
    Likeness.DATE: _OF_TIME,
    Likeness.INSTANT: _OF_TIME,
    Likeness.KEYS: _OF_KEYS,
}
# What only says again what another operator says; a rule that has it keeps it.
_SAID_OTHERWISE: dict[Likeness, frozenset[Operator]] = {
    Likeness.TRUTH: frozenset({Operator.EQUALS, Operator.NOT_EQUALS}),
    Likeness.KEYS: frozenset({Operator.CONTAINS, Operator.NOT_CONTAINS}),
    Likeness.DATE: frozenset({Operator.GT, Operator.LT}),
    Likeness.INSTANT: frozenset({Operator.GT, Operator.LT}),
}


def kind_words() -> list[Word]:
    return [(str(kind), word) for kind, word in _KINDS.items()]


def operators_of(subject: Subject | None, chosen: str) -> list[Word]:
    """Return what can be asked of the field; without one, what was chosen alone."""
    if subject is None:
        return [(chosen, chosen)]
    likeness = subject.likeness
    offered = OPERATORS[likeness] - _SAID_OTHERWISE.get(likeness, frozenset())
    words = _WORDS | _OF.get(likeness, {})
    listed: list[Word] = [
        (str(op), words[op]) for op in _WORDS if op in offered or (op == chosen and op in words)
    ]
    return listed if any(op == chosen for op, _word in listed) else [(chosen, chosen), *listed]
