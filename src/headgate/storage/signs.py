"""Signs that something is wrong, read off the rows without locking any."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from headgate.domain.ids import AccountId, uuid7
from headgate.storage import bulk, models


def count_unmatched(account_id: AccountId, *, since: datetime, most: int) -> tuple[int, int]:
    """Return how many of the latest leads were decided, and how many of them found nobody.

    At most that many are looked at; test leads and those that were never accepted do not count.
    """
    first = uuid7(int(since.timestamp() * 1000), 0)  # ids are in the order of arrival
    rows = bulk.select(
        models.Lead,
        ("state", "test", "accepted"),
        "account_id = %s AND id >= %s",
        (account_id, first),
        order="id DESC",
        limit=most,
    )
    states = [
        state
        for state, test, accepted in rows
        if accepted and not test and state not in ("received", "held", "erased", "waiting")
    ]
    return len(states), states.count("unmatched")


def oldest_untried(account_id: AccountId, *, now: datetime) -> datetime | None:
    """Return since when the longest waiting delivery that was never tried has been due."""
    rows = bulk.select(
        models.Delivery,
        ("due_at",),
        "account_id = %s AND attempts = 0 AND state = 'pending' AND due_at <= %s",
        (account_id, now),
        order="due_at",
        limit=1,
    )
    return rows[0][0] if rows else None


def still_unknown(delivery_ids: Collection[str]) -> set[str]:
    """Return those of the deliveries that still wait for a person."""
    if not delivery_ids:
        return set()
    rows = models.Delivery.objects.filter(id__in=[UUID(id) for id in delivery_ids])
    return {str(id) for id in rows.filter(state="unknown").values_list("id", flat=True)}
