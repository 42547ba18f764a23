"""Caps in words: what is used of one, and when it begins anew."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headgate.domain.caps import Per

_NOW: dict[str, Promise] = {
    Per.HOUR: gettext_lazy("this hour"),
    Per.DAY: gettext_lazy("today"),
    Per.WEEK: gettext_lazy("this week"),
    Per.MONTH: gettext_lazy("this month"),
    Per.TOTAL: gettext_lazy("in all"),
}


def use_in_words(used: object, limit: object, per: str) -> str:
    """Say `12 of 25 today`."""
    amounts = _("%(used)s of %(limit)s") % {"used": used, "limit": limit}
    return f"{amounts} {_NOW[per]}"


def moment_in_words(at: datetime, zone: ZoneInfo) -> str:
    """Write a moment as its own calendar has it: `00:00 Europe/Berlin, 25 Nov`."""
    local = at.astimezone(zone)
    return f"{local:%H:%M} {zone.key}, {date_format(local, 'j M')}"
