"""Lines of an invoice: entries of the ledger that say the same are one line."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from headgate.domain.invoices.tax import Tax
from headgate.domain.ledger import Kind, effect

# Money that was paid ahead pays invoices, and stands in none.
BILLED = (Kind.CHARGE, Kind.CREDIT, Kind.ADJUSTMENT)
_Key = tuple[int, str, int, str]


class Billed(Struct, frozen=True):
    """An entry as lines see it; `about` is the profile's name, or why it was adjusted."""

    id: UUID
    kind: Kind
    amount_minor: int
    about: str

    @property
    def owed_minor(self) -> int:
        return -effect(self.kind, self.amount_minor)


class Line(Struct, frozen=True):
    """`number` counts from 1; what the partner gets back has a quantity below zero."""

    number: int
    kind: Kind
    about: str
    quantity: int
    unit_minor: int
    tax: Tax

    @property
    def net_minor(self) -> int:
        return self.quantity * self.unit_minor

    @property
    def title(self) -> str:
        match self.kind:
            case Kind.CHARGE:
                return f"Leads, {self.about}"
            case Kind.CREDIT:
                return f"Returned leads, {self.about}"
            case _:
                return self.about


class Drawn(Struct, frozen=True):
    """Lines, and for each entry the number of the line that it stands behind."""

    lines: tuple[Line, ...]
    line_of: dict[UUID, int]


def draw_lines(entries: Iterable[Billed], tax: Tax) -> Drawn:
    """Put charges and credits of one profile and price together; adjustments stand alone."""
    groups: dict[_Key, list[Billed]] = {}
    for entry in entries:
        groups.setdefault(_key(entry), []).append(entry)
    ordered = [groups[key] for key in sorted(groups)]
    return Drawn(
        tuple(_line(number, group, tax) for number, group in enumerate(ordered, start=1)),
        {entry.id: number for number, group in enumerate(ordered, 1) for entry in group},
    )


def mirrored(lines: Iterable[Line], counts: Mapping[int, int]) -> tuple[Line, ...]:
    """Return the lines that take these back, of each as many entries as are counted."""
    kept = [(line, counts.get(line.number, 0)) for line in lines if counts.get(line.number)]
    return tuple(
        replace(line, number=number, quantity=-count if line.quantity > 0 else count)
        for number, (line, count) in enumerate(kept, start=1)
    )


def _key(entry: Billed) -> _Key:
    alone = str(entry.id) if entry.kind is Kind.ADJUSTMENT else ""
    return BILLED.index(entry.kind), entry.about, -entry.amount_minor, alone


def _line(number: int, group: list[Billed], tax: Tax) -> Line:
    first = group[0]
    gives_back = first.kind is Kind.CREDIT or first.owed_minor < 0
    quantity = -len(group) if gives_back else len(group)
    unit_minor = abs(first.amount_minor)
    return Line(number, first.kind, first.about, quantity, unit_minor, tax)
