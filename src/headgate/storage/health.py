"""The health of delivery settings, kept for as long as something is wrong with them."""

from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from headgate.domain.health import Health
from headgate.domain.ids import AccountId, PartnerId
from headgate.storage import bulk, models


class Key(NamedTuple):
    """Whose delivery settings, and which."""

    partner_id: PartnerId
    settings_digest: str


class Due(Struct, frozen=True):
    """An open breaker whose pause is over."""

    account_id: AccountId
    key: Key
    probe_at: datetime


_HEALTH = ("failing_since", "opened_at", "probe_at", "pause_seconds")


def list_all(account_id: AccountId) -> dict[Key, Health]:
    """Return what is kept of the account's delivery settings; the others are healthy."""
    columns = ("partner_id", "settings_digest", *_HEALTH)
    rows = bulk.select(models.FailingChannel, columns, "account_id = %s", (account_id,))
    return {Key(row[0], row[1]): Health((), *row[2:]) for row in rows}


def accounts_in_trouble() -> set[AccountId]:
    """Return the accounts of which anything is kept."""
    rows = models.FailingChannel.objects.values_list("account_id", flat=True).distinct()
    return {AccountId(id) for id in rows}


def lock(account_id: AccountId, key: Key) -> Health | None:
    """Return what is kept, which nobody else changes until the transaction ends."""
    condition = "account_id = %s AND partner_id = %s AND settings_digest = %s"
    rows = bulk.select(
        models.FailingChannel, _HEALTH, condition, (account_id, *key), limit=1, lock=True
    )
    return Health((), *rows[0]) if rows else None


def put(account_id: AccountId, key: Key, health: Health) -> None:
    values = {name: getattr(health, name) for name in _HEALTH}
    rows = models.FailingChannel.objects.filter(**key._asdict())
    if not rows.update(**values):
        row = models.FailingChannel(account_id=account_id, **key._asdict(), **values)
        # Another process may have seen the same at the same moment.
        models.FailingChannel.objects.bulk_create([row], ignore_conflicts=True)


def remove(key: Key) -> bool:
    deleted, _ = models.FailingChannel.objects.filter(**key._asdict()).delete()
    return deleted > 0


def list_due(*, now: datetime) -> list[Due]:
    """Return the open breakers that may be probed, the longest due first."""
    rows = models.FailingChannel.objects.filter(opened_at__isnull=False, probe_at__lte=now)
    columns = ("account_id", "partner_id", "settings_digest", "probe_at")
    return [
        Due(AccountId(account), Key(PartnerId(partner), digest), probe_at)
        for account, partner, digest, probe_at in rows.order_by("probe_at").values_list(*columns)
    ]


def take_probe(due: Due, *, until: datetime) -> bool:
    """Tell whether the one probe is the caller's; somebody else may make it at `until`."""
    rows = models.FailingChannel.objects.filter(**due.key._asdict(), probe_at=due.probe_at)
    return rows.update(probe_at=until) > 0
