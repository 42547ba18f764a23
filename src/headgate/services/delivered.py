"""How many of the leads that came today and this month each partner or profile has got."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from headgate.domain.ids import AccountId
from headgate.services.reports import tallying
from headgate.storage import reports
from headgate.storage.reports import ReportFilter


class Delivered(Struct, frozen=True):
    """Leads that are delivered now."""

    today: int = 0
    month: int = 0


def find_delivered(
    *,
    account_id: AccountId,
    by: Literal["partner_id", "profile_id"],
    today: datetime,
    month: datetime,
    entities: tuple[str, ...] | None = None,
    now: datetime,
) -> dict[int, Delivered]:
    """Add the tallies up from the beginnings of the day and of the month.

    `entities` are those that the reader looks at, None for all. Who has got none is left out.
    """
    tallying.bring_up_to_date(account_id=account_id, since=month, until=None, now=now)

    def since(begin: datetime) -> dict[int, int]:
        wanted = ReportFilter(since=begin, entities=entities)
        sums = reports.sum_deliveries(account_id, wanted, by=by)
        return {id: each["delivered"] for id, each in sums.items() if each["delivered"]}

    this_day, this_month = since(today), since(month)
    return {id: Delivered(this_day.get(id, 0), count) for id, count in this_month.items()}
