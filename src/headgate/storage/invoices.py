"""Invoices are written: drafts come and go, what is issued is only ever added to."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from msgspec import Struct
from msgspec.structs import asdict

from headgate.domain.ids import AccountId, InvoiceId, PartnerId
from headgate.domain.invoices.lines import BILLED, Billed
from headgate.domain.ledger import Kind
from headgate.storage import bulk, models


class InvoiceNotFound(LookupError):
    """The account has no such draft or invoice."""


class Draft(Struct, frozen=True):
    """The attributes are named like the columns."""

    id: InvoiceId
    account_id: AccountId
    partner_id: PartnerId
    from_on: date
    until_on: date
    made_at: datetime
    made_by: str


class Invoice(Struct, frozen=True, kw_only=True):
    """The attributes are named like the columns."""

    id: InvoiceId
    account_id: AccountId
    partner_id: PartnerId
    kind: str
    series: str
    sequence: int
    number: str
    from_on: date
    until_on: date
    issued_at: datetime
    issued_by: str
    due_on: date | None
    currency: str
    net_minor: int
    tax_minor: int
    total_minor: int
    corrects_id: InvoiceId | None
    document: str


class Numbered(Struct, frozen=True):
    """The number of an invoice, and its place in its series."""

    series: str
    sequence: int
    number: str


class Event(Struct, frozen=True):
    """What happened to an invoice; of a payment, `paid_on` is its day."""

    kind: str
    at: datetime
    made_by: str
    paid_on: date | None = None
    note: str | None = None


class Span(Struct, frozen=True):
    """Some of a partner's entries; `since` is included, `until` is not."""

    account_id: AccountId
    partner_id: PartnerId
    since: datetime | None
    until: datetime


_COLUMNS = Invoice.__struct_fields__
_DRAFT_COLUMNS = Draft.__struct_fields__
_EVENT_COLUMNS = Event.__struct_fields__


def add_draft(draft: Draft) -> InvoiceId:
    """Add it, unless there is one for the same period; return the id of the one that is there."""
    same = models.InvoiceDraft.objects.filter(
        account_id=draft.account_id,
        partner_id=draft.partner_id,
        from_on=draft.from_on,
        until_on=draft.until_on,
    )
    # The one in the way may be issued, and so be gone, before it is found.
    while (id := same.values_list("id", flat=True).first()) is None:
        row = models.InvoiceDraft(**asdict(draft))
        models.InvoiceDraft.objects.bulk_create([row], ignore_conflicts=True)
    return InvoiceId(id)


def find_draft(account_id: AccountId, id: InvoiceId, *, hold: bool = False) -> Draft | None:
    """Return a draft; with `hold` nobody else issues or removes it until the transaction ends."""
    rows = models.InvoiceDraft.objects.filter(account_id=account_id, id=id)
    found = (rows.select_for_update() if hold else rows).values_list(*_DRAFT_COLUMNS).first()
    return None if found is None else Draft(*found)


def remove_draft(account_id: AccountId, id: InvoiceId) -> None:
    models.InvoiceDraft.objects.filter(account_id=account_id, id=id).delete()


def next_sequence(account_id: AccountId, series: str) -> int:
    """Take the next number of a series; who takes another waits until this transaction ends."""
    table = models.InvoiceSeries._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (account_id, series, last) VALUES (%s, %s, 1)"
            f" ON CONFLICT (account_id, series) DO UPDATE SET last = {table}.last + 1"
            " RETURNING last",
            [account_id, series],
        )
        return int(cursor.fetchone()[0])


def unbilled(span: Span) -> list[Billed]:
    """Return the entries that stand in no invoice yet."""
    rows = _unbilled(span).order_by("id")
    found = rows.values_list(
        "id", "kind", "amount_minor", "delivery__profile__name", "reason"
    ).iterator(chunk_size=2000)
    return [
        Billed(id, Kind(kind), amount, (profile or reason or "").strip() or kind.capitalize())
        for id, kind, amount, profile, reason in found
    ]


def count_unbilled(span: Span) -> int:
    return _unbilled(span).count()


def partners_to_bill(account_id: AccountId, *, since: datetime, until: datetime) -> list[PartnerId]:
    """Return the partners that have entries of that time in no invoice."""
    rows = _entries(account_id).filter(at__gte=since, at__lt=until, invoicedentry=None)
    return sorted(PartnerId(id) for id in rows.values_list("partner_id", flat=True).distinct())


def add(invoice: Invoice, line_of: Mapping[UUID, int]) -> None:
    """Add an invoice and the entries that stand in it from now on.

    :raises IntegrityError: one of them stands in another.
    """
    models.Invoice.objects.create(**asdict(invoice))
    behind = [_Behind(entry, invoice.id, line) for entry, line in line_of.items()]
    for begin in range(0, len(behind), _AT_ONCE):
        bulk.insert(models.InvoicedEntry, behind[begin : begin + _AT_ONCE])


def get(account_id: AccountId, id: InvoiceId) -> Invoice:
    """:raises InvoiceNotFound:"""
    rows = models.Invoice.objects.filter(account_id=account_id, id=id)
    found = rows.values_list(*_COLUMNS).first()
    if found is None:
        raise InvoiceNotFound(f"there is no invoice {id}")
    return Invoice(**dict(zip(_COLUMNS, found, strict=True)))


def hold(account_id: AccountId, id: InvoiceId) -> Invoice:
    """Return an invoice; nobody else holds it until the transaction ends.

    :raises InvoiceNotFound:
    """
    models.Invoice.objects.select_for_update().filter(account_id=account_id, id=id).first()
    return get(account_id, id)


def credit_notes_of(id: InvoiceId) -> list[tuple[InvoiceId, str]]:
    """Return the ids and numbers of the credit notes, in their order."""
    rows = models.Invoice.objects.filter(corrects_id=id).order_by("issued_at", "id")
    return [(InvoiceId(id), number) for id, number in rows.values_list("id", "number")]


def add_event(id: InvoiceId, event: Event) -> None:
    models.InvoiceEvent.objects.create(invoice_id=id, **asdict(event))


def events_of(id: InvoiceId) -> list[Event]:
    rows = models.InvoiceEvent.objects.filter(invoice_id=id).order_by("id")
    return [Event(*found) for found in rows.values_list(*_EVENT_COLUMNS)]


def has_run(account_id: AccountId, from_on: date, *, ended_at: datetime) -> bool:
    """Tell whether the drafts of a period were made; what was made before it ended was a week's."""
    runs = models.InvoiceRun.objects.filter(account_id=account_id, from_on=from_on)
    return runs.filter(made_at__gte=ended_at).exists()


def begin_run(account_id: AccountId, from_on: date, *, ended_at: datetime, now: datetime) -> bool:
    """Tell whether nobody has made that period's drafts yet; from now on somebody has."""
    runs = models.InvoiceRun.objects.filter(account_id=account_id, from_on=from_on)
    if runs.filter(made_at__lt=ended_at).update(made_at=now):
        return True
    _, is_new = models.InvoiceRun.objects.get_or_create(
        account_id=account_id, from_on=from_on, defaults={"made_at": now}
    )
    return is_new


_AT_ONCE = 5000


class _Behind(Struct, frozen=True):
    entry_id: UUID
    invoice_id: InvoiceId
    line: int


def _unbilled(span: Span) -> QuerySet[models.LedgerEntry]:
    rows = _entries(span.account_id).filter(
        partner_id=span.partner_id, at__lt=span.until, invoicedentry=None
    )
    return rows if span.since is None else rows.filter(at__gte=span.since)


def _entries(account_id: AccountId) -> QuerySet[models.LedgerEntry]:
    return models.LedgerEntry.objects.filter(account_id=account_id, kind__in=BILLED)
