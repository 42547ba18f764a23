"""Lines become rows of cells, strictly: what cannot be read for certain is refused by its line."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from headgate.domain.csv_files.flaws import BadCsv, BadHeader, StrayQuote, TooLong, UnclosedQuote
from headgate.domain.csv_files.lines import LONGEST_LINE


class Record(Struct, frozen=True):
    """One row: its number, 0 for the header, the line it begins at, its cells, and as it came."""

    row: int
    line: int
    cells: list[str]
    raw: str


def read_records(lines: Iterable[str], delimiter: str) -> Iterator[Record]:
    """Yield the header, then the rows from 1; lines without a character are no rows.

    A row of another width than the header's is yielded like any other.

    :raises BadCsv: from here on nothing could be read for certain.
    """
    taken: list[str] = []
    reader = csv.reader(_tapped(lines, taken), delimiter=delimiter, strict=True)
    row, line = 0, 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            raise _named(error, line, taken) from None
        if cells:
            yield Record(row, line, cells, "".join(taken))
            row += 1
        taken.clear()
        line = reader.line_num + 1
    if row == 0:
        raise BadHeader(1, "the file is empty; its first row must name the columns")


def header_of(record: Record) -> tuple[str, ...]:
    """Return the names of the columns.

    :raises BadHeader: one is empty, or stands twice.
    """
    names = tuple(cell.strip() for cell in record.cells)
    for position, name in enumerate(names):
        if not name:
            raise BadHeader(record.line, f"column {position + 1} has no name")
        if name in names[:position]:
            first = names.index(name) + 1
            raise BadHeader(
                record.line, f"columns {first} and {position + 1} are both named {name!r}"
            )
    return names


def raggedness(record: Record, width: int) -> str | None:
    """Say how the row differs from the header in width; None when it does not."""
    cells = len(record.cells)
    return None if cells == width else f"the row has {cells} cells, the header has {width}"


def _tapped(lines: Iterable[str], taken: list[str]) -> Iterator[str]:
    """Pass the lines on, and keep those of the row that is being read."""
    length = 0
    for number, line in enumerate(lines, start=1):
        length = len(line) if not taken else length + len(line)
        if length > LONGEST_LINE:
            first = number - len(taken)
            opened = _opened_at(first, taken)
            raise TooLong(opened, "the row has no end here; is there a quote that is never closed?")
        taken.append(line)
        yield line


def _named(error: csv.Error, first: int, taken: Sequence[str]) -> BadCsv:
    """Say in words, with the line, what the reader stumbled on."""
    what = str(error)
    if "end of data" in what:
        return UnclosedQuote(_opened_at(first, taken), "a quote opens a cell and is never closed")
    last = first + len(taken) - 1
    if "field limit" in what:
        opened = _opened_at(first, taken)
        return TooLong(
            opened,
            f"a cell is longer than {csv.field_size_limit():,} characters; "
            "is there a quote that is never closed?",
        )
    begins = "" if first == last else f" (the row begins in line {first:,})"
    return StrayQuote(
        last, f"a cell goes on after its closing quote{begins}; quotes inside a cell are doubled"
    )


def _opened_at(first: int, taken: Sequence[str]) -> int:
    """Return the line in which the quote opens that is still open."""
    opened, is_open = first, False
    for line, text in enumerate(taken, start=first):
        quotes = text.replace('""', "").count('"')
        if quotes and (quotes % 2 == 0) == is_open:
            opened = line
        is_open ^= quotes % 2 == 1
    return opened
