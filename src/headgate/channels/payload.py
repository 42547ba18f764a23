"""What of a lead goes out: the chosen fields under their names, and the default JSON body."""

from decimal import Decimal

import msgspec

from headgate.channels.contract import LeadFacts
from headgate.domain.cleaning.values import Value
from headgate.domain.delivery_settings import FieldChoice
from headgate.domain.fields import ADDRESS_PARTS

POSTBACK_URL = "postback_url"
Pair = tuple[str, Value | None]

_JSON = msgspec.json.Encoder(decimal_format="number")


def value_of(facts: LeadFacts, name: str) -> Value | None:
    """Return what `name` stands for: a field, a part of an address, or a fact of the lead.

    None when the lead has no such value.
    """
    value = facts.values.get(name)
    if value is not None:
        return value
    key, dot, part = name.partition(".")
    if dot:
        address = facts.values.get(key)
        # An address that is text is a masked one.
        return address.get(part) if isinstance(address, dict) else address
    return _fact(facts, name)


def _fact(facts: LeadFacts, name: str) -> Value | None:
    if name in ("id", "lead_id"):
        return facts.lead_id
    if name in ("delivery_id", "entity", "profile", "received_at", "status", "source", "test"):
        fact: str | bool = getattr(facts, name)
        return fact
    return facts.postback_url if name == POSTBACK_URL else None


def chosen(choice: FieldChoice, facts: LeadFacts) -> list[Pair]:
    """Return the fields that go out, under the partner's names; None stands for no value."""
    if choice.pairs is None:
        return [(field.key, facts.values.get(field.key)) for field in facts.fields]
    return [(theirs, value_of(facts, ours)) for theirs, ours in choice.pairs]


def text(value: Value | None) -> str:
    """Write a value for people and for formats without types."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return ", ".join(value[part] for part in ADDRESS_PARTS if value.get(part))
    if isinstance(value, list):
        return ", ".join(value)
    return str(value)


def json_bytes(value: object) -> bytes:
    return _JSON.encode(value)


def default_body(choice: FieldChoice, facts: LeadFacts) -> bytes:
    """Return the default JSON body, which is also the JSON attachment of a mail."""
    return _JSON.encode(
        {
            "delivery_id": facts.delivery_id,
            "lead_id": facts.lead_id,
            "entity": facts.entity,
            "profile": facts.profile,
            "received_at": facts.received_at,
            "test": facts.test,
            "fields": dict(chosen(choice, facts)),
        }
    )
