"""Event webhooks that have not taken anything for a while; healthy ones have no row."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct

from headgate.domain.ids import AccountId
from headgate.storage import bulk, models


class Failing(Struct, frozen=True):
    """The attributes are named like the columns; one that is halted is sent nothing."""

    webhook: str
    url_digest: str
    failing_since: datetime
    halted_at: datetime | None
    reason: str


def list_all(account_id: AccountId) -> dict[str, Failing]:
    columns = Failing.__struct_fields__
    rows = bulk.select(models.FailingWebhook, columns, "account_id = %s", (account_id,))
    return {row[0]: Failing(*row) for row in rows}


def save(account_id: AccountId, failing: Failing) -> None:
    models.FailingWebhook.objects.update_or_create(
        account_id=account_id,
        webhook=failing.webhook,
        defaults={
            "url_digest": failing.url_digest,
            "failing_since": failing.failing_since,
            "halted_at": failing.halted_at,
            "reason": failing.reason,
        },
    )


def remove(account_id: AccountId, webhooks: Collection[str]) -> bool:
    """Return whether there was anything to forget."""
    rows = models.FailingWebhook.objects.filter(account_id=account_id, webhook__in=list(webhooks))
    deleted, _ = rows.delete()
    return deleted > 0
