"""Which control takes the value of a condition: it follows the field's type and the operator."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from headgate.domain.rules.pasting import written_values
from headgate.domain.rules.reading import TAKES_A_LIST, TAKES_EITHER, TAKES_NOTHING
from headgate.domain.rules.subjects import EQUALITY, Likeness, Subject
from headgate.domain.rules.tree import Operator
from headgate.web.operator_words import Word

_LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TYPES = {Likeness.NUMBER: "decimal", Likeness.MONEY: "decimal", Likeness.PHONE: "tel"}


class ValueControl(Struct, frozen=True):
    """`shape` is `none`, `one`, `choice`, `ticks`, `many` or `between`; `kind` how it is read.

    `type` is that of its inputs; `values` what they show, `count` how many values a text holds.
    """

    shape: str
    kind: str = ""
    type: str = "text"
    values: tuple[str, ...] = ()
    options: tuple[Word, ...] = ()
    count: int = 0


def value_control(subject: Subject | None, op: str, value: Any) -> ValueControl:
    if subject is None or op in TAKES_NOTHING:
        return ValueControl("none")
    listed = _listed(value)
    if op == Operator.BETWEEN:
        ends = (*listed, "", "")[:2]
        return ValueControl("between", "end", _type(subject, ends), ends)
    if _is_of_options(subject, op):
        options = _with_strangers(subject.options, listed)
        if op in TAKES_A_LIST or op in TAKES_EITHER:
            return ValueControl("ticks", "list", values=listed, options=options)
        return ValueControl("choice", values=listed, options=options)
    if op in TAKES_A_LIST or op in TAKES_EITHER:
        return ValueControl("many", "pasted", values=(written_values(listed),), count=len(listed))
    if subject.likeness is Likeness.TRUTH:
        return ValueControl("choice", values=listed, options=(("true", "yes"), ("false", "no")))
    shown = listed[0] if len(listed) == 1 else ", ".join(written_values(listed).splitlines())
    return ValueControl("one", "", _type(subject, (shown,)), (shown,))


def _listed(value: Any) -> tuple[str, ...]:
    """Return what a draft says, whether it is one value or many, a number or a text."""
    if value is None:
        return ()
    if isinstance(value, list):
        return tuple("" if each is None else _written(each) for each in value)
    return (_written(value),)


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_of_options(subject: Subject, op: str) -> bool:
    return bool(subject.options) and (subject.likeness is Likeness.KEYS or op in EQUALITY)


def _with_strangers(options: Mapping[str, str], listed: tuple[str, ...]) -> tuple[Word, ...]:
    """Offer what the rule says already, though it is no option, so that nothing is lost."""
    strangers = [(value, value) for value in listed if value and value not in options]
    return (*options.items(), *strangers)


def _type(subject: Subject, values: tuple[str, ...]) -> str:
    """A browser shows nothing in its controls for days and times that it cannot read."""
    said = [value for value in values if value]
    if subject.likeness is Likeness.DATE and all(map(_DAY.fullmatch, said)):
        return "date"
    if subject.likeness is Likeness.INSTANT and all(map(_LOCAL_TIME.fullmatch, said)):
        return "datetime-local"
    return _TYPES.get(subject.likeness, "text")
