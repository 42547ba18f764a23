"""A CSV file is looked through before anything is done with it, then read row by row."""

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from msgspec import Struct

from headgate.domain.csv_files import (
    DELIMITERS,
    Record,
    delimiter_of,
    encoding_of,
    header_of,
    lines_of,
    read_records,
)

_PIECE = 1 << 18
_LINES_LOOKED_AT = 200


class NoRows(ValueError):
    """The file has a header at most."""


class NoDelimiter(ValueError):
    """This character parts no cells."""


Pieces = Callable[[], Iterator[bytes]]  # the file's bytes, from the beginning at every call


class CsvFile(Struct, frozen=True):
    """A whole file that can be read without an error; `digest` is of its bytes."""

    name: str
    pieces: Pieces
    digest: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    rows: int


def survey(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> CsvFile:
    """Read a whole file on disk, so that nothing is imported when its end cannot be read.

    :raises BadCsv, UnknownEncoding, NoRows, NoDelimiter, LookupError, OSError:
    """
    digest = _digest(path)
    pieces = partial(pieces_on_disk, path)
    return survey_pieces(
        pieces, name=path.name, digest=digest, encoding=encoding, delimiter=delimiter
    )


def survey_pieces(
    pieces: Pieces, *, name: str, digest: str, encoding: str | None, delimiter: str | None
) -> CsvFile:
    """Read a whole file, wherever its bytes come from.

    :raises BadCsv, UnknownEncoding, NoRows, NoDelimiter, LookupError:
    """
    if delimiter is not None and delimiter not in DELIMITERS:
        raise NoDelimiter(f"{delimiter!r} is no delimiter; there are comma, semicolon, tab and |")
    encoding = encoding or encoding_of(pieces())
    if delimiter is None:
        delimiter = delimiter_of(list(islice(lines_of(pieces(), encoding), _LINES_LOOKED_AT)))
    records = read_records(lines_of(pieces(), encoding), delimiter)
    header = header_of(next(records))
    rows = sum(1 for _ in records)
    if not rows:
        raise NoRows("there is no row below the header")
    return CsvFile(name, pieces, digest, encoding, delimiter, header, rows)


def read_rows(file: CsvFile, *, after: int) -> Iterator[Record]:
    """Yield the rows after that one."""
    records = read_records(lines_of(file.pieces(), file.encoding), file.delimiter)
    return islice(records, after + 1, None)


def pieces_on_disk(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
