"""Uploaded files are kept in the database, sealed, until nobody needs them.

Any process may go on with an import, so its file is where all of them find it.
"""

import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction
from msgspec import json
from msgspec.structs import replace

from headgate.domain.csv_files import DELIMITERS, ENCODINGS, BadCsv, UnknownEncoding
from headgate.domain.ids import AccountId, EntityId, UploadId
from headgate.services import csv_reading, setups
from headgate.services.csv_reading import CsvFile, NoDelimiter, NoRows
from headgate.services.identity import fresh_id
from headgate.services.imports import workbooks
from headgate.services.imports.importing import KEPT_UNUSED
from headgate.services.sealing import Vault
from headgate.services.submissions import UnknownEntity
from headgate.services.writing import write_json
from headgate.storage import imports, uploads
from headgate.storage.imports import TO_DO
from headgate.storage.leads import Lead
from headgate.storage.uploads import Reading, Upload

MOST_BYTES = 100 * 1024 * 1024
_PIECE = 1024 * 1024
_UNREADABLE = (BadCsv, UnknownEncoding, NoRows, NoDelimiter, LookupError)


class NotReadable(ValueError):
    """The file cannot be read so; the message says from which line, and why."""


def keep_file(
    *, account_id: AccountId, entity: str, path: Path, name: str, sheet: str | None, now: datetime
) -> Upload:
    """Take a file that was uploaded into the database, and look through it.

    What cannot be read so is kept all the same, with the reason: it may be read otherwise. Of a
    workbook only one sheet is kept, as CSV.

    :raises UnknownEntity, BadWorkbook:
    """
    setup = setups.in_force(account_id)
    plan = setup.plan.entities.get(entity)
    if plan is None:
        raise UnknownEntity(f"there is no entity {entity!r}")
    upload_id = UploadId(fresh_id(now))
    with as_csv(path, sheet=sheet) as file:
        uploads.add(_empty(account_id, plan.id, upload_id, name, now))
        size, digest = _store(setup.vault, upload_id, file)
        uploads.finish(upload_id, size=size, digest=digest)
        pieces = partial(csv_reading.pieces_on_disk, file)
        found = uploads.get(account_id, upload_id)
        # A workbook was written out by ourselves, in the one way.
        given = ("utf-8", ",") if file != path else (None, None)
        uploads.set_reading(upload_id, _read(found, pieces, *given))
    return uploads.get(account_id, upload_id)


@contextmanager
def as_csv(path: Path, *, sheet: str | None) -> Iterator[Path]:
    """Give the file as it is, or a sheet of a workbook written out as CSV, gone afterwards.

    :raises BadWorkbook:
    """
    if not workbooks.is_workbook(path):
        yield path
        return
    with TemporaryDirectory(prefix="headgate-") as folder:
        target = Path(folder) / "sheet.csv"
        workbooks.write_csv(path, target, sheet=sheet)
        yield target


def read_otherwise(
    *, account_id: AccountId, upload_id: UploadId, encoding: str | None, delimiter: str | None
) -> Upload:
    """Look through the file once more, in this encoding and with this delimiter.

    :raises UploadNotFound:
    """
    found = uploads.get(account_id, upload_id)
    pieces = _pieces(account_id, upload_id)
    uploads.set_reading(upload_id, _read(found, pieces, encoding, delimiter))
    return uploads.get(account_id, upload_id)


def move_to(*, account_id: AccountId, upload_id: UploadId, entity: str) -> Upload:
    """Make the file one of another entity's leads.

    :raises UploadNotFound, UnknownEntity:
    """
    found = uploads.get(account_id, upload_id)
    plan = setups.in_force(account_id).plan.entities.get(entity)
    if plan is None:
        raise UnknownEntity(f"there is no entity {entity!r}")
    if found.keep_until is not None:
        uploads.set_entity(upload_id, plan.id)
    return uploads.get(account_id, upload_id)


def file_of(upload: Upload) -> CsvFile:
    """Return the file as it was looked through.

    :raises NotReadable:
    """
    if upload.flaw is not None:
        raise NotReadable(upload.flaw)
    return CsvFile(
        name=upload.name,
        pieces=_pieces(upload.account_id, upload.id),
        digest=upload.digest,
        encoding=upload.encoding,
        delimiter=upload.delimiter,
        header=tuple(json.decode(upload.header, type=list[str])),
        rows=upload.rows,
    )


def discard(*, account_id: AccountId, upload_id: UploadId) -> None:
    """Remove a file that no import goes on with.

    :raises UploadNotFound:
    """
    with transaction.atomic():
        if uploads.get(account_id, upload_id).keep_until is not None:
            uploads.delete(upload_id)


def forget_over(*, now: datetime) -> int:
    """Remove the files whose time is over, a few at a time; return how many."""
    over = uploads.list_over(now=now)[:5]
    for upload_id in over:
        uploads.delete(upload_id)
    return len(over)


def forget_file_of(lead: Lead) -> None:
    """Remove the file that a lead came from, unless its import is still under way."""
    if lead.import_id is None:
        return
    found = imports.get(lead.account_id, lead.import_id)
    if found.upload_id is not None and found.state not in TO_DO:
        uploads.delete(found.upload_id)


def _empty(
    account_id: AccountId, entity_id: EntityId, upload_id: UploadId, name: str, now: datetime
) -> Upload:
    return Upload(
        id=upload_id,
        account_id=account_id,
        entity_id=entity_id,
        name=name[:255],
        size=0,
        digest="",
        encoding="",
        delimiter="",
        header="[]",
        rows=0,
        flaw="the upload broke off",
        uploaded_at=now,
        keep_until=now + KEPT_UNUSED,
    )


def _store(vault: Vault, upload_id: UploadId, file: Path) -> tuple[int, str]:
    """Store the file in pieces and return its size and its digest."""
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as source:
        for number, piece in enumerate(iter(lambda: source.read(_PIECE), b"")):
            digest.update(piece)
            size += len(piece)
            uploads.add_piece(upload_id, number, vault.seal(zlib.compress(piece, 1)))
    return size, digest.hexdigest()


def _pieces(account_id: AccountId, upload_id: UploadId) -> csv_reading.Pieces:
    vault = setups.in_force(account_id).vault

    def pieces() -> Iterator[bytes]:
        for sealed in uploads.pieces_of(upload_id):
            yield zlib.decompress(vault.open(sealed))

    return pieces


def _read(
    found: Upload, pieces: csv_reading.Pieces, encoding: str | None, delimiter: str | None
) -> Reading:
    if encoding is not None and encoding not in ENCODINGS:
        encoding = None
    if delimiter is not None and delimiter not in DELIMITERS:
        delimiter = None
    as_asked = Reading(encoding or "", delimiter or "")
    try:
        file = csv_reading.survey_pieces(
            pieces, name=found.name, digest=found.digest, encoding=encoding, delimiter=delimiter
        )
    except _UNREADABLE as error:
        return replace(as_asked, flaw=str(error))
    return Reading(file.encoding, file.delimiter, write_json(file.header), file.rows)
