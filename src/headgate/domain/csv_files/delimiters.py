"""By which character a file's cells are parted."""

import csv
from collections.abc import Sequence
from itertools import islice

DELIMITERS = (",", ";", "\t", "|")
ROWS_LOOKED_AT = 50


def delimiter_of(lines: Sequence[str]) -> str:
    """Return the delimiter by which the first lines have the most rows as wide as the header.

    With as many, the one that makes more columns, then the one listed first; a comma where
    there is one column.
    """
    best, found = (0.0, 1), DELIMITERS[0]
    for delimiter in DELIMITERS:
        rows = [row for row in islice(_rows(lines, delimiter), ROWS_LOOKED_AT) if row]
        if not rows or len(rows[0]) < 2:
            continue
        width = len(rows[0])
        score = sum(len(row) == width for row in rows) / len(rows), width
        if score > best:
            best, found = score, delimiter
    return found


def _rows(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []
