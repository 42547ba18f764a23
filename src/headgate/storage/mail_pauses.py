"""Accounts whose mail is paused: their server refuses the login, and one try a while probes it."""

from datetime import datetime

from msgspec import Struct

from headgate.domain.ids import AccountId
from headgate.storage import models


class Pause(Struct, frozen=True):
    """`reason` is what the server said; the next try is made at `probe_at`."""

    paused_at: datetime
    probe_at: datetime
    reason: str


def find(account_id: AccountId, server_digest: str) -> Pause | None:
    """Return the pause of mail by this server; one of an earlier server counts no more."""
    rows = models.PausedMail.objects.filter(account_id=account_id, server_digest=server_digest)
    row = rows.values_list("paused_at", "probe_at", "reason").first()
    return Pause(*row) if row else None


def find_other(account_id: AccountId, server_digest: str | None) -> bool:
    """Tell whether mail is paused for a server that is no longer this one."""
    rows = models.PausedMail.objects.filter(account_id=account_id)
    return rows.exclude(server_digest=server_digest or "").exists()


def put(
    account_id: AccountId, server_digest: str, *, reason: str, probe_at: datetime, now: datetime
) -> None:
    """Begin a pause, or go on with it."""
    latest = {"reason": reason, "probe_at": probe_at}
    begun = {**latest, "server_digest": server_digest, "paused_at": now}
    row, created = models.PausedMail.objects.get_or_create(account_id=account_id, defaults=begun)
    if not created:
        changes = latest if row.server_digest == server_digest else begun
        models.PausedMail.objects.filter(account_id=account_id).update(**changes)


def take_probe(account_id: AccountId, *, next_at: datetime, now: datetime) -> bool:
    """Take the one try that is due; the next may be taken at `next_at`."""
    rows = models.PausedMail.objects.filter(account_id=account_id, probe_at__lte=now)
    return rows.update(probe_at=next_at) > 0


def remove(account_id: AccountId) -> bool:
    deleted, _ = models.PausedMail.objects.filter(account_id=account_id).delete()
    return deleted > 0
