"""Invoices and drafts in lists, with the state that each is in on a day."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from msgspec import Struct

from headgate.domain.ids import AccountId, DeliveryId, InvoiceId, LeadId, PartnerId
from headgate.domain.invoices.state import EventKind, InvoiceState
from headgate.domain.ledger import Kind
from headgate.storage import models
from headgate.storage.invoices import Draft


class InvoiceFilter(Struct, frozen=True, kw_only=True):
    """None leaves a part out."""

    partner: str | None = None
    state: InvoiceState | None = None


class ListedInvoice(Struct, frozen=True):
    """What credit notes took back, before tax and in total, is below zero.

    A credit note `is_offset` against what it corrects, unless that was paid before it: only then
    is anything to be paid back.
    """

    id: InvoiceId
    partner_id: PartnerId
    kind: str
    number: str
    from_on: date
    until_on: date
    issued_at: datetime
    due_on: date | None
    currency: str
    net_minor: int
    tax_minor: int
    total_minor: int
    corrects_id: InvoiceId | None
    credited_minor: int
    credited_total_minor: int
    paid_on: date | None
    is_offset: bool
    state: str


class InvoicedEntry(Struct, frozen=True):
    """An entry behind a line, on the way to its lead."""

    id: UUID
    line: int
    at: datetime
    kind: Kind
    amount_minor: int
    delivery_id: DeliveryId | None
    lead_id: LeadId | None
    reason: str | None


_COLUMNS = ListedInvoice.__struct_fields__
_OF_ENTRIES = ("at", "kind", "amount_minor", "delivery_id", "delivery__lead_id", "reason")
_ABOUT_PAYING = (EventKind.PAID, EventKind.REOPENED)


def list_invoices(
    account_id: AccountId,
    wanted: InvoiceFilter,
    *,
    today: date,
    before: UUID | None,
    limit: int,
) -> list[ListedInvoice]:
    """Return issued ones, the newest first, older than the one with the id `before`."""
    rows = _narrowed(account_id, wanted, today)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [ListedInvoice(*row) for row in rows.order_by("-id").values_list(*_COLUMNS)[:limit]]


def find(account_id: AccountId, id: InvoiceId, *, today: date) -> ListedInvoice | None:
    rows = _narrowed(account_id, InvoiceFilter(), today).filter(id=id)
    found = rows.values_list(*_COLUMNS).first()
    return None if found is None else ListedInvoice(*found)


def list_drafts(
    account_id: AccountId, wanted: InvoiceFilter, *, before: UUID | None, limit: int
) -> list[Draft]:
    if wanted.state not in (None, InvoiceState.DRAFT):
        return []
    rows = models.InvoiceDraft.objects.filter(account_id=account_id)
    if wanted.partner is not None:
        rows = rows.filter(partner__slug=wanted.partner)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [
        Draft(*row) for row in rows.order_by("-id").values_list(*Draft.__struct_fields__)[:limit]
    ]


def count(account_id: AccountId, wanted: InvoiceFilter, *, today: date) -> int:
    drafts = models.InvoiceDraft.objects.filter(account_id=account_id)
    if wanted.partner is not None:
        drafts = drafts.filter(partner__slug=wanted.partner)
    counts_drafts = wanted.state in (None, InvoiceState.DRAFT)
    return _narrowed(account_id, wanted, today).count() + (drafts.count() if counts_drafts else 0)


def entries_of(
    id: InvoiceId, *, line: int | None = None, after: UUID | None = None, limit: int
) -> list[InvoicedEntry]:
    """Return entries behind an invoice, or behind one line of it, the oldest first."""
    rows = models.InvoicedEntry.objects.filter(invoice_id=id)
    if line is not None:
        rows = rows.filter(line=line)
    if after is not None:
        rows = rows.filter(entry_id__gt=after)
    columns = ("entry_id", "line", *(f"entry__{name}" for name in _OF_ENTRIES))
    found = rows.order_by("entry_id").values_list(*columns)[:limit]
    return [InvoicedEntry(id, line, at, Kind(kind), *rest) for id, line, at, kind, *rest in found]


def entries_to_bill(line_of: Mapping[UUID, int]) -> list[InvoicedEntry]:
    """Return entries as they would stand behind the given lines, the oldest first."""
    rows = models.LedgerEntry.objects.filter(id__in=list(line_of)).order_by("id")
    return [
        InvoicedEntry(id, line_of[id], at, Kind(kind), *rest)
        for id, at, kind, *rest in rows.values_list("id", *_OF_ENTRIES)
    ]


def documents() -> Iterator[tuple[ListedInvoice, str]]:
    """Give every invoice of the installation with its document."""
    rows = _with_state(models.Invoice.objects.order_by("id"), date.min)
    for *listed, document in rows.values_list(*_COLUMNS, "document").iterator(chunk_size=200):
        yield ListedInvoice(*listed), document


def sums_of(id: InvoiceId) -> dict[int, int]:
    """Return for each line what the entries behind it come to."""
    signed = Case(
        When(entry__kind=Kind.CHARGE, then=F("entry__amount_minor")),
        default=-F("entry__amount_minor"),
    )
    rows = models.InvoicedEntry.objects.filter(invoice_id=id).order_by().values_list("line")
    return dict(rows.annotate(owed=Sum(signed)))


def _narrowed(account_id: AccountId, wanted: InvoiceFilter, today: date) -> "QuerySet[Any]":
    rows = _with_state(models.Invoice.objects.filter(account_id=account_id), today)
    if wanted.partner is not None:
        rows = rows.filter(partner__slug=wanted.partner)
    return rows if wanted.state is None else rows.filter(state=wanted.state)


def _with_state(rows: "QuerySet[Any]", today: date) -> "QuerySet[Any]":
    events = models.InvoiceEvent.objects.filter(invoice=OuterRef("pk"), kind__in=_ABOUT_PAYING)
    last = events.order_by("-id")
    notes = models.Invoice.objects.filter(corrects=OuterRef("pk")).order_by()
    net = notes.values("corrects").annotate(sum=Sum("net_minor")).values("sum")
    total = notes.values("corrects").annotate(sum=Sum("total_minor")).values("sum")
    theirs = models.InvoiceEvent.objects.filter(
        invoice=OuterRef("corrects"), kind__in=_ABOUT_PAYING
    ).order_by("-id")
    is_paid_before = Q(their_paying=EventKind.PAID, their_paying_at__lte=F("issued_at"))
    is_credited = Q(net_minor__gt=0, credited_minor__lte=-F("net_minor"))
    found: QuerySet[Any] = rows.annotate(
        credited_minor=Coalesce(Subquery(net), 0),
        credited_total_minor=Coalesce(Subquery(total), 0),
        paying=Subquery(last.values("kind")[:1]),
        paid_on=Subquery(last.values("paid_on")[:1]),
        their_paying=Subquery(theirs.values("kind")[:1]),
        their_paying_at=Subquery(theirs.values("at")[:1]),
        is_offset=Case(
            When(Q(corrects=None) | is_paid_before, then=Value(False)),
            default=Value(True),
        ),
        state=Case(
            When(paying=EventKind.PAID, then=Value(InvoiceState.PAID)),
            When(is_credited, then=Value(InvoiceState.CREDITED)),
            When(due_on__lt=today, then=Value(InvoiceState.OVERDUE)),
            default=Value(InvoiceState.ISSUED),
        ),
    )
    return found
