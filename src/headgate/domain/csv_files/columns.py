"""Which column means which field."""

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from headgate.domain.intake_keys import Matcher

# What a column may say about the lead itself.
SPECIAL_TARGETS = ("status", "test", "external_id", "note")

EXTRA = "extra"  # kept with the lead, although its name would mean a field


class BadMapping(ValueError):
    """Columns and fields cannot be brought together so; the message says what to write."""


class Columns(Struct, frozen=True):
    """Under which name each column's cells are submitted; None leaves them out.

    `fields` tells of each column that means something what; the others are kept as extra.
    """

    names: tuple[str | None, ...]
    fields: Mapping[str, str]

    def submitted(self, cells: Sequence[str]) -> dict[str, str]:
        """Return what a row says, without its empty cells."""
        return {
            name: cell
            for name, cell in zip(self.names, cells, strict=True)
            if cell and name is not None
        }


def columns_of(
    header: Sequence[str], mapping: Mapping[str, str], match: Matcher, keys: Collection[str]
) -> Columns:
    """Match each column to a field, loosely by its name unless `mapping` says which.

    A column that is mapped to nothing is left out.

    :raises BadMapping:
    """
    _check(header, mapping, keys)
    names: list[str | None] = []
    fields: dict[str, str] = {}
    for column in header:
        meant = mapping.get(column)
        if meant is None:
            meant = next(iter(match({column: column}).fields), _special(column))
            names.append(meant or column)
        elif meant == EXTRA:
            names.append(_meaningless(column, match))
        else:
            names.append(meant or None)
        if meant and meant != EXTRA:
            fields[column] = meant
    _check_each_once(header, names)
    return Columns(tuple(names), fields)


def _meaningless(column: str, match: Matcher) -> str:
    """Return a name like the column's that no field goes by."""
    while match({column: column}).fields or _special(column):
        column += "*"
    return column


def _special(column: str) -> str | None:
    spelled = column.casefold().replace(" ", "_").replace("-", "_")
    if spelled == "notes":
        return "note"
    return spelled if spelled in SPECIAL_TARGETS else None


def _check(header: Sequence[str], mapping: Mapping[str, str], keys: Collection[str]) -> None:
    targets = (*keys, *SPECIAL_TARGETS, EXTRA)
    for column, target in mapping.items():
        if column not in header:
            known = ", ".join(map(repr, header))
            raise BadMapping(f"the file has no column {column!r}; it has {known}")
        if target and target not in targets:
            raise BadMapping(f"there is no field {target!r}; there are {', '.join(targets)}")


def _check_each_once(header: Sequence[str], names: Sequence[str | None]) -> None:
    seen: dict[str, str] = {}
    for column, name in zip(header, names, strict=True):
        if name is None:
            continue
        if name in seen:
            raise BadMapping(
                f"the columns {seen[name]!r} and {column!r} both mean {name}; "
                "leave one of them out, or keep it as extra"
            )
        seen[name] = column
