"""What credit notes and returns took back of issued invoices, and what is left of them."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from msgspec import Struct

from headgate.domain.ids import DeliveryId, InvoiceId
from headgate.domain.ledger import Kind
from headgate.storage import bulk, models


class ChargeStanding(Struct, frozen=True):
    """Where a delivery's charge stands: in an invoice, and perhaps taken back by a whole note."""

    invoice_id: InvoiceId
    number: str
    has_notes: bool
    note: str | None


class Standing(Struct, frozen=True):
    """An entry that a whole credit note would take back, and the line it stands behind.

    It `has_credit` where it is a charge whose return was credited by the same invoice.
    """

    entry_id: UUID
    kind: Kind
    line: int
    has_credit: bool


def find_charge(delivery_id: DeliveryId) -> ChargeStanding | None:
    """Return where the delivery's charge is invoiced; None while it is not."""
    notes = models.Invoice.objects.filter(corrects=OuterRef("invoice"))
    rows = models.InvoicedEntry.objects.filter(
        entry__delivery_id=delivery_id, entry__kind=Kind.CHARGE
    ).annotate(has_notes=Exists(notes))
    columns = ("invoice_id", "invoice__number", "has_notes", "entry__creditedcharge__note__number")
    found = rows.values_list(*columns).first()
    return None if found is None else ChargeStanding(*found)


def numbers_over(delivery_ids: Collection[DeliveryId]) -> dict[DeliveryId, str]:
    """Return the numbers of the notes that took back what these deliveries were charged."""
    rows = models.CreditedCharge.objects.filter(entry__delivery_id__in=delivery_ids)
    found = rows.values_list("entry__delivery_id", "note__number")
    return {DeliveryId(id): number for id, number in found}


def left_of(id: InvoiceId) -> int:
    """Return how much an invoice bills, before tax, that nothing took back.

    Returns that it credits itself, of leads that another invoice bills, take nothing from it.
    """
    notes = models.Invoice.objects.filter(corrects_id=id)
    billed = models.Invoice.objects.filter(id=id).values_list("net_minor", flat=True)[0]
    foreign, outside = _foreign_credits(id), _credits_outside(id)
    return int(billed + _sum(foreign, "amount_minor") - _sum(outside, "amount_minor")) + _sum(
        notes, "net_minor"
    )


def list_standing(id: InvoiceId) -> list[Standing]:
    """Return what a whole note takes back: not what was credited elsewhere, nor a credit of that.

    So each lead's charge is taken back once, however its return and the notes were ordered.
    """
    outside = _credits_outside(id).values("delivery_id")
    foreign = _foreign_credits(id).values("id")
    own = models.LedgerEntry.objects.filter(
        kind=Kind.CREDIT, delivery_id=OuterRef("entry__delivery_id")
    )
    rows = (
        models.InvoicedEntry.objects.filter(invoice_id=id)
        .exclude(entry__kind=Kind.CHARGE, entry__delivery_id__in=outside)
        .exclude(entry_id__in=foreign)
        .annotate(has_credit=Exists(own))
    )
    found = rows.values_list("entry_id", "entry__kind", "line", "has_credit").iterator(2000)
    return [Standing(id, Kind(kind), line, has) for id, kind, line, has in found]


def add_taken_back(note_id: InvoiceId, entry_ids: Iterable[UUID]) -> None:
    """Note which charges a whole credit note took back, for ever.

    :raises IntegrityError: another took one of them back.
    """
    bulk.insert(models.CreditedCharge, [_TakenBack(id, note_id) for id in entry_ids])


class _TakenBack(Struct, frozen=True):
    entry_id: UUID
    note_id: InvoiceId


def _charged(id: InvoiceId) -> "QuerySet[models.LedgerEntry, UUID | None]":
    rows = models.LedgerEntry.objects.filter(kind=Kind.CHARGE, invoicedentry__invoice_id=id)
    return rows.values_list("delivery_id", flat=True)


def _foreign_credits(id: InvoiceId) -> QuerySet[models.LedgerEntry]:
    """Credits that stand in the invoice, of leads that it does not bill."""
    rows = models.LedgerEntry.objects.filter(kind=Kind.CREDIT, invoicedentry__invoice_id=id)
    return rows.exclude(delivery_id__in=_charged(id))


def _credits_outside(id: InvoiceId) -> QuerySet[models.LedgerEntry]:
    """Credits of leads that the invoice bills, which do not stand in it."""
    elsewhere = Q(invoicedentry=None) | ~Q(invoicedentry__invoice_id=id)
    return models.LedgerEntry.objects.filter(
        elsewhere, kind=Kind.CREDIT, delivery_id__in=_charged(id)
    )


def _sum(rows: "QuerySet[models.LedgerEntry] | QuerySet[models.Invoice]", column: str) -> int:
    return rows.aggregate(sum=Sum(column))["sum"] or 0
