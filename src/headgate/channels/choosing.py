"""Which fields a message for people holds, and what they are called in it."""

from msgspec import Struct

from headgate.channels import payload
from headgate.channels.contract import LeadFacts
from headgate.domain.cleaning.values import Value
from headgate.domain.delivery_settings import FieldChoice
from headgate.domain.fields import Field


class Row(Struct, frozen=True):
    """One field that goes out; `field` is None for a fact of the lead or a part of a field."""

    label: str
    key: str
    value: Value | None
    field: Field | None = None

    @property
    def text(self) -> str:
        return payload.text(self.value)


def named(choice: FieldChoice, facts: LeadFacts) -> FieldChoice:
    """Return the choice with every field named; encrypted ones are never meant by `all`."""
    if choice.pairs is not None:
        return choice
    open_keys = [field.key for field in facts.fields if not field.encrypted]
    return FieldChoice(tuple((key, key) for key in open_keys))


def rows(choice: FieldChoice, facts: LeadFacts) -> list[Row]:
    """Return what goes out, with the field's label where the partner has no name of its own."""
    known = {field.key: field for field in facts.fields}
    pairs = named(choice, facts).pairs or ()
    return [
        Row(
            label=known[ours].label if theirs == ours and ours in known else theirs,
            key=ours,
            value=payload.value_of(facts, ours),
            field=known.get(ours),
        )
        for theirs, ours in pairs
    ]
