"""How each field of a form is asked for: its control, its label, and what is in it already."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from headgate.domain.fields import ADDRESS_PARTS, Field, FieldType
from headgate.domain.flaws import Flaw
from headgate.domain.forms import Form
from headgate.services.form_filling import CONSENT, FormShown

_MOST_RADIOS = 4
_TYPES = {
    FieldType.EMAIL: "email",
    FieldType.PHONE: "tel",
    FieldType.DATE: "date",
    FieldType.DATETIME: "datetime-local",
    FieldType.URL: "url",
}
_KEYBOARDS = {FieldType.NUMBER: "decimal", FieldType.MONEY: "decimal"}
_FILLED_BY_TYPE = {
    FieldType.EMAIL: "email",
    FieldType.PHONE: "tel",
    FieldType.POSTCODE: "postal-code",
    FieldType.URL: "url",
}
_FILLED_BY_KEY = {
    "name": "name",
    "full_name": "name",
    "first_name": "given-name",
    "last_name": "family-name",
    "company": "organization",
    "street": "address-line1",
    "city": "address-level2",
    "state_code": "address-level1",
    "country": "country-name",
}
_PARTS: dict[str, tuple[Promise | str, str]] = {
    "line1": (_("Street and number"), "address-line1"),
    "line2": (_("Apartment, floor"), "address-line2"),
    "city": (_("City"), "address-level2"),
    "region": (_("State or region"), "address-level1"),
    "postcode": (_("Postal code"), "postal-code"),
    "country": (_("Country"), "country-name"),
}


class Option(Struct, frozen=True):
    key: str
    label: str
    is_chosen: bool


class Input(Struct, frozen=True, kw_only=True):
    """`control` is one of line, textarea, select, radios, ticks, tick, address, hidden."""

    control: str
    name: str
    id: str
    label: Promise | str
    help: str | None = None
    is_required: bool = False
    value: str = ""
    type: str = "text"
    keyboard: str = ""
    filled_by: str = "off"
    unit: str = ""
    options: Sequence[Option] = ()
    parts: Sequence["Input"] = ()
    errors: Sequence[str] = ()


class Typed(Struct, frozen=True):
    """What stands in a form already: by key of the field, as raw as it was posted."""

    values: Mapping[str, Any] = {}
    flaws: Sequence[Flaw] = ()
    consents: bool = False

    def errors(self, place: str) -> list[str]:
        return [flaw.message for flaw in self.flaws if flaw.place == place]


def inputs_of(shown: FormShown, typed: Typed) -> list[Input]:
    """Return the form's inputs in its order; a fixed value is no business of the browser's."""
    currency = shown.setup.currency
    return [
        _input(shown.form, field, typed, currency)
        for key in shown.form.fields
        if (field := shown.entity.field(key)) is not None and not _is_fixed(shown.form, key)
    ]


def consent_errors(typed: Typed) -> list[str]:
    return typed.errors(CONSENT)


def _is_fixed(form: Form, key: str) -> bool:
    question = form.question(key)
    return question.hidden and question.value is not None


def _input(form: Form, field: Field, typed: Typed, currency: str) -> Input:
    question = form.question(field.key)
    value = typed.values.get(field.key)
    control = "hidden" if question.hidden else _control(field)
    return Input(
        control=control,
        name=field.key,
        id=f"field-{field.key}",
        label=question.label or field.label,
        help=question.help,
        is_required=field.required or question.required,
        value=_text(value),
        type=_TYPES.get(field.type, "text"),
        keyboard=_KEYBOARDS.get(field.type, ""),
        filled_by="off" if field.encrypted else _filled_by(field),
        unit=currency if field.type is FieldType.MONEY else "",
        options=_options(field, value),
        parts=_parts(field, value, typed) if control == "address" else (),
        errors=typed.errors(field.key),
    )


def _control(field: Field) -> str:
    match field.type:
        case FieldType.TEXTAREA | FieldType.ADDRESS:
            return str(field.type)
        case FieldType.MULTICHOICE:
            return "ticks"
        case FieldType.BOOLEAN:
            return "radios" if field.required else "tick"
        case FieldType.CHOICE:
            # A chosen radio button cannot be taken back, which only a required choice may ask.
            few = field.required and len(field.options or ()) <= _MOST_RADIOS
            return "radios" if few else "select"
    return "line"


def _filled_by(field: Field) -> str:
    return _FILLED_BY_KEY.get(field.key) or _FILLED_BY_TYPE.get(field.type, "on")


def _options(field: Field, value: object) -> list[Option]:
    if field.type is FieldType.BOOLEAN:
        said = _text(value).strip().lower()
        words = (("yes", _("Yes")), ("no", _("No")))
        return [Option(key, str(label), key == said) for key, label in words]
    several = value if isinstance(value, list) else [value]
    return [Option(key, label, key in several) for key, label in (field.options or {}).items()]


def _parts(field: Field, value: object, typed: Typed) -> list[Input]:
    given = value if isinstance(value, Mapping) else {"line1": value}
    return [
        Input(
            control="line",
            name=f"{field.key}.{part}",
            id=f"field-{field.key}-{part}",
            label=_PARTS[part][0],
            value=_text(given.get(part)),
            filled_by=_PARTS[part][1],
            errors=typed.errors(f"{field.key}.{part}"),
        )
        for part in ADDRESS_PARTS
    ]


def _text(value: object) -> str:
    """Return what a text control shows of a posted value; several are of no control's making."""
    return value if isinstance(value, str) else ""
