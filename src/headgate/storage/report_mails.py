"""When each scheduled report goes out next, and how the last one ended."""

from collections.abc import Collection, Mapping
from datetime import datetime

from msgspec import Struct

from headgate.domain.ids import AccountId
from headgate.storage import models


class ReportMail(Struct, frozen=True):
    """The attributes are named like the columns."""

    id: int
    account_id: AccountId
    digest: str
    due_at: datetime
    sent_at: datetime | None
    error: str | None


def list_all(account_id: AccountId) -> list[ReportMail]:
    rows = models.ReportMail.objects.filter(account_id=account_id)
    return [ReportMail(*row) for row in rows.values_list(*ReportMail.__struct_fields__)]


def accounts_with_any() -> frozenset[AccountId]:
    ids = models.ReportMail.objects.values_list("account_id", flat=True).distinct()
    return frozenset(AccountId(id) for id in ids)


def add(account_id: AccountId, due_at: Mapping[str, datetime]) -> None:
    """Begin to send reports; another process may do the same at this moment."""
    rows = [
        models.ReportMail(account_id=account_id, digest=digest, due_at=due, try_at=due)
        for digest, due in due_at.items()
    ]
    models.ReportMail.objects.bulk_create(rows, ignore_conflicts=True)


def drop(account_id: AccountId, digests: Collection[str]) -> None:
    models.ReportMail.objects.filter(account_id=account_id, digest__in=digests).delete()


def take_due(account_id: AccountId, *, again_at: datetime, now: datetime) -> list[ReportMail]:
    """Take what is to be sent; unless it is noted how it ended, it comes again at `again_at`."""
    rows = models.ReportMail.objects.filter(account_id=account_id, try_at__lte=now)
    return [
        ReportMail(*row)
        for row in list(rows.order_by("due_at").values_list(*ReportMail.__struct_fields__))
        if rows.filter(id=row[0]).update(try_at=again_at)
    ]


def note_done(
    mail: ReportMail, *, due_at: datetime, sent_at: datetime | None, error: str | None
) -> None:
    """Go on to the next one, due at `due_at`, unless somebody else did."""
    rows = models.ReportMail.objects.filter(id=mail.id, due_at=mail.due_at)
    sent = {} if sent_at is None else {"sent_at": sent_at}
    rows.update(due_at=due_at, try_at=due_at, error=error, **sent)


def note_failure(mail: ReportMail, error: str) -> None:
    models.ReportMail.objects.filter(id=mail.id, due_at=mail.due_at).update(error=error)
