"""The keyed digests by which the same person is recognised."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection
from msgspec import Struct

from headgate.domain.ids import EntityId, LeadId, PartnerId
from headgate.storage import bulk, models


class MatchKey(Struct, frozen=True):
    """Named like the columns, for `bulk.insert`."""

    entity_id: EntityId
    digest: bytes
    lead_id: LeadId
    received_at: datetime


def lock(digests: Iterable[bytes]) -> None:
    """Keep every other transaction from judging the same persons until this one ends.

    SQLite has one writer anyway.
    """
    if bulk.on_postgresql():
        numbers = sorted({int.from_bytes(digest[:8], signed=True) for digest in digests})
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(n) FROM unnest(%s::bigint[]) AS n", [numbers]
            )


def add(rows: Sequence[MatchKey]) -> None:
    bulk.insert(models.MatchKey, rows)


def find_earlier(
    entity_id: EntityId, digests: Iterable[bytes], *, since: datetime
) -> dict[bytes, LeadId]:
    """Return the newest earlier lead of each digest received since then."""
    rows = models.MatchKey.objects.filter(
        entity_id=entity_id, digest__in=list(digests), received_at__gte=since
    )
    pairs = rows.order_by("received_at", "id").values_list("digest", "lead_id")
    return {bytes(digest): LeadId(lead) for digest, lead in pairs}


def find_before(
    entity_id: EntityId, digests: Iterable[bytes], lead_id: LeadId, *, since: datetime
) -> LeadId | None:
    """Return the newest lead with one of the digests that came since then, but before this one."""
    rows = models.MatchKey.objects.filter(
        entity_id=entity_id, digest__in=list(digests), received_at__gte=since, lead_id__lt=lead_id
    )
    found = rows.order_by("-lead_id").values_list("lead_id", flat=True).first()
    return None if found is None else LeadId(found)


def partners_with(
    entity_id: EntityId, digests: Iterable[bytes]
) -> dict[bytes, dict[PartnerId, datetime]]:
    """Return, for each digest, who has that person and since when they got the latest lead.

    Deliveries that ended without a sale do not count.
    """
    rows = models.MatchKey.objects.filter(
        entity_id=entity_id,
        digest__in=list(digests),
        lead__delivery__state__in=["pending", "sending", "delivered", "unknown"],
    )
    had: dict[bytes, dict[PartnerId, datetime]] = {}
    columns = ("digest", "lead__delivery__partner_id", "lead__delivery__created_at")
    for digest, partner, created_at in rows.values_list(*columns):
        latest = had.setdefault(bytes(digest), {})
        latest[PartnerId(partner)] = max(created_at, latest.get(PartnerId(partner), created_at))
    return had


def forget(lead_id: LeadId) -> None:
    models.MatchKey.objects.filter(lead_id=lead_id).delete()
