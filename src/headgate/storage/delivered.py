"""How many leads each profile delivered."""

from datetime import datetime

from django.db.models import Count, Q
from msgspec import Struct

from headgate.domain.deliveries import State
from headgate.domain.ids import AccountId, ProfileId
from headgate.storage import models


class Delivered(Struct, frozen=True):
    """Leads given to a partner today and this month that are delivered now."""

    today: int = 0
    month: int = 0


def by_profile(
    account_id: AccountId, *, today: datetime, month: datetime
) -> dict[ProfileId, Delivered]:
    """Count from the beginnings of the day and of the month; profiles without any are left out."""
    rows = models.Delivery.objects.filter(
        account_id=account_id,
        state=State.DELIVERED,
        test=False,
        created_at__gte=month,
        # Never before it was made, and the column that is indexed.
        placed_at__gte=month,
    )
    counts = rows.values_list("profile_id").annotate(
        today=Count("id", filter=Q(created_at__gte=today)), month=Count("id")
    )
    return {ProfileId(id): Delivered(*found) for id, *found in counts}
