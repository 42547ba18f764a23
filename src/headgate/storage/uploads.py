"""Uploaded files, in sealed pieces, for as long as an import may need them."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict

from headgate.domain.ids import AccountId, EntityId, UploadId
from headgate.storage import models


class Reading(Struct, frozen=True):
    """How a file is read as a table, and what it holds then; `flaw` is why it cannot be."""

    encoding: str
    delimiter: str
    header: str = "[]"
    rows: int = 0
    flaw: str | None = None


class Upload(Struct):
    """A stored upload; the attributes are named like the columns."""

    id: UploadId
    account_id: AccountId
    entity_id: EntityId
    name: str
    size: int
    digest: str
    encoding: str
    delimiter: str
    header: str
    rows: int
    flaw: str | None
    uploaded_at: datetime
    keep_until: datetime | None


class UploadNotFound(LookupError):
    """The account has no such upload, or no longer."""


_COLUMNS = Upload.__struct_fields__


def add(new: Upload) -> None:
    models.Upload.objects.create(**asdict(new))


def add_piece(upload_id: UploadId, number: int, sealed: bytes) -> None:
    models.UploadPiece.objects.create(of_id=upload_id, number=number, sealed=sealed)


def get(account_id: AccountId, upload_id: UploadId) -> Upload:
    """:raises UploadNotFound:"""
    rows = models.Upload.objects.filter(account_id=account_id, id=upload_id)
    found = rows.values_list(*_COLUMNS).first()
    if found is None:
        raise UploadNotFound("the uploaded file is no longer kept; upload it again")
    return Upload(*found)


def pieces_of(upload_id: UploadId) -> Iterator[bytes]:
    """Yield the sealed pieces, one at a time in memory."""
    number = 0
    while True:
        rows = models.UploadPiece.objects.filter(of_id=upload_id, number=number)
        sealed = rows.values_list("sealed", flat=True).first()
        if sealed is None:
            return
        yield bytes(sealed)
        number += 1


def finish(upload_id: UploadId, *, size: int, digest: str) -> None:
    """Say that the file is there to its end."""
    models.Upload.objects.filter(id=upload_id).update(size=size, digest=digest)


def set_reading(upload_id: UploadId, reading: Reading) -> None:
    models.Upload.objects.filter(id=upload_id).update(**asdict(reading))


def set_entity(upload_id: UploadId, entity_id: EntityId) -> None:
    models.Upload.objects.filter(id=upload_id).update(entity_id=entity_id)


def keep(upload_id: UploadId, *, until: datetime | None) -> None:
    """Keep the file until that moment; None while it is used."""
    models.Upload.objects.filter(id=upload_id).update(keep_until=until)


def list_over(*, now: datetime) -> list[UploadId]:
    """Return the files that nobody needs any more."""
    rows = models.Upload.objects.filter(keep_until__lte=now).order_by("keep_until")
    return [UploadId(id) for id in rows.values_list("id", flat=True)]


def delete(upload_id: UploadId) -> None:
    """Remove a file; an import of it stays."""
    models.Import.objects.filter(upload_id=upload_id).update(upload_id=None)
    models.UploadPiece.objects.filter(of_id=upload_id).delete()
    models.Upload.objects.filter(id=upload_id).delete()
