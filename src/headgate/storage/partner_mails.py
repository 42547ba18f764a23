"""Mails about money to partners, each with how it stands."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from msgspec import Struct
from msgspec.structs import asdict

from headgate.domain.ids import AccountId, InvoiceId, PartnerId
from headgate.domain.partner_mails import MailState
from headgate.storage import models


class PartnerMail(Struct, frozen=True, kw_only=True):
    """The attributes are named like the columns; `pdf` is read by itself."""

    id: UUID
    account_id: AccountId
    partner_id: PartnerId
    invoice_id: InvoiceId | None
    to: str
    state: MailState
    asked_at: datetime
    asked_by: str
    tries: int
    try_at: datetime | None
    ended_at: datetime | None = None
    error: str | None = None


_COLUMNS = PartnerMail.__struct_fields__


def add(mail: PartnerMail, pdf: bytes | None) -> None:
    """Add a mail; with `pdf`, so that every try brings the same."""
    models.PartnerMail.objects.create(**asdict(mail), pdf=pdf)


def pdf_of(id: UUID) -> bytes:
    found = models.PartnerMail.objects.filter(id=id).values_list("pdf", flat=True).first()
    return bytes(found or b"")


def take_due(*, again_at: datetime, limit: int, now: datetime) -> list[PartnerMail]:
    """Take what is to be sent; unless it is noted how it ended, it comes again at `again_at`."""
    rows = models.PartnerMail.objects.filter(try_at__lte=now)
    return [
        mail
        for mail in _read(rows.order_by("try_at")[:limit])
        if rows.filter(id=mail.id).update(try_at=again_at)
    ]


def note(mail: PartnerMail) -> bool:
    """Write how a try ended; False where another process did before."""
    rows = models.PartnerMail.objects.filter(
        id=mail.id, state=MailState.WAITING, tries=mail.tries - 1
    )
    ended = {} if mail.ended_at is None else {"pdf": None}
    return bool(
        rows.update(
            state=mail.state,
            tries=mail.tries,
            try_at=mail.try_at,
            ended_at=mail.ended_at,
            error=mail.error,
            **ended,
        )
    )


def latest_of(invoice_id: InvoiceId) -> PartnerMail | None:
    rows = models.PartnerMail.objects.filter(invoice_id=invoice_id)
    return next(iter(_read(rows.order_by("-id")[:1])), None)


def given_up(account_id: AccountId, *, since: datetime) -> list[tuple[PartnerMail, str]]:
    """Return those that were given up since then, with their invoices' numbers.

    One that was asked for again meanwhile is left out.
    """
    same = models.PartnerMail.objects.filter(invoice=OuterRef("invoice")).order_by("-id")
    rows = models.PartnerMail.objects.filter(
        account_id=account_id,
        state=MailState.GIVEN_UP,
        ended_at__gte=since,
        invoice__isnull=False,
        id=Subquery(same.values("id")[:1]),
    ).order_by("id")
    numbers = rows.values_list("invoice__number", flat=True)
    return list(zip(_read(rows), numbers, strict=True))


def _read(rows: "QuerySet[Any]") -> list[PartnerMail]:
    return [
        PartnerMail(**dict(zip(_COLUMNS, row, strict=True)) | {"state": MailState(row[5])})
        for row in rows.values_list(*_COLUMNS)
    ]
