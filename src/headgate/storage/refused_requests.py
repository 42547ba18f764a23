"""The last requests of each source that brought no lead."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from headgate.domain.ids import AccountId, SourceId
from headgate.storage import bulk, models

KEPT = 20


class RefusedRequest(Struct, frozen=True):
    """Named like the columns, for `bulk.insert`."""

    account_id: AccountId
    source_id: SourceId
    at: datetime
    status: int
    sealed: bytes


def add(rows: Sequence[RefusedRequest]) -> None:
    """Add these, and let go of what is beyond the last few of their sources."""
    bulk.insert(models.RefusedRequest, rows)
    for source_id in {row.source_id for row in rows}:
        mine = models.RefusedRequest.objects.filter(source_id=source_id)
        oldest = mine.order_by("-id").values_list("id", flat=True)[KEPT - 1 : KEPT].first()
        if oldest is not None:
            mine.filter(id__lt=oldest).delete()


def list_last(source_id: SourceId) -> list[RefusedRequest]:
    """Return the last few of a source, newest first."""
    rows = models.RefusedRequest.objects.filter(source_id=source_id).order_by("-id")
    columns = ("account_id", "source_id", "at", "status", "sealed")
    return [
        RefusedRequest(AccountId(account_id), SourceId(source), at, status, bytes(sealed))
        for account_id, source, at, status, sealed in rows.values_list(*columns)[:KEPT]
    ]


def delete(*, before: datetime) -> None:
    models.RefusedRequest.objects.filter(at__lt=before).delete()
