"""The ready-to-compare forms of values: the lead's, once per lead, and the rule's."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

from headgate.domain.entities import Entity
from headgate.domain.rules.subjects import Likeness, Subject, find_subject

ABSENT: dict[Likeness, Any] = dict.fromkeys(Likeness) | {
    # Falsy values of the right type, so that the commonest tests need no look at absence.
    Likeness.TEXT: "",
    Likeness.PHONE: "",
    Likeness.CHOICE: "",
    Likeness.KEYS: frozenset(),
}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_INT_DIGITS = 18


def compile_comparables(
    entity: Entity, *, zone: ZoneInfo, keys: AbstractSet[str]
) -> Callable[[Mapping[str, object]], Mapping[str, object]]:
    """Return the function that turns a lead's clean values into what compiled rules read.

    Its result has every one of `keys`, absent values in the form of `ABSENT`, and beside each
    text its written form for patterns (`written_key`). Keys that name nothing are left out.
    """
    subjects = [s for s in (find_subject(entity, key) for key in sorted(keys)) if s is not None]
    steps = [_step(subject, zone) for subject in subjects]

    def comparables(values: Mapping[str, object]) -> Mapping[str, object]:
        seen: dict[str, Any] = {}
        for key, written, absent, form in steps:
            value = value_at(values, key)
            seen[key] = absent if value is None else form(value)
            if written is not None:
                seen[written] = "" if value is None else value.strip()
        return seen

    return comparables


def value_at(values: Mapping[str, Any], key: str) -> Any:
    """Return the lead's clean value, or None when it is absent."""
    if "." not in key:
        return values.get(key)
    root, _, part = key.partition(".")
    return values.get(root, {}).get(part)


def written_key(key: str) -> str:
    """Return where the comparables keep a text as it was written."""
    return f"{key}:written"


def lead_form(likeness: Likeness, zone: ZoneInfo) -> Callable[[Any], Any]:
    """Return the function from a lead's value to its comparable form."""
    if likeness is Likeness.KEYS:
        return frozenset
    if likeness is Likeness.PRESENCE:
        return lambda parts: True if any(parts.values()) else None
    return rule_form(likeness, zone) if likeness is not Likeness.TRUTH else bool


def rule_form(likeness: Likeness, zone: ZoneInfo) -> Callable[[Any], Any]:
    """Return the function from one text of a condition's value to its comparable form."""
    match likeness:
        case Likeness.NUMBER | Likeness.MONEY:
            return as_number
        case Likeness.INSTANT:
            return lambda text: as_instant(text, zone)
        case Likeness.TRUTH:
            return lambda text: text == "true"
        case Likeness.DATE | Likeness.KEYS:
            return str  # YYYY-MM-DD sorts as text
        case _:
            return fold


def fold(text: str) -> str:
    folded = text.strip().casefold()
    return folded if folded.isascii() else normalize("NFC", folded)


def as_number(value: int | Decimal | str) -> int | Decimal:
    """Read a number; recorded decisions keep a decimal as text, so text is read as well."""
    if isinstance(value, int):
        return value
    number = Decimal(value)
    # Small whole numbers compare faster as int; a huge exponent must never be written out.
    is_small_whole = number.adjusted() < _INT_DIGITS and number == number.to_integral_value()
    return int(number) if is_small_whole else number


def as_instant(text: str, zone: ZoneInfo) -> int:
    """Read a date or RFC 3339 time as microseconds since 1970; without offset it is in `zone`."""
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return (aware - _EPOCH) // _MICROSECOND


_Step = tuple[str, str | None, Any, Callable[[Any], Any]]


def _step(subject: Subject, zone: ZoneInfo) -> _Step:
    likeness = subject.likeness
    has_wording = likeness in (Likeness.TEXT, Likeness.PHONE, Likeness.CHOICE)
    written = written_key(subject.key) if has_wording else None
    return subject.key, written, ABSENT[likeness], lead_form(likeness, zone)
