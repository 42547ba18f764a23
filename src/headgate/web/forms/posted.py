"""What a browser posted, form-encoded or JSON, taken apart by the form's own fields."""

from collections.abc import Mapping
from typing import Any

from headgate.domain.fields import Field, FieldType
from headgate.domain.flaws import Flaw, Flawed
from headgate.services.form_filling import Circumstances, Filled, FormShown

# No key of a field begins so.
TOKEN, PROOF, CONSENTS, PAGE, REFERRER = "_token", "_proof", "_consent", "_page", "_referrer"
ALTCHA = "altcha"  # what ALTCHA's own widget calls the proof
TRUSTEDFORM, JORNAYA = "xxTrustedFormCertUrl", "universal_leadid"


def bait_of(shown: FormShown) -> str:
    """Return the name of the field that only machines fill in: no field of the entity's."""
    keys = {field.key for field in shown.entity.fields}
    names = ("website", "homepage", *(f"website_{number}" for number in range(2, 300)))
    return next(name for name in names if name not in keys)


def read_form(shown: FormShown, flat: Mapping[str, Any], circumstances: Circumstances) -> Filled:
    """Read form-encoded names; an unticked box sends nothing, and means no."""
    values: dict[str, Any] = {}
    for key in shown.form.fields:
        field = shown.entity.field(key)
        value = None if field is None else _value(field, flat)
        if value is not None:
            values[key] = value
        elif field and _is_tick(field) and not shown.form.question(key).hidden:
            values[key] = "no"
    return _filled(shown, flat, values, consents=bool(_one(flat, CONSENTS)), seen=circumstances)


def read_json(shown: FormShown, body: Mapping[str, Any], circumstances: Circumstances) -> Filled:
    """Read what a page of the operator's own posts.

    :raises Flawed:
    """
    known = ("fields", "consent", "token", "proof", "page", "referrer", TRUSTEDFORM, JORNAYA)
    flaws = [
        Flaw(name, "unknown_field", f"there is no such key here; there are: {', '.join(known)}")
        for name in body
        if name not in known
    ]
    values = body.get("fields", {})
    if not isinstance(values, dict):
        flaws.append(Flaw("fields", "bad_type", "must be an object: keys of fields and values"))
    else:
        flaws += [
            Flaw(key, "unknown_field", "the form does not ask for it")
            for key in values
            if key not in shown.form.fields
        ]
    if flaws:
        raise Flawed(flaws)
    renamed = {TOKEN: "token", PROOF: "proof", PAGE: "page", REFERRER: "referrer"}
    flat = {ours: body.get(theirs) for ours, theirs in renamed.items()} | {
        name: body.get(name) for name in (TRUSTEDFORM, JORNAYA)
    }
    consents = body.get("consent") is True
    return _filled(shown, flat, values, consents=consents, seen=circumstances)


def read_query(shown: FormShown, said: Mapping[str, str]) -> dict[str, Any]:
    """Return what fields begin with: their own values, or those of the page's address."""
    form = shown.form
    fixed = {key: form.question(key).value for key in form.fields}
    wanted = {key: form.parameter(key) for key in form.fields}
    begun: dict[str, Any] = {key: value for key, value in fixed.items() if value is not None}
    return begun | {
        key: said[name] for key, name in wanted.items() if name is not None and name in said
    }


def _filled(
    shown: FormShown,
    flat: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    consents: bool,
    seen: Circumstances,
) -> Filled:
    return Filled(
        values=values,
        token=_one(flat, TOKEN),
        proof=_one(flat, PROOF) or _one(flat, ALTCHA),
        is_baited=bool(_one(flat, bait_of(shown))),
        consents=consents,
        circumstances=Circumstances(
            address=seen.address,
            user_agent=seen.user_agent,
            page=_one(flat, PAGE) or seen.page,
            referrer=_one(flat, REFERRER),
            trustedform_url=_one(flat, TRUSTEDFORM),
            jornaya_id=_one(flat, JORNAYA),
        ),
    )


def _is_tick(field: Field) -> bool:
    """Tell whether it is one box to tick; a required one has yes and no to choose from."""
    return field.type is FieldType.BOOLEAN and not field.required


def _value(field: Field, flat: Mapping[str, Any]) -> object:
    if field.type is not FieldType.ADDRESS:
        return flat.get(field.key)
    parts = {
        name.removeprefix(f"{field.key}."): value
        for name, value in flat.items()
        if name.startswith(f"{field.key}.")
    }
    return parts or flat.get(field.key)


def _one(flat: Mapping[str, Any], name: str) -> str:
    value = flat.get(name)
    if isinstance(value, list):
        value = value[0]
    return value if isinstance(value, str) else ""
