"""When two leads are the same person asking again."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from headgate.domain.cleaning.texts import folded
from headgate.domain.cleaning.values import Value
from headgate.domain.entities import DuplicateMatch
from headgate.domain.fields import Field, FieldType


def match_texts(
    duplicates: DuplicateMatch | None, fields: Iterable[Field], values: Mapping[str, Value]
) -> tuple[str, ...]:
    """Return one text a match field that has a value; leads that share any are duplicates.

    The texts of encrypted fields are in clear: whoever keeps them keeps a keyed digest.
    """
    if duplicates is None:
        return ()
    types = {field.key: field.type for field in fields}
    return tuple(
        f"{key}={_normal_form(types[key], values[key])}"
        for key in duplicates.match
        if key in types and key in values
    )


def _normal_form(kind: FieldType, value: Value) -> str:
    match value:
        case str() if kind is FieldType.EMAIL:
            return value.lower()
        case str():
            return folded(value)
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return str(value)
        case list():
            return ",".join(sorted(value))
        case _:
            return "\n".join(f"{part}={folded(value[part])}" for part in sorted(value))
