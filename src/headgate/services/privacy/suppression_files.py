"""A file of addresses, numbers, domains or hashes is put on a suppression list, part by part."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain, islice
from typing import BinaryIO

from django.db import transaction
from msgspec import Struct

from headgate.domain.csv_files import (
    BadCsv,
    Record,
    UnknownEncoding,
    delimiter_of,
    encoding_of,
    lines_of,
    read_records,
)
from headgate.domain.ids import AccountId
from headgate.domain.suppressions import NotListable, hash_of
from headgate.services.csv_reading import Pieces
from headgate.services.privacy import suppressing
from headgate.services.sealing import Vault
from headgate.storage import suppressions
from headgate.storage.suppressions import SuppressionList

MOST_REPORTED = 100
_LINES_LOOKED_AT = 200
_PIECE = 1 << 18
# By itself the database would notice only some time after a long file.
_WEIGHED_AT = tuple(suppressing.SOME * each for each in (1, 10, 100))
_LIKELY_COLUMNS = (
    "value", "email", "e-mail", "phone", "domain", "hash", "sha256", "md5",
)  # fmt: skip


class NoColumn(ValueError):
    """It is not clear which column holds the values; the message says which there are."""


class NothingListable(ValueError):
    """No row of the file could be put on the list, which therefore stays as it is."""


UNREADABLE = (BadCsv, UnknownEncoding, NoColumn, LookupError)


class BadRow(Struct, frozen=True):
    line: int
    message: str


class Filled(Struct, frozen=True):
    """What came of a file; `errors` are of the first rows that hold no value, `failed` of all."""

    rows: int
    added: int
    already: int
    removed: int
    failed: int
    errors: list[BadRow]


class ValueFile(Struct, frozen=True):
    """A whole file that can be read without an error; the values stand at one position."""

    pieces: Pieces
    encoding: str
    delimiter: str
    position: int
    has_header: bool
    rows: int


class Filling(Struct):
    """A list while a file is put on it; of the rows that are no values the first are kept."""

    account_id: AccountId
    on: SuppressionList
    file: ValueFile
    vault: Vault
    region: str | None
    run: int
    replaces: bool
    rows: int = 0
    added: int = 0
    already: int = 0
    removed: int = 0
    failed: int = 0
    bad_rows: list[BadRow] = []


def pieces_of(file: BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of an open file, from the beginning at every call."""
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


def look_through(pieces: Pieces, *, column: str | None, region: str | None) -> ValueFile:
    """Read a whole file, so that nothing of it is taken when its end cannot be read.

    A file without a header has its values in the first column.

    :raises BadCsv, UnknownEncoding, NoColumn, LookupError, OSError, Flawed:
    """
    suppressing.refuse_bad_region(region)
    encoding = encoding_of(pieces())
    delimiter = delimiter_of(list(islice(lines_of(pieces(), encoding), _LINES_LOOKED_AT)))
    records = read_records(lines_of(pieces(), encoding), delimiter)
    first = next(records)
    position, has_header = _place_of_values(first.cells, column, region)
    rows = sum(1 for _ in chain(() if has_header else (first,), records))
    return ValueFile(pieces, encoding, delimiter, position, has_header, rows)


def begin_filling(
    *, account_id: AccountId, slug: str, file: ValueFile, replaces: bool, region: str | None
) -> Filling:
    """Begin to put a file on a list.

    Until a file that replaces the list is through, both its values and the old ones are on it.

    :raises ListNotFound:
    """
    found = suppressions.get_list(account_id, slug)
    with transaction.atomic():
        run = suppressions.begin_run(found.id) if replaces else suppressions.current_run(found.id)
    vault = suppressing.open_vault(account_id)
    return Filling(account_id, found, file, vault, region, run, replaces)


def parts(filling: Filling) -> Iterator[list[Record]]:
    """Yield the rows of the file, as many as one transaction takes at a time."""
    file = filling.file
    records = read_records(lines_of(file.pieces(), file.encoding), file.delimiter)
    rows = islice(records, int(file.has_header), None)
    while part := list(islice(rows, suppressing.SOME)):
        yield part


def take_part(filling: Filling, records: list[Record], *, now: datetime) -> None:
    """Put some rows on the list; those that are no values are left out and counted."""
    hashes = []
    bad_rows = []
    for record in records:
        try:
            text = record.cells[filling.file.position]
            if text.strip():
                hashes.append(hash_of(text, region=filling.region))
        except IndexError:
            bad_rows.append(BadRow(record.line, "the row has fewer cells than the first one"))
        except NotListable as bad:
            bad_rows.append(BadRow(record.line, str(bad)))
    entries = suppressing.entries_of(filling.vault, filling.on, hashes, run=filling.run, now=now)
    with transaction.atomic():
        added = suppressions.add(entries)
        if filling.replaces:
            digests = [each.digest for each in entries]
            suppressions.mark(filling.on.id, digests, run=filling.run)
    filling.rows += len(records)
    if filling.rows in _WEIGHED_AT:
        suppressions.weigh()
    filling.added += added
    filling.already += len(hashes) - added
    filling.failed += len(bad_rows)
    filling.bad_rows += bad_rows[: MOST_REPORTED - len(filling.bad_rows)]


def finish_some(filling: Filling, *, made_by: str, now: datetime) -> bool:
    """End the filling, or remove a part of what it replaces; return whether more is left.

    :raises NothingListable:
    """
    if not filling.added and not filling.already:
        raise NothingListable(
            f"none of {filling.rows:,} rows is an email address, phone number, domain or hash; "
            "the list stays as it is"
        )
    suppressions.weigh()
    with transaction.atomic():
        if filling.replaces:
            removed = suppressions.remove_some(
                filling.on.id, before_run=filling.run, limit=suppressing.SOME
            )
            filling.removed += removed
            if removed == suppressing.SOME:
                return True
        suppressing.note_change(
            filling.account_id,
            filling.on.slug,
            made_by,
            now,
            added=filling.added,
            removed=filling.removed,
        )
    return False


def filled(filling: Filling) -> Filled:
    return Filled(
        filling.rows,
        filling.added,
        filling.already,
        filling.removed,
        filling.failed,
        filling.bad_rows,
    )


def _place_of_values(cells: list[str], column: str | None, region: str | None) -> tuple[int, bool]:
    """Return where the values stand, and whether the first row names the columns."""
    names = [cell.strip() for cell in cells]
    if column is not None:
        if column not in names:
            raise NoColumn(f"there is no column {column!r}; there are: {', '.join(names)}")
        return names.index(column), True
    if any(_is_listable(name, region) for name in names[:1]):
        return 0, False
    if len(names) == 1:
        return 0, True
    likely = [name for name in names if name.casefold() in _LIKELY_COLUMNS]
    if len(likely) != 1:
        raise NoColumn(f"say which column holds the values; there are: {', '.join(names)}")
    return names.index(likely[0]), True


def _is_listable(text: str, region: str | None) -> bool:
    try:
        hash_of(text, region=region)
    except NotListable:
        return False
    return True
