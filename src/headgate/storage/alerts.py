"""Alerts: opened once, and ended when what they are about is over."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from msgspec import Struct

from headgate.domain.alerts import AlertKind, Finding
from headgate.domain.ids import AccountId
from headgate.storage import models


class Alert(Struct, frozen=True):
    id: UUID
    account_id: AccountId
    kind: AlertKind
    subject: str
    text: str
    opened_at: datetime
    ended_at: datetime | None
    told_at: datetime | None


_COLUMNS = Alert.__struct_fields__


def open_all(account_id: AccountId, findings: Mapping[UUID, Finding], *, now: datetime) -> None:
    """Open what is not open yet; another process may do the same at this moment."""
    rows = [
        models.Alert(
            id=id,
            account_id=account_id,
            kind=each.kind,
            subject=each.subject,
            text=each.text,
            opened_at=now,
            tell_at=now,
        )
        for id, each in findings.items()
    ]
    models.Alert.objects.bulk_create(rows, ignore_conflicts=True)


def among(opened: Mapping[UUID, Finding]) -> list[Finding]:
    """Return those that are really new: of one that another process opened there is no row."""
    there = models.Alert.objects.filter(id__in=list(opened)).values_list("id", flat=True)
    return [opened[id] for id in there]


def end(ids: Collection[UUID], *, now: datetime) -> None:
    rows = models.Alert.objects.filter(id__in=ids, ended_at__isnull=True)
    rows.update(ended_at=now, tell_at=None)


def list_open(account_id: AccountId) -> list[Alert]:
    return _read(Q(account_id=account_id, ended_at__isnull=True), limit=None)


def list_page(
    account_id: AccountId, *, is_open: bool | None, before: UUID | None, limit: int
) -> list[Alert]:
    """Return up to `limit` alerts, newest first, older than `before`."""
    wanted = Q(account_id=account_id)
    if is_open is not None:
        wanted &= Q(ended_at__isnull=is_open)
    if before is not None:
        wanted &= Q(id__lt=before)
    return _read(wanted, limit=limit)


def count_open() -> dict[str, int]:
    """Return how many are open, by kind."""
    counts: dict[str, int] = {}
    for kind in models.Alert.objects.filter(ended_at__isnull=True).values_list("kind", flat=True):
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def take_untold(*, again_at: datetime, now: datetime) -> list[Alert]:
    """Take the alerts to tell people of; unless they are told, they come again at `again_at`."""
    due = Q(tell_at__lte=now)
    taken = []
    for alert in _read(due, limit=None):
        if models.Alert.objects.filter(due, id=alert.id).update(tell_at=again_at):
            taken.append(alert)
    return taken


def note_told(ids: Collection[UUID], *, now: datetime) -> None:
    models.Alert.objects.filter(id__in=ids).update(tell_at=None, told_at=now)


def _read(wanted: Q, *, limit: int | None) -> list[Alert]:
    rows = models.Alert.objects.filter(wanted).order_by("-id").values_list(*_COLUMNS)[:limit]
    return [Alert(row[0], AccountId(row[1]), AlertKind(row[2]), *row[3:]) for row in rows]
