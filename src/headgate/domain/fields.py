"""What a kind of lead must say: its fields."""

from enum import StrEnum

from msgspec import Struct


class FieldType(StrEnum):
    TEXT = "text"
    TEXTAREA = "textarea"
    NUMBER = "number"
    MONEY = "money"
    EMAIL = "email"
    PHONE = "phone"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    MULTICHOICE = "multichoice"
    BOOLEAN = "boolean"
    URL = "url"
    POSTCODE = "postcode"
    ADDRESS = "address"


RESERVED_KEYS = frozenset(
    ("id", "entity", "status", "source", "state", "received_at", "test", "extra")
)
ADDRESS_PARTS = ("line1", "line2", "city", "region", "postcode", "country")


class Field(Struct, frozen=True, omit_defaults=True):
    """One property of a lead. `options` maps a choice's key to its label, in order."""

    key: str
    type: FieldType
    label: str
    required: bool = False
    default: str | None = None
    options: dict[str, str] | None = None
    encrypted: bool = False
    region: str | None = None
