"""What a condition may look at, and which operators fit it."""

from enum import StrEnum

from msgspec import Struct

from headgate.domain.entities import Entity
from headgate.domain.fields import ADDRESS_PARTS, Field, FieldType
from headgate.domain.rules.tree import Operator

STATUS = "status"
SOURCE = "source"
RECEIVED_AT = "received_at"


class UnknownSubject(LookupError):
    """A rule names what its entity does not have; a rule that was read never does."""


class Likeness(StrEnum):
    """How values are compared, whatever type the field has."""

    TEXT = "text"  # case-folded; order is alphabetical
    PHONE = "phone"  # text in E.164
    CHOICE = "choice"  # one key out of the options
    KEYS = "keys"  # several keys out of the options
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    INSTANT = "instant"
    TRUTH = "truth"
    PRESENCE = "presence"  # only whether there is a value


class Subject(Struct, frozen=True):
    """`options` maps each key to its label; empty where any value may stand."""

    key: str
    label: str
    likeness: Likeness
    options: dict[str, str] = {}
    encrypted: bool = False
    region: str | None = None


_EMPTINESS = frozenset({Operator.IS_EMPTY, Operator.IS_NOT_EMPTY})
EQUALITY = frozenset({Operator.EQUALS, Operator.NOT_EQUALS, Operator.IN, Operator.NOT_IN})
_ORDER = frozenset({Operator.BETWEEN, Operator.GT, Operator.GTE, Operator.LT, Operator.LTE})
_TIME = _ORDER | {Operator.BEFORE, Operator.AFTER}
_CONTENT = frozenset({Operator.CONTAINS, Operator.NOT_CONTAINS})
_WORDING = _CONTENT | {Operator.STARTS_WITH, Operator.ENDS_WITH, Operator.MATCHES}
_TRUTH = frozenset(
    {Operator.IS_TRUE, Operator.IS_FALSE, Operator.EQUALS, Operator.NOT_EQUALS},
)

OPERATORS: dict[Likeness, frozenset[Operator]] = {
    Likeness.TEXT: _EMPTINESS | EQUALITY | _WORDING | _ORDER,
    Likeness.PHONE: _EMPTINESS | EQUALITY | _WORDING,
    Likeness.CHOICE: _EMPTINESS | EQUALITY | _WORDING,
    Likeness.KEYS: _EMPTINESS | EQUALITY | _CONTENT,
    Likeness.NUMBER: _EMPTINESS | EQUALITY | _ORDER,
    Likeness.MONEY: _EMPTINESS | EQUALITY | _ORDER,
    Likeness.DATE: _EMPTINESS | EQUALITY | _TIME,
    Likeness.INSTANT: _EMPTINESS | EQUALITY | _TIME,
    Likeness.TRUTH: _EMPTINESS | _TRUTH,
    Likeness.PRESENCE: _EMPTINESS,
}

_LIKENESS = {
    FieldType.PHONE: Likeness.PHONE,
    FieldType.NUMBER: Likeness.NUMBER,
    FieldType.MONEY: Likeness.MONEY,
    FieldType.DATE: Likeness.DATE,
    FieldType.DATETIME: Likeness.INSTANT,
    FieldType.CHOICE: Likeness.CHOICE,
    FieldType.MULTICHOICE: Likeness.KEYS,
    FieldType.BOOLEAN: Likeness.TRUTH,
    FieldType.ADDRESS: Likeness.PRESENCE,
}


def find_subject(entity: Entity, key: str) -> Subject | None:
    """Return what `key` names on that entity's leads, or None when it names nothing."""
    if key == STATUS:
        return Subject(STATUS, "Status", Likeness.CHOICE, {name: name for name in entity.statuses})
    if key == SOURCE:
        return Subject(SOURCE, "Source", Likeness.TEXT)
    if key == RECEIVED_AT:
        return Subject(RECEIVED_AT, "Received at", Likeness.INSTANT)
    root, _, part = key.partition(".")
    field = entity.field(root)
    if field is None:
        return None
    return _address_part(field, part) if part else _whole(field)


def subject_of(entity: Entity, key: str) -> Subject:
    """Return what `key` names on that entity's leads.

    :raises UnknownSubject: it names nothing.
    """
    subject = find_subject(entity, key)
    if subject is None:
        raise UnknownSubject(f"{entity.slug} has no field {key!r}")
    return subject


def subject_keys(entity: Entity) -> list[str]:
    """Return every key that a condition may name, in the order in which people know them."""
    keys = []
    for field in entity.fields:
        if not field.encrypted:
            keys.append(field.key)
            if field.type is FieldType.ADDRESS:
                keys += [f"{field.key}.{part}" for part in ADDRESS_PARTS]
    return [*keys, STATUS, SOURCE, RECEIVED_AT]


def _whole(field: Field) -> Subject:
    likeness = _LIKENESS.get(field.type, Likeness.TEXT)
    options = field.options or {}
    return Subject(field.key, field.label, likeness, options, field.encrypted, field.region)


def _address_part(field: Field, part: str) -> Subject | None:
    if field.type is not FieldType.ADDRESS or part not in ADDRESS_PARTS:
        return None
    return Subject(
        f"{field.key}.{part}", f"{field.label} {part}", Likeness.TEXT, encrypted=field.encrypted
    )
