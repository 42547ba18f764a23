"""One sheet of an Excel workbook is written out as the CSV file that a person would export.

Row n of the sheet is line n of the CSV, so that a row that fails can be found again.
"""

import csv
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

MOST_UNPACKED = 256 * 1024 * 1024
MOST_SHARED_TEXT = 64 * 1024 * 1024  # held in memory while a sheet is read
MOST_MEMBERS = 2_000
MOST_ROWS = 1_048_576
MOST_COLUMNS = 500
_LONGEST_ZEROS = 15
_ZIP = b"PK\x03\x04"
_OLD = b"\xd0\xcf\x11\xe0"


class BadWorkbook(ValueError):
    """The workbook cannot be read, or is larger than what is read; the message says which."""


def is_workbook(path: Path) -> bool:
    """Tell a workbook, or what might be meant as one, by how it begins."""
    with path.open("rb") as file:
        return file.read(8).startswith((_ZIP, _OLD))


def write_csv(path: Path, target: Path, *, sheet: str | None) -> None:
    """Write a sheet, the first visible one unless it is named, as CSV in UTF-8.

    :raises BadWorkbook:
    """
    _check(path)
    # By a file, not by its name: one that was uploaded has none that tells anything.
    with path.open("rb") as workbook, _opened(workbook) as book:
        try:
            with target.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                for cells in _rows(_chosen(book, sheet)):
                    # An empty line is no row, but counts.
                    writer.writerow(cells) if cells else file.write("\n")
        except BadWorkbook:
            raise
        except Exception as error:  # a stranger wrote it, so it may hold anything
            raise BadWorkbook(f"the sheet cannot be read: {error}") from error


@contextmanager
def _opened(workbook: IO[bytes]) -> Iterator[Any]:
    # The library takes much memory, which nobody needs who reads no workbook.
    from openpyxl import load_workbook  # noqa: PLC0415

    try:
        book = load_workbook(workbook, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # a stranger wrote it, so it may hold anything
        raise BadWorkbook(f"the workbook cannot be read: {error}") from error
    with closing(book):
        yield book


def _check(path: Path) -> None:
    """Refuse a bomb by what it says of itself; more than that is never unpacked of a member."""
    with path.open("rb") as file:
        if file.read(8).startswith(_OLD):
            raise BadWorkbook("this is an old Excel file (.xls); save it as .xlsx or as CSV")
    try:
        with ZipFile(path) as archive:
            members = archive.infolist()
    except BadZipFile as error:
        raise BadWorkbook(f"the workbook cannot be read: {error}") from error
    if "xl/workbook.xml" not in {member.filename for member in members}:
        raise BadWorkbook("this is an archive and no Excel workbook; upload what is in it")
    unpacked = sum(member.file_size for member in members)
    shared = sum(each.file_size for each in members if each.filename.endswith("sharedStrings.xml"))
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or shared > MOST_SHARED_TEXT:
        megabytes = MOST_UNPACKED // 1024**2
        raise BadWorkbook(
            f"the workbook holds more than the {megabytes} MB, unpacked, that are read of one; "
            "save its sheet as CSV"
        )


def _chosen(book: Any, sheet: str | None) -> Any:
    sheets = [each for each in book.worksheets if sheet is not None or _is_visible(each)]
    for each in sheets:
        if sheet is None or each.title.casefold() == sheet.strip().casefold():
            return each
    names = ", ".join(repr(each.title) for each in book.worksheets)
    wanted = f"has no sheet {sheet!r}" if sheet is not None else "shows no sheet"
    raise BadWorkbook(f"the workbook {wanted}; it has {names or 'none'}")


def _is_visible(sheet: Any) -> bool:
    return bool(sheet.sheet_state == "visible")


def _rows(sheet: Any) -> Iterator[list[str]]:
    """Yield the cells of every row, each as wide as the first at least; empty rows without any."""
    # What the file says of its size may be anything.
    sheet.reset_dimensions()
    width = 0
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
        if number > MOST_ROWS:
            raise BadWorkbook(f"the sheet has more than {MOST_ROWS:,} rows")
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            raise BadWorkbook(f"row {number:,} has more than {MOST_COLUMNS} columns")
        width = width or len(cells)
        yield cells + [""] * (width - len(cells)) if cells else cells


def _text(cell: Any) -> str:
    """Write a value as a person types it: dates as days, numbers without an exponent."""
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value, cell.number_format or "")
        case datetime():
            is_day = _shows_a_day(cell.number_format or "")
            return value.date().isoformat() if is_day else value.isoformat(timespec="seconds")
        case date() | time():
            return value.isoformat()
    # A line break inside a cell must not become a line of the file; it is one again later.
    return str(value).replace("\r\n", "\v").replace("\n", "\v").replace("\r", "\v")


def _shows_a_day(number_format: str) -> bool:
    from openpyxl.styles.numbers import is_datetime  # noqa: PLC0415

    return bool(is_datetime(number_format) == "date")


def _number(value: float, number_format: str) -> str:
    if not isfinite(value):
        return ""
    exact = Decimal(repr(value))
    text = format(exact.normalize() if exact % 1 else exact.to_integral_value(), "f")
    # A ZIP code that Excel took for a number, and shows with its zeros.
    is_code = set(number_format) == {"0"} and len(number_format) <= _LONGEST_ZEROS
    return text.zfill(len(number_format)) if is_code and text.isdigit() else text
