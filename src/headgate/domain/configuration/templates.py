"""Whether what a webhook's template makes is JSON, or XML, whatever the lead says."""

import re
from xml.parsers import expat

import msgspec

from headgate.domain.delivery_settings import Format, Webhook

_GAP = re.compile(r"\{\{\s*[A-Za-z_][\w.]*\s*\}\}", re.ASCII)
# Inside quotes, between tags and where a JSON value stands: a digit fits wherever a gap may be.
_FILLED = "0"


class _DocumentType(ValueError):
    pass


def fault_of_template(webhook: Webhook) -> str | None:
    """Return what is wrong with it; None when nothing is, or when there is none."""
    if webhook.template is None or webhook.format is Format.FORM:
        return None
    text = _GAP.sub(_FILLED, webhook.template)
    fault = _fault_of_json(text) if webhook.format is Format.JSON else _fault_of_xml(text)
    if fault is None:
        return None
    return f"this makes no {webhook.format.upper()}, whatever the lead: {fault}"


def _fault_of_json(text: str) -> str | None:
    try:
        msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        return str(error)
    return None


def _fault_of_xml(text: str) -> str | None:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        return str(error)
    except _DocumentType:
        return None  # its entities could be anything
    return None


def _refuse(*_: object) -> None:
    raise _DocumentType
