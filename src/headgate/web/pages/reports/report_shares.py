"""The parts of a report that tell of partners: their shares, expected and actual, and latency."""

from collections.abc import Collection

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from headgate.domain.shares import Measure
from headgate.services import setups
from headgate.services.reports import latencies, shares
from headgate.services.reports.latencies import PartnerLatency
from headgate.services.reports.shares import AssignmentShares, Shortfall
from headgate.web.pages.frame import Names
from headgate.web.periods import Period
from headgate.web.visits import Visitor
from headgate.web.wording import RESULTS

_EXPECTED: dict[Measure, Promise] = {
    Measure.WEIGHT: gettext_lazy("Expected is its weight among those that were eligible."),
    Measure.TURN: gettext_lazy("Expected is one turn among those that were eligible."),
    Measure.ELIGIBLE: gettext_lazy(
        "Could have had is what it was eligible for; who comes first by priority or price gets it."
    ),
}


class ShareRow(Struct, frozen=True):
    partner: str
    seat: str | None
    offered: int
    eligible: int
    selected: int
    share: str
    expected: str
    reason: str | None


class ShareTable(Struct, frozen=True):
    profile: str
    hint: Promise
    is_by_eligibility: bool
    rows: list[ShareRow]


class SharesShown(Struct, frozen=True):
    looked_at: int
    is_bounded: bool
    tables: list[ShareTable]


class LatencyRow(Struct, frozen=True):
    partner: str
    deliveries: int
    median: str
    most: str


class LatenciesShown(Struct, frozen=True):
    looked_at: int
    is_bounded: bool
    rows: list[LatencyRow]


def shown_shares(visitor: Visitor, period: Period) -> SharesShown | None:
    """Return each profile's shares; None where none was decided in the period."""
    found = shares.find_shares(
        account_id=visitor.account_id,
        entities=_entities(visitor),
        since=period.since,
        until=period.until,
    )
    if not found.profiles:
        return None
    names = Names(setups.in_force(visitor.account_id))
    tables = [
        ShareTable(
            profile.name,
            _EXPECTED[profile.expected_by],
            profile.expected_by is Measure.ELIGIBLE,
            [_share_row(each, names) for each in profile.assignments],
        )
        for profile in found.profiles
    ]
    return SharesShown(found.looked_at, found.looked_at == shares.MOST_LOOKED_AT, tables)


def shown_latencies(visitor: Visitor, period: Period) -> LatenciesShown | None:
    """Return how long leads took to each partner; None where none was delivered."""
    found = latencies.find_latencies(
        account_id=visitor.account_id,
        entities=_entities(visitor),
        since=period.since,
        until=period.until,
    )
    if not found.partners:
        return None
    rows = [_latency_row(each) for each in found.partners]
    return LatenciesShown(found.looked_at, found.looked_at == latencies.MOST_LOOKED_AT, rows)


def duration(ms: int) -> str:
    """Write a length of time in the unit that shows its size: `0.4 s`, `3.0 min`, `2.5 h`."""
    seconds = ms / 1000
    if seconds < 0.1:
        return _("under 0.1 s")
    if seconds < 60:
        return _("%(number)s s") % {"number": _short(seconds)}
    if seconds < 3600:
        return _("%(number)s min") % {"number": _short(seconds / 60)}
    if seconds < 48 * 3600:
        return _("%(number)s h") % {"number": _short(seconds / 3600)}
    return _("%(number)s days") % {"number": _short(seconds / 86_400)}


def _short(number: float) -> str:
    return f"{number:.1f}" if number < 10 else f"{number:.0f}"


def _entities(visitor: Visitor) -> Collection[str] | None:
    return visitor.seen if visitor.entity is None else (visitor.entity,)


def _share_row(each: AssignmentShares, names: Names) -> ShareRow:
    return ShareRow(
        partner=names.partner(each.partner),
        seat=None if each.assignment == each.partner else each.assignment,
        offered=each.offered,
        eligible=each.eligible,
        selected=each.selected,
        share=_percent(each.share),
        expected=_percent(each.expected_share),
        reason=_reason(each.shortfall),
    )


def _reason(shortfall: Shortfall | None) -> str | None:
    """Say `Cap reached on 61%`."""
    if shortfall is None:
        return None
    words = {"reason": RESULTS[shortfall.result][1], "share": _percent(shortfall.share)}
    return _("%(reason)s on %(share)s") % words


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _latency_row(each: PartnerLatency) -> LatencyRow:
    return LatencyRow(each.name, each.deliveries, duration(each.median_ms), duration(each.most_ms))
