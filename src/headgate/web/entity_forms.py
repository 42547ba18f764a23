"""An entity while it is edited: fields that name themselves, and duplicates that may be unsaid."""

import re
from collections.abc import Collection
from typing import Any
from unicodedata import normalize

from headgate.domain.configuration.editing import Document
from headgate.domain.configuration.reading.section import readable
from headgate.domain.fields import RESERVED_KEYS, FieldType

WITH_OPTIONS = (FieldType.CHOICE, FieldType.MULTICHOICE)
_LONGEST_KEY = 50

# What a new kind of lead begins with; whatever is not wanted is taken out.
TYPICAL: Document = {
    "fields": [
        {"key": "first_name", "label": "First name", "type": "text", "required": True},
        {"key": "last_name", "label": "Last name", "type": "text"},
        {"key": "email", "label": "Email", "type": "email", "required": True},
        {"key": "phone", "label": "Phone", "type": "phone", "region": "US"},
        {"key": "zip", "label": "ZIP code", "type": "postcode"},
    ],
    "statuses": ["New", "Contacted", "Qualified", "Won", "Lost"],
    "duplicates": {"match": ["email", "phone"], "within_days": 30},
}


def opened(said: Document) -> Document:
    """Return an entity as its form shows it: a label that follows from the key is written out."""
    fields = [{"label": readable(each["key"]), **each} for each in said.get("fields", ())]
    return {**said, "fields": fields}


def closed(form: Document) -> Document:
    """Return what the form says as a document.

    A field without a key is called after its label; options and a region stand only where the
    type has them, and duplicates only where something is compared.
    """
    said = dict(form)
    said["fields"] = fields = [_closed_field(each) for each in form.get("fields", ())]
    taken = {str(each["key"]) for each in fields if "key" in each}
    for field in fields:
        if "key" not in field and field.get("label"):
            field["key"] = free_key(str(field["label"]), taken)
            taken.add(field["key"])
    if not (form.get("duplicates") or {}).get("match"):
        said.pop("duplicates", None)
    return said


def free_key(label: str, taken: Collection[str]) -> str:
    """Make a field's key of its label; intake takes no notice of case, spaces and underscores."""
    plain = normalize("NFKD", label.casefold()).encode("ascii", "ignore").decode()
    wanted = re.sub("[^a-z0-9]+", "_", plain).strip("_")[:_LONGEST_KEY].strip("_")
    if not wanted or not wanted[0].isalpha():
        wanted = f"field_{wanted}".rstrip("_")
    known = {key.casefold().replace("_", "") for key in (*taken, *RESERVED_KEYS)}
    key, number = wanted, 2
    while key.replace("_", "") in known:
        key, number = f"{wanted}_{number}", number + 1
    return key


def _closed_field(form: Document) -> Document:
    field: dict[str, Any] = dict(form)
    if field.get("type") not in WITH_OPTIONS:
        field.pop("options", None)
    if field.get("type") != FieldType.PHONE:
        field.pop("region", None)
    return field
