"""What a condition compares with: read as somebody wrote it, and written back."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from headgate.domain.cleaning.contacts import e164
from headgate.domain.cleaning.texts import textarea_cleaner
from headgate.domain.flaws import Flawed
from headgate.domain.rules.comparing import fold
from headgate.domain.rules.patterns import BadPattern, compile_pattern
from headgate.domain.rules.subjects import EQUALITY, Likeness, Subject
from headgate.domain.rules.tree import Operator

_MAX_EXPONENT = 40  # no lead's number is longer, and a written-out one stays short
_NUMBER = re.compile(r"[+-]?\d{1,80}(\.\d{1,80})?([eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?"
_INSTANT = re.compile(rf"\d{{4}}-\d\d-\d\d([T ]{_TIME})?", re.ASCII)
_YES_AND_NO = dict.fromkeys(("true", "yes", "on"), "true")
_YES_AND_NO |= dict.fromkeys(("false", "no", "off"), "false")


class BadOperand(ValueError):
    """The value does not fit the field or the operator; the message says what would."""


def read_operand(raw: object, op: Operator, subject: Subject) -> str:
    """Read one value (one item, where a list is written) into its canonical text.

    :raises BadOperand: it does not fit.
    """
    if isinstance(raw, (list, dict)):
        raise BadOperand(f"{shown(raw)} is not one plain value")
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        raise BadOperand("a value is missing; to ask for no value, use is_empty")
    if op is Operator.MATCHES:
        return _read_pattern(raw, subject)
    if subject.options and (subject.likeness is Likeness.KEYS or op in EQUALITY):
        return _read_option(raw, subject)
    if subject.likeness is Likeness.PHONE and op in EQUALITY:
        return _read_phone(raw, subject)
    return _READERS.get(subject.likeness, _read_text)(raw, subject)


def shown(raw: object) -> str:
    """Return a value as a message shows it: recognisable, never long."""
    try:
        text = repr(raw)
    except ValueError:  # Python writes out no int of more than 4,300 digits
        return "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:59]}…"


def write_operand(text: str, likeness: Likeness) -> str | int | float | bool:
    """Return the value as a file has it: numbers and booleans as such, the rest as text."""
    if likeness is Likeness.TRUTH:
        return text == "true"
    if likeness is not Likeness.NUMBER:
        return text
    if "." not in text:
        return int(text)
    nearest = float(text)
    return nearest if Decimal(repr(nearest)) == Decimal(text) else text


def _read_text(raw: object, subject: Subject) -> str:
    if isinstance(raw, str):
        return _clean(raw)
    match raw:
        case date():
            written = raw.isoformat()
        case bool() | Decimal():
            written = str(raw).lower()
        case _:
            written = shown(raw)
    raise BadOperand(f'write "{written}" with quotes: {subject.label} is compared with text')


def _clean(text: str) -> str:
    """Clean a text as a lead's is, so that the two can be equal."""
    try:
        cleaned = textarea_cleaner("")(text)
    except Flawed as refusal:
        raise BadOperand("; ".join(flaw.message for flaw in refusal.flaws)) from None
    return cleaned or ""


def _read_pattern(raw: object, subject: Subject) -> str:
    pattern = _read_text(raw, subject)
    try:
        compile_pattern(pattern)
    except BadPattern as bad:
        raise BadOperand(str(bad)) from None
    return pattern


def _read_option(raw: object, subject: Subject) -> str:
    text = _read_text(raw, subject)
    if text in subject.options:
        return text
    keys = {fold(key): key for key in subject.options}
    labels = {fold(label): key for key, label in subject.options.items()}
    key = keys.get(fold(text)) or labels.get(fold(text))
    if key is None:
        allowed = ", ".join(subject.options)
        raise BadOperand(f"{shown(raw)} is not one of {subject.label}'s values: {allowed}")
    return key


def _read_phone(raw: object, subject: Subject) -> str:
    text = _read_text(raw, subject)
    number = e164(text, subject.region)
    if number is None:
        where = f" in {subject.region}" if subject.region else ""
        raise BadOperand(f'{shown(raw)} is not a valid number{where}; write it as "+13105550123"')
    return number


def _read_number(raw: object, _: Subject) -> str:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, Decimal, str)):
        raise BadOperand(f"{shown(raw)} is not a number")
    # The shortest text of a float is what somebody wrote: 0.1, not its binary neighbour.
    return _canonical(_decimal(shown(raw) if isinstance(raw, (int, float)) else str(raw)))


def _read_money(raw: object, subject: Subject) -> str:
    text = _read_text(raw, subject)
    _decimal(text)
    return text


def _decimal(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text.strip()):
        raise BadOperand(f"{shown(text)} is not a number such as 20000 or 12.50")
    number = Decimal(text.strip())
    highest = number.adjusted()
    lowest = highest - len(number.as_tuple().digits) + 1
    if highest > _MAX_EXPONENT or lowest < -_MAX_EXPONENT:
        raise BadOperand(f"{shown(text)} has more than {_MAX_EXPONENT} digits")
    return number


def _canonical(number: Decimal) -> str:
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _read_date(raw: object, _: Subject) -> str:
    text = _time_text(raw)
    _require(_DATE, date.fromisoformat, text, 'a date such as "2026-11-23"')
    return text


def _read_instant(raw: object, _: Subject) -> str:
    text = _time_text(raw)
    _require(
        _INSTANT,
        datetime.fromisoformat,
        text,
        'a date or time such as "2026-11-23" or "2026-11-23T10:00:00Z"',
    )
    return text


def _time_text(raw: object) -> str:
    if isinstance(raw, date):
        return raw.isoformat()
    return raw.strip().upper() if isinstance(raw, str) else shown(raw)


def _require(
    shape: re.Pattern[str], parse: Callable[[str], object], text: str, wanted: str
) -> None:
    if not shape.fullmatch(text):
        raise BadOperand(f"{shown(text)} is not {wanted}")
    try:
        parse(text)
    except ValueError as error:
        raise BadOperand(f"{shown(text)} is not {wanted}: {error}") from None


def _read_truth(raw: object, _: Subject) -> str:
    truth = _YES_AND_NO.get(str(raw).strip().lower()) if isinstance(raw, (bool, str)) else None
    if truth is None:
        raise BadOperand(f"{shown(raw)} is neither true nor false")
    return truth


_READERS: dict[Likeness, Callable[[object, Subject], str]] = {
    Likeness.NUMBER: _read_number,
    Likeness.MONEY: _read_money,
    Likeness.DATE: _read_date,
    Likeness.INSTANT: _read_instant,
    Likeness.TRUTH: _read_truth,
}
