"""From a raw payload to clean values, by the fields of its entity."""

from collections.abc import Callable, Iterable, Mapping
from zoneinfo import ZoneInfo

from msgspec import Struct

from headgate.domain.cleaning.addresses import address_cleaner
from headgate.domain.cleaning.choices import choice_cleaner, multichoice_cleaner
from headgate.domain.cleaning.contacts import email_cleaner, phone_cleaner, url_cleaner
from headgate.domain.cleaning.moments import date_cleaner, datetime_cleaner
from headgate.domain.cleaning.numbers import boolean_cleaner, money_cleaner, number_cleaner
from headgate.domain.cleaning.texts import line_cleaner, storable, textarea_cleaner
from headgate.domain.cleaning.values import Clean, Value
from headgate.domain.fields import Field, FieldType
from headgate.domain.flaws import Flaw, Flawed

MOST_FIELDS = 200
_LONGEST_PLACE = 100


class Cleaned(Struct, frozen=True):
    """Absent values are not among `values`; nobody changes one in place, defaults are shared."""

    values: dict[str, Value]
    flaws: tuple[Flaw, ...]


Cleaner = Callable[[Mapping[str, object]], Cleaned]


def compile_cleaner(fields: Iterable[Field], *, zone: ZoneInfo, currency: str) -> Cleaner:
    """Compile the cleaning of an entity's payloads; it reports every flaw and never raises.

    A default that is itself flawed is reported with each lead that needs it, so cleaning an
    empty payload finds them all.
    """
    steps = tuple(_step(field, zone, currency) for field in fields)
    known = frozenset(step[0] for step in steps)

    def clean(raw: Mapping[str, object]) -> Cleaned:
        if len(raw) > MOST_FIELDS:
            return _TOO_MANY
        values: dict[str, Value] = {}
        flaws: list[Flaw] = []
        for key, clean_value, default, missing in steps:
            given = raw.get(key)
            try:
                value = None if given is None else clean_value(given)
            except Flawed as refusal:
                flaws += refusal.flaws
                continue
            if value is not None:
                values[key] = value
            elif default is not None:
                values[key] = default
            elif missing:
                flaws += missing
        if not known.issuperset(raw):
            flaws += _unknown(raw, known)
        return Cleaned(values, tuple(flaws))

    return clean


_TOO_MANY = Cleaned({}, (Flaw("", "too_many_fields", f"a lead has at most {MOST_FIELDS} fields"),))
_Step = tuple[str, Clean, Value | None, tuple[Flaw, ...]]


def _step(field: Field, zone: ZoneInfo, currency: str) -> _Step:
    """Return the key, its cleaning, and for an absent value the default or what to report."""
    clean_value = _value_cleaner(field, zone, currency)
    default = None
    missing: tuple[Flaw, ...] = ()
    if field.required:
        missing = (Flaw(field.key, "required", "must have a value"),)
    if field.default is not None:
        try:
            default = clean_value(field.default)
        except Flawed as refusal:
            missing = tuple(
                Flaw(flaw.place, "bad_default", f"the default of the field {flaw.message}")
                for flaw in refusal.flaws
            )
    return field.key, clean_value, default, missing


_BY_TYPE_ALONE: dict[FieldType, Callable[[str], Clean]] = {
    FieldType.TEXT: line_cleaner,
    FieldType.POSTCODE: line_cleaner,
    FieldType.TEXTAREA: textarea_cleaner,
    FieldType.NUMBER: number_cleaner,
    FieldType.BOOLEAN: boolean_cleaner,
    FieldType.DATE: date_cleaner,
    FieldType.EMAIL: email_cleaner,
    FieldType.URL: url_cleaner,
    FieldType.ADDRESS: address_cleaner,
}


def _value_cleaner(field: Field, zone: ZoneInfo, currency: str) -> Clean:
    match field.type:
        case FieldType.MONEY:
            return money_cleaner(field.key, currency)
        case FieldType.PHONE:
            return phone_cleaner(field.key, field.region)
        case FieldType.DATETIME:
            return datetime_cleaner(field.key, zone)
        case FieldType.CHOICE:
            return choice_cleaner(field.key, field.options or {})
        case FieldType.MULTICHOICE:
            return multichoice_cleaner(field.key, field.options or {})
        case plain:
            return _BY_TYPE_ALONE[plain](field.key)


def _unknown(raw: Mapping[str, object], known: frozenset[str]) -> list[Flaw]:
    message = "is not a field of this entity"
    return [
        Flaw(storable(key)[:_LONGEST_PLACE], "unknown_field", message)
        for key in raw
        if key not in known
    ]
