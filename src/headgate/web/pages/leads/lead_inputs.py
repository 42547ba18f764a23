"""A lead's fields as the inputs of a form, and what a person typed into them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from headgate.domain.fields import ADDRESS_PARTS, Field, FieldType
from headgate.domain.flaws import Flaw

NAME = "field."  # of a control, before the field's key
_REMOVE = "remove."  # of the box that takes an encrypted value away
_TYPES = {
    FieldType.EMAIL: "email",
    FieldType.PHONE: "tel",
    FieldType.DATE: "date",
    FieldType.DATETIME: "datetime-local",
}
_KEYBOARDS = {FieldType.NUMBER: "decimal", FieldType.MONEY: "decimal", FieldType.URL: "url"}
_PARTS: dict[str, Promise] = {
    "line1": _("Street and number"),
    "line2": _("More of the address"),
    "city": _("City"),
    "region": _("State or region"),
    "postcode": _("Postal code"),
    "country": _("Country"),
}


class Option(Struct, frozen=True):
    value: str
    word: Promise | str
    is_chosen: bool


class Input(Struct, frozen=True, kw_only=True):
    """`control` is line, textarea, select, ticks or address; `is_kept` of a hidden value."""

    control: str
    key: str
    name: str
    id: str
    label: Promise | str
    is_required: bool = False
    is_encrypted: bool = False
    is_kept: bool = False
    value: str = ""
    type: str = "text"
    keyboard: str = ""
    unit: str = ""
    hint: str = ""
    options: Sequence[Option] = ()
    parts: Sequence["Input"] = ()
    errors: Sequence[str] = ()


def inputs_of(
    fields: Iterable[Field],
    values: Mapping[str, Any],
    flaws: Sequence[Flaw],
    *,
    zone: ZoneInfo,
    currency: str,
    hidden: Iterable[str] = (),
) -> list[Input]:
    """Return an input for each field; `hidden` are the encrypted ones that have a value."""
    kept = frozenset(hidden)
    return [
        _input(field, values.get(field.key), flaws, zone=zone, currency=currency, kept=kept)
        for field in fields
    ]


def typed_in(posted: QueryDict, fields: Iterable[Field]) -> dict[str, Any]:
    """Return what was typed, as raw as it came; a blank is an empty text."""
    typed: dict[str, Any] = {}
    for field in fields:
        name = NAME + field.key
        match field.type:
            case FieldType.MULTICHOICE:
                typed[field.key] = posted.getlist(name)
            case FieldType.ADDRESS:
                parts = {part: posted.get(f"{name}.{part}", "").strip() for part in ADDRESS_PARTS}
                typed[field.key] = {part: text for part, text in parts.items() if text}
            case _:
                typed[field.key] = posted.get(name, "").replace("\r\n", "\n")
    return typed


def edited_in(
    posted: QueryDict, fields: Sequence[Field], values: Mapping[str, Any], *, zone: ZoneInfo
) -> dict[str, Any]:
    """Return what was typed otherwise than it stood there; the rest is nobody's business.

    A blank encrypted field keeps its value, unless the box beside it says to take it away.
    """
    edited = {}
    for field in fields:
        typed = typed_in(posted, [field])[field.key]
        if field.encrypted:
            if typed or posted.get(_REMOVE + field.key):
                edited[field.key] = typed
        elif typed != _standing(field, values.get(field.key), zone):
            edited[field.key] = typed
    return edited


def _input(
    field: Field,
    value: Any,
    flaws: Sequence[Flaw],
    *,
    zone: ZoneInfo,
    currency: str,
    kept: frozenset[str],
) -> Input:
    is_hidden = field.key in kept
    control = _control(field)
    return Input(
        control=control,
        key=field.key,
        name=NAME + field.key,
        id=f"field-{field.key}",
        label=field.label,
        is_required=field.required and field.default is None and not is_hidden,
        is_encrypted=field.encrypted,
        is_kept=is_hidden,
        value="" if is_hidden else _text(field, value, zone),
        type=_TYPES.get(field.type, "text"),
        keyboard=_KEYBOARDS.get(field.type, ""),
        unit=currency if field.type is FieldType.MONEY else "",
        hint=field.default or "",
        options=_options(field, value),
        parts=_parts(field, value, flaws) if control == "address" else (),
        errors=[flaw.message for flaw in flaws if flaw.place == field.key],
    )


def _control(field: Field) -> str:
    controls = {
        FieldType.TEXTAREA: "textarea",
        FieldType.ADDRESS: "address",
        FieldType.CHOICE: "select",
        FieldType.BOOLEAN: "select",
        FieldType.MULTICHOICE: "ticks",
    }
    return controls.get(field.type, "line")


def _standing(field: Field, value: Any, zone: ZoneInfo) -> Any:
    """Return what a form that nobody touches would post for a value."""
    match field.type:
        case FieldType.MULTICHOICE:
            return value or []
        case FieldType.ADDRESS:
            return value or {}
    return _text(field, value, zone)


def _text(field: Field, value: Any, zone: ZoneInfo) -> str:
    """Return what stands in a line; a stored moment is shown as the account's clocks say it."""
    if value is None or isinstance(value, list | Mapping):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.type is FieldType.DATETIME and str(value).endswith("Z"):
        moment = datetime.fromisoformat(str(value).replace("Z", "+00:00")).astimezone(zone)
        return moment.replace(tzinfo=None).isoformat(timespec="minutes")
    return str(value)


def _options(field: Field, value: Any) -> list[Option]:
    words: dict[str, Promise | str] = dict(field.options or {})
    chosen = value if isinstance(value, list) else [value]
    if field.type is FieldType.BOOLEAN:
        words = {"yes": _("Yes"), "no": _("No")}
        chosen = [{True: "yes", False: "no"}.get(value, value)]
    elif field.type in (FieldType.CHOICE, FieldType.MULTICHOICE):
        # What is no option any more is offered all the same, so that nothing is lost.
        words |= {each: each for each in chosen if each and each not in words}
    return [Option(key, word, key in chosen) for key, word in words.items()]


def _parts(field: Field, value: Any, flaws: Sequence[Flaw]) -> list[Input]:
    given = value if isinstance(value, Mapping) else {}
    return [
        Input(
            control="line",
            key=part,
            name=f"{NAME}{field.key}.{part}",
            id=f"field-{field.key}-{part}",
            label=word,
            value=str(given.get(part) or ""),
            errors=[flaw.message for flaw in flaws if flaw.place == f"{field.key}.{part}"],
        )
        for part, word in _PARTS.items()
    ]
