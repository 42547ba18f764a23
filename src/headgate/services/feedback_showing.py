"""What partners said of their deliveries, in the shapes of the contract."""

from collections.abc import Iterable
from uuid import UUID

from msgspec import Struct

from headgate.domain.ids import AccountId, DeliveryId, LeadId
from headgate.domain.instants import rfc3339
from headgate.domain.money import format_amount
from headgate.services import setups
from headgate.storage import dispositions
from headgate.storage.dispositions import DispositionFilter, Row


class DispositionShown(Struct, frozen=True):
    """`value` is what the partner sold for, `by` who said it, `reference` the partner's own."""

    id: str
    at: str
    disposition: str
    note: str | None
    value: str | None
    currency: str
    reference: str | None
    by: str


class DispositionListed(Struct, frozen=True):
    """What was said, with whom it is about; `latest` unless something was said since."""

    id: str
    delivery_id: str
    lead_id: str
    partner: str
    at: str
    disposition: str
    note: str | None
    value: str | None
    currency: str
    reference: str | None
    by: str
    latest: bool


class DispositionPage(Struct, frozen=True):
    items: list[DispositionListed]
    next: str | None


def shown(row: Row) -> DispositionShown:
    return DispositionShown(
        id=str(row.id),
        at=rfc3339(row.said_at),
        disposition=row.kind,
        note=row.note,
        value=_value(row),
        currency=row.currency,
        reference=row.reference,
        by=row.said_by,
    )


def latest(delivery_ids: Iterable[DeliveryId]) -> dict[DeliveryId, DispositionShown]:
    return {id: shown(row) for id, row in dispositions.latest(delivery_ids).items()}


def histories(delivery_ids: Iterable[DeliveryId]) -> dict[DeliveryId, list[DispositionShown]]:
    """Return all that was said of each of these of which something was, the earliest first."""
    found = dispositions.histories(delivery_ids)
    return {id: [shown(row) for row in rows] for id, rows in found.items()}


def list_dispositions(
    *, account_id: AccountId, wanted: DispositionFilter, before: UUID | None, limit: int
) -> DispositionPage:
    found = dispositions.list_page(account_id, wanted, before=before, limit=limit + 1)
    partners = setups.in_force(account_id).partner_slugs
    items = [_listed(row, lead_id, partners[row.partner_id]) for row, lead_id in found[:limit]]
    return DispositionPage(items, items[-1].id if len(found) > limit else None)


def _listed(row: Row, lead_id: LeadId, partner: str) -> DispositionListed:
    return DispositionListed(
        id=str(row.id),
        delivery_id=str(row.delivery_id),
        lead_id=str(lead_id),
        partner=partner,
        at=rfc3339(row.said_at),
        disposition=row.kind,
        note=row.note,
        value=_value(row),
        currency=row.currency,
        reference=row.reference,
        by=row.said_by,
        latest=row.is_latest,
    )


def _value(row: Row) -> str | None:
    return None if row.value_minor is None else format_amount(row.value_minor, row.currency)
