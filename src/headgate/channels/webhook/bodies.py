"""Bodies in each format: JSON, form, XML, and templates escaped for theirs."""

import re
from urllib.parse import quote_plus, urlencode

from headgate.channels import payload, templates
from headgate.channels.contract import LeadFacts
from headgate.channels.payload import Pair
from headgate.channels.xml_text import xml_text
from headgate.domain.delivery_settings import FieldChoice, Format

CONTENT_TYPES = {
    Format.JSON: "application/json",
    Format.FORM: "application/x-www-form-urlencoded",
    Format.XML: "application/xml",
}
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]", re.ASCII)


def body(format_: Format, fields: FieldChoice, template: str | None, facts: LeadFacts) -> bytes:
    if template is not None:
        return _filled(template, format_, facts)
    if format_ is Format.JSON:
        return payload.default_body(fields, facts)
    pairs = _pairs(fields, facts)
    return _form(pairs) if format_ is Format.FORM else _xml(pairs)


def query(fields: FieldChoice, template: str | None, facts: LeadFacts) -> str:
    """Return what a GET request says behind the question mark."""
    return body(Format.FORM, fields, template, facts).decode()


def _pairs(fields: FieldChoice, facts: LeadFacts) -> list[Pair]:
    """Put the ids beside the fields, and leave absent values out."""
    ids: list[Pair] = [("delivery_id", facts.delivery_id), ("lead_id", facts.lead_id)]
    pairs = payload.chosen(fields, facts)
    return ids + [(name, value) for name, value in pairs if value is not None]


def _form(pairs: list[Pair]) -> bytes:
    return urlencode([(name, payload.text(value)) for name, value in pairs]).encode()


def _xml(pairs: list[Pair]) -> bytes:
    elements = (
        f"<{tag}>{xml_text(payload.text(value))}</{tag}>"
        for tag, value in ((_element(name), value) for name, value in pairs)
    )
    return f"<lead>{''.join(elements)}</lead>".encode()


def _element(name: str) -> str:
    """Make an element's name of a field's; what XML does not allow there becomes `_`."""
    tag = _NOT_IN_NAMES.sub("_", name)
    return tag if tag[:1].isalpha() or tag[:1] == "_" else f"_{tag}"


def _filled(template: str, format_: Format, facts: LeadFacts) -> bytes:
    def text_of(gap: templates.Gap) -> str:
        value = payload.value_of(facts, gap.name)
        if format_ is Format.FORM:
            return quote_plus(payload.text(value))
        if format_ is Format.XML:
            return xml_text(payload.text(value))
        if gap.is_quoted:
            return payload.json_bytes(payload.text(value)).decode()[1:-1]
        # Outside quotes only a whole JSON value keeps a lead from writing JSON of its own.
        return payload.json_bytes(value).decode()

    return templates.fill(template, text_of).encode()
