"""ADF 1.0, the XML in which car dealers' systems read a lead from a mail."""

from collections.abc import Callable, Iterable

from headgate.channels.choosing import Row
from headgate.channels.contract import LeadFacts
from headgate.channels.xml_text import xml_text
from headgate.domain.fields import FieldType

_NAMES = {
    "first": ("first_name", "firstname", "given_name"),
    "last": ("last_name", "lastname", "surname", "family_name"),
    "full": ("name", "full_name", "fullname"),
}
_COMMENTS = ("comments", "comment", "message", "notes", "note")
_CAR = ("year", "make", "model", "vin", "stock", "trim")
# The document type of ADF wants these three in every vehicle, known or not.
_CAR_ALWAYS = ("year", "make", "model")
_ADDRESS_TAGS = {
    "line1": ('street line="1"', "street"),
    "line2": ('street line="2"', "street"),
    "city": ("city", "city"),
    "region": ("regioncode", "regioncode"),
    "postcode": ("postalcode", "postalcode"),
    "country": ("country", "country"),
}


def document(rows: list[Row], facts: LeadFacts) -> str:
    """Put the fields where ADF has a place for them, and all others into the comments."""
    rest = [row for row in rows if row.text]
    vehicle = _vehicle(rest)
    contact = _names(rest) + _mail_and_phone(rest) + _address(rest)
    provider = _element("name", "Headgate", 'name part="full"')
    customer = f"<customer><contact>{contact}</contact>{_comments(rest)}</customer>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<?adf version="1.0"?>\n'
        f'<adf><prospect status="new"><id sequence="1" source="Headgate">{facts.lead_id}</id>'
        f"<requestdate>{facts.received_at}</requestdate>{vehicle}{customer}"
        f"<vendor>{_element('vendorname', facts.entity_name)}</vendor>"
        f"<provider>{provider}</provider>"
        "</prospect></adf>\n"
    )


def _vehicle(rest: list[Row]) -> str:
    parts = []
    for tag in _CAR:
        row = _with_key(rest, (tag,))
        if row or tag in _CAR_ALWAYS:
            parts.append(_element(tag, row.text if row else ""))
    return f"<vehicle>{''.join(parts)}</vehicle>"


def _names(rest: list[Row]) -> str:
    parts = []
    for part, keys in _NAMES.items():
        row = _with_key(rest, keys)
        if row:
            parts.append(_element("name", row.text, f'name part="{part}"'))
    # A contact has a name, by the document type.
    return "".join(parts) or _element("name", "", 'name part="full"')


def _mail_and_phone(rest: list[Row]) -> str:
    email = _with_key(rest, ("email",)) or _of_type(rest, FieldType.EMAIL)
    phone = _with_key(rest, ("phone",)) or _of_type(rest, FieldType.PHONE)
    return (_element("email", email.text) if email else "") + (
        _element("phone", phone.text) if phone else ""
    )


def _address(rest: list[Row]) -> str:
    address = _of_type(rest, FieldType.ADDRESS)
    parts = dict(address.value) if address and isinstance(address.value, dict) else {}
    if address and not parts:
        parts = {"line1": address.text}
    postcode = None if parts.get("postcode") else _of_type(rest, FieldType.POSTCODE)
    if postcode:
        parts["postcode"] = postcode.text
    inner = "".join(
        _element(closing, parts[part], opening)
        for part, (opening, closing) in _ADDRESS_TAGS.items()
        if parts.get(part)
    )
    return f"<address>{inner}</address>" if inner else ""


def _comments(rest: list[Row]) -> str:
    comments = _with_key(rest, _COMMENTS)
    lines = [comments.text] if comments else []
    lines += [f"{row.label}: {row.text}" for row in rest]
    return _element("comments", "\n".join(lines)) if lines else ""


def _with_key(rest: list[Row], keys: Iterable[str]) -> Row | None:
    wanted = frozenset(keys)
    return _taken(rest, lambda row: row.key in wanted)


def _of_type(rest: list[Row], type_: FieldType) -> Row | None:
    return _taken(rest, lambda row: row.field is not None and row.field.type is type_)


def _taken(rest: list[Row], fits: Callable[[Row], bool]) -> Row | None:
    """Take the first row that fits out of those that have no place yet."""
    found = next((row for row in rest if fits(row)), None)
    if found is not None:
        rest.remove(found)
    return found


def _element(tag: str, text: str, opening: str | None = None) -> str:
    return f"<{opening or tag}>{xml_text(text)}</{tag}>"
