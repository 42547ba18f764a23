"""The forecast of today in words: which cap fills when, and who then finds no taker."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from msgspec import Struct

from headgate.domain.caps import Per, Scope, Unit
from headgate.services import setups
from headgate.services.reports import forecasting
from headgate.services.reports.forecasting import CapForecast, ForecastShown, SourceAfter
from headgate.web.pages.frame import Names
from headgate.web.templatetags.console import grouped
from headgate.web.visits import Visitor

_MOST_LINES = 5
_STEP_MINUTES = 5
_LIMITS: dict[tuple[Unit, Per], Promise] = {
    (Unit.LEADS, Per.HOUR): gettext_lazy("%(limit)s leads an hour"),
    (Unit.LEADS, Per.DAY): gettext_lazy("%(limit)s leads a day"),
    (Unit.LEADS, Per.WEEK): gettext_lazy("%(limit)s leads a week"),
    (Unit.LEADS, Per.MONTH): gettext_lazy("%(limit)s leads a month"),
    (Unit.LEADS, Per.TOTAL): gettext_lazy("%(limit)s leads in all"),
    (Unit.SPEND, Per.HOUR): gettext_lazy("%(limit)s an hour"),
    (Unit.SPEND, Per.DAY): gettext_lazy("%(limit)s a day"),
    (Unit.SPEND, Per.WEEK): gettext_lazy("%(limit)s a week"),
    (Unit.SPEND, Per.MONTH): gettext_lazy("%(limit)s a month"),
    (Unit.SPEND, Per.TOTAL): gettext_lazy("%(limit)s in all"),
}


class Line(Struct, frozen=True):
    at: str
    text: str


class Coming(Struct, frozen=True):
    """`basis` says what all of it rests on."""

    lines: list[Line]
    basis: str


def coming_today(visitor: Visitor, *, now: datetime) -> Coming | None:
    """Say which caps fill today; None where none will."""
    setup = setups.in_force(visitor.account_id)
    if not any(slot.cap.has_limit for slot in setup.plan.slots):
        return None
    found = forecasting.forecast_today(account_id=visitor.account_id, now=now)
    if not found.caps:
        return None
    names, zone = Names(setup), ZoneInfo(visitor.timezone)
    lines = [
        Line(_about(cap.full_at, zone), _sentence(cap, names, setup.currency))
        for cap in found.caps[:_MOST_LINES]
    ]
    return Coming(lines, _basis(found))


def _about(at: str, zone: ZoneInfo) -> str:
    """Return a time of day no finer than can be foreseen: `about 14:10`."""
    local = datetime.fromisoformat(at).astimezone(zone)
    full = local.replace(minute=local.minute - local.minute % _STEP_MINUTES)
    return _("about %(time)s") % {"time": f"{full:%H:%M}"}


def _sentence(cap: CapForecast, names: Names, currency: str) -> str:
    return f"{_what(cap, currency)}; {_then(cap, names)}"


def _what(cap: CapForecast, currency: str) -> str:
    if cap.scope is Scope.BALANCE:
        return _("the balance of %(name)s is used up") % {"name": cap.name}
    limit = grouped(cap.limit) if isinstance(cap.limit, int) else f"{cap.limit} {currency}"
    words = {"name": cap.name, "limit": _LIMITS[cap.unit, cap.per] % {"limit": limit}}
    return _("%(name)s reaches its cap of %(limit)s") % words


def _then(cap: CapForecast, names: Names) -> str:
    if not cap.sources:
        return _("others take what comes after")
    worst, *others = cap.sources
    if cap.scope is Scope.SOURCE:
        return ngettext(
            "%(leads)s more lead from it is then quarantined",
            "%(leads)s more leads from it are then quarantined",
            worst.lost,
        ) % {"leads": grouped(worst.lost)}
    said = _worst(worst, names)
    if not others:
        return said
    more = sum(each.lost for each in others)
    return _("%(said)s, and %(more)s from elsewhere") % {"said": said, "more": grouped(more)}


def _worst(source: SourceAfter, names: Names) -> str:
    return ngettext(
        "then %(share)s from %(source)s has no taker (%(leads)s lead)",
        "then %(share)s from %(source)s has no taker (%(leads)s leads)",
        source.lost,
    ) % {
        "share": f"{source.share:.0%}",
        "source": names.source(source.entity, source.source),
        "leads": grouped(source.lost),
    }


def _basis(found: ForecastShown) -> str:
    words = {"leads": grouped(found.leads), "untaken": grouped(found.untaken), "days": found.days}
    return (
        ngettext(
            "If today goes on like yesterday, %(leads)s more leads come, and %(untaken)s of them "
            "find no taker, for whatever reason.",
            "If today goes on like the last %(days)s days, %(leads)s more leads come, and "
            "%(untaken)s of them find no taker, for whatever reason.",
            found.days,
        )
        % words
    )
