"""The periods that figures are shown for: days of the account's calendar, today included."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

LENGTHS: dict[str, tuple[int, Promise]] = {
    "today": (1, _("Today")),
    "7": (7, _("7 days")),
    "30": (30, _("30 days")),
    "90": (90, _("90 days")),
}


class Period(Struct, frozen=True):
    """Whole days, both ends included."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone)

    @property
    def until(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)

    @property
    def days(self) -> list[date]:
        count = (self.last - self.first).days + 1
        return [self.first + timedelta(days=number) for number in range(count)]

    @property
    def before(self) -> "Period":
        """The period of the same length that ends where this one begins."""
        length = self.last - self.first + timedelta(days=1)
        return Period(self.first - length, self.last - length, self.zone)

    @property
    def query(self) -> dict[str, str | None]:
        """How the lists' filters say it; `to` is not included there."""
        following = self.last + timedelta(days=1)
        return {"from": self.first.isoformat(), "to": following.isoformat()}


def day_in_words(day: date) -> str:
    return date_format(day, "j M Y")


def of_length(name: str, zone: ZoneInfo, *, now: datetime) -> Period:
    """Return the period of that name that ends today."""
    days, _word = LENGTHS[name]
    today = now.astimezone(zone).date()
    return Period(today - timedelta(days=days - 1), today, zone)
