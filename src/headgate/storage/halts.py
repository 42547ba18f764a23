"""Delivery settings that get no more leads until they change or a person enables them."""

from datetime import datetime

from headgate.domain.ids import AccountId, PartnerId
from headgate.storage import bulk, models


def list_all(account_id: AccountId) -> set[tuple[PartnerId, str]]:
    """Return partner and settings digest of everything that is halted."""
    columns = ("partner_id", "settings_digest")
    rows = bulk.select(models.HaltedChannel, columns, "account_id = %s", (account_id,))
    return {(PartnerId(partner), digest) for partner, digest in rows}


def reasons(account_id: AccountId) -> dict[tuple[PartnerId, str], str]:
    """Return why each is halted."""
    columns = ("partner_id", "settings_digest", "reason")
    rows = bulk.select(models.HaltedChannel, columns, "account_id = %s", (account_id,))
    return {(PartnerId(partner), digest): reason for partner, digest, reason in rows}


def add(
    account_id: AccountId, partner_id: PartnerId, digest: str, *, reason: str, now: datetime
) -> None:
    models.HaltedChannel.objects.get_or_create(
        partner_id=partner_id,
        settings_digest=digest,
        defaults={"account_id": account_id, "reason": reason, "halted_at": now},
    )


def remove(partner_id: PartnerId, digest: str) -> bool:
    rows = models.HaltedChannel.objects.filter(partner_id=partner_id, settings_digest=digest)
    deleted, _ = rows.delete()
    return deleted > 0
