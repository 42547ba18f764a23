"""How a partner stands, in words: its state, its channels, and what is left of its caps."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from headgate.domain.caps import Per, Unit
from headgate.domain.money import format_amount
from headgate.domain.partners import Partner
from headgate.services.partners import CapStanding

_SPANS: dict[Per, Promise] = {
    Per.HOUR: gettext_lazy("this hour"),
    Per.DAY: gettext_lazy("today"),
    Per.WEEK: gettext_lazy("this week"),
    Per.MONTH: gettext_lazy("this month"),
    Per.TOTAL: gettext_lazy("in all"),
}


class CapRow(Struct, frozen=True):
    """A cap in words, and whether it is full."""

    words: str
    resets: str
    is_full: bool


def state_of(partner: Partner) -> str:
    if partner.active:
        return "active"
    return "holding" if partner.hold_open else "paused"


def cap_row(standing: CapStanding, currency: str) -> CapRow:
    used, limit = f"{standing.used:,}", f"{standing.cap.limit:,}"
    if standing.cap.unit is Unit.SPEND:
        used = format_amount(standing.used, currency)
        limit = f"{format_amount(standing.cap.limit, currency)} {currency}"
    words = _("%(used)s of %(limit)s %(span)s") % {
        "used": used,
        "limit": limit,
        "span": _SPANS[standing.cap.per],
    }
    return CapRow(words, _resets(standing.resets_at, standing.zone), standing.is_full)


def _resets(at: datetime | None, zone: ZoneInfo) -> str:
    if at is None:
        return _("never resets")
    local = at.astimezone(zone)
    return _("resets %s") % f"{local:%H:%M} {zone.key}, {date_format(local, 'j M')}"
