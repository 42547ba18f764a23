"""What partners said of their deliveries: rows that are only added, and which is the latest."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from msgspec import Struct

from headgate.domain.dispositions import Disposition, Said
from headgate.domain.ids import AccountId, DeliveryId, LeadId, PartnerId
from headgate.storage import bulk, models


class Row(Struct):
    """The attributes are named like the columns; `said_by` is who, as the audit log writes it."""

    id: UUID
    account_id: AccountId
    partner_id: PartnerId
    delivery_id: DeliveryId
    kind: str
    note: str | None
    value_minor: int | None
    currency: str
    reference: str | None
    said_at: datetime
    said_by: str
    is_latest: bool = True

    @property
    def said(self) -> Said:
        return Said(Disposition(self.kind), self.note, self.value_minor, self.reference)


class DispositionFilter(Struct, frozen=True, kw_only=True):
    """None leaves a part out; `since` is included, `until` is not; test leads are apart."""

    kinds: tuple[str, ...] | None = None
    partner: str | None = None
    delivery: DeliveryId | None = None
    since: datetime | None = None
    until: datetime | None = None
    test: bool = False

    def condition(self) -> Q:
        named = {
            "kind__in": self.kinds,
            "partner__slug": self.partner,
            "delivery_id": self.delivery,
            "said_at__gte": self.since,
            "said_at__lt": self.until,
            "delivery__test": self.test if self.delivery is None else None,
        }
        return Q(**{name: value for name, value in named.items() if value is not None})


_COLUMNS = Row.__struct_fields__


def add(row: Row) -> None:
    """Add what was said last; the transaction holds the delivery's lead."""
    earlier = models.Disposition.objects.filter(delivery_id=row.delivery_id, is_latest=True)
    earlier.update(is_latest=False)
    bulk.insert(models.Disposition, [row])


def find(delivery_id: DeliveryId, *, reference: str) -> Row | None:
    rows = models.Disposition.objects.filter(delivery_id=delivery_id, reference=reference)
    return next(iter(_read(rows)), None)


def count(delivery_id: DeliveryId) -> int:
    """Return how often something was said of a delivery."""
    return models.Disposition.objects.filter(delivery_id=delivery_id).count()


def histories(delivery_ids: Iterable[DeliveryId]) -> dict[DeliveryId, list[Row]]:
    """Return all that was said of each delivery of which something was, the earliest first."""
    rows = models.Disposition.objects.filter(delivery_id__in=list(delivery_ids))
    found: dict[DeliveryId, list[Row]] = {}
    for row in _read(rows.order_by("id")):
        found.setdefault(row.delivery_id, []).append(row)
    return found


def latest(delivery_ids: Iterable[DeliveryId]) -> dict[DeliveryId, Row]:
    rows = models.Disposition.objects.filter(delivery_id__in=list(delivery_ids), is_latest=True)
    return {row.delivery_id: row for row in _read(rows)}


def list_page(
    account_id: AccountId, wanted: DispositionFilter, *, before: UUID | None, limit: int
) -> list[tuple[Row, LeadId]]:
    """Return up to `limit` rows with their leads, the newest first, older than `before`."""
    rows = models.Disposition.objects.filter(wanted.condition(), account_id=account_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = rows.order_by("-id").values_list(*_COLUMNS, "delivery__lead_id")[:limit]
    return [(Row(*columns), LeadId(lead_id)) for *columns, lead_id in found]


def of_delivery(kinds: Iterable[str]) -> Q:
    """Name the deliveries of which one of these was said last."""
    last = models.Disposition.objects.filter(
        delivery_id=OuterRef("pk"), is_latest=True, kind__in=list(kinds)
    )
    return Q(Exists(last))


def forget_words(lead_id: LeadId) -> None:
    """Forget what people wrote about a lead, and by what name their systems know it."""
    rows = models.Disposition.objects.filter(delivery__lead_id=lead_id)
    rows.update(note=None, reference=None)


def _read(rows: "QuerySet[models.Disposition]") -> list[Row]:
    return [Row(*columns) for columns in rows.values_list(*_COLUMNS)]
