"""Reports: leads, deliveries and money by partner, source, profile, day and hour."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from msgspec import Struct

from headgate import clock
from headgate.domain.reports import By
from headgate.services import setups
from headgate.services.reports import reporting, unmatched
from headgate.services.reports.reporting import Figures, Line, Report
from headgate.storage.reports import ReportFilter
from headgate.web import periods
from headgate.web.pages.csv_answers import csv_answer
from headgate.web.pages.frame import Names, show
from headgate.web.pages.queries import address_of
from headgate.web.pages.reports.figure_lists import OF_DELIVERIES, OF_LEADS, Lists
from headgate.web.pages.reports.report_feedback import shown_feedback
from headgate.web.pages.reports.report_shares import shown_latencies, shown_shares
from headgate.web.periods import Period
from headgate.web.visits import ENTITY, Visitor, for_members
from headgate.web.wording import RESULTS, figure_in_words

_USUAL = "30"
_LONGEST = timedelta(days=3 * 366)
_MOST_REASONS = 10
BY: dict[By, Promise] = {
    By.DAY: _("Day"),
    By.HOUR: _("Hour of the day"),
    By.PARTNER: _("Partner"),
    By.PROFILE: _("Profile"),
    By.SOURCE: _("Source"),
}


class Cell(Struct, frozen=True):
    """A figure, what it was in the period before, and the rows behind it."""

    figure: str
    before: str | None
    address: str | None


class Row(Struct, frozen=True):
    name: str
    cells: list[Cell]


Columns: TypeAlias = list[tuple[str, Promise]]


@require_safe
@for_members
def show_report(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    asked = _asked(request, visitor)
    this = _report(visitor, asked, asked.period)
    last = _report(visitor, asked, asked.period.before) if asked.compares else None
    tells_of_partners = asked.by in (By.PARTNER, By.PROFILE)
    named = [(_name(asked, line), line) for line in this.lines]
    context = {
        "asked": asked,
        "bys": [(str(by), word, asked.address(by=by)) for by, word in BY.items()],
        "lengths": [
            (name, word, asked.address(period=name))
            for name, (_days, word) in periods.LENGTHS.items()
        ],
        **_table(visitor, asked, this, last, named),
        "by_word": BY[asked.by],
        "currency": this.currency,
        "is_complete": this.complete,
        "reasons": _reasons(visitor, asked) if this.total.unmatched else None,
        "feedback": shown_feedback(
            visitor,
            [(name, line.figures, _narrowed(asked, line.key)) for name, line in named],
            (this.total, asked.period.query),
        ),
        "shares": shown_shares(visitor, asked.period) if tells_of_partners else None,
        "latencies": shown_latencies(visitor, asked.period) if tells_of_partners else None,
        "export": asked.address(path=reverse("export-report")),
    }
    return show(request, visitor, "reports/report.html", page="reports", context=context)


@require_safe
@for_members
def export_report(request: HttpRequest, visitor: Visitor) -> StreamingHttpResponse:
    asked = _asked(request, visitor)
    report = _report(visitor, asked, asked.period)
    header, rows = reporting.as_table(report)
    return csv_answer(f"report-by-{asked.by}", header, lambda _before: (rows, None))


class Asked(Struct, frozen=True):
    """What an address asks for; `length` is None where it names days of its own."""

    by: By
    period: Period
    length: str | None
    compares: bool

    @property
    def query(self) -> dict[str, str | None]:
        days: dict[str, str | None] = {"period": self.length}
        if self.length is None:
            days = {"first": self.period.first.isoformat(), "last": self.period.last.isoformat()}
        return {"by": self.by, **days, "compare": "yes" if self.compares else None}

    def address(self, *, path: str = "", by: By | None = None, period: str | None = None) -> str:
        query = self.query
        if period is not None:
            query = {"period": period, "by": self.by, "compare": query["compare"]}
        return address_of(path or reverse("reports"), {**query, **({"by": by} if by else {})})


def _asked(request: HttpRequest, visitor: Visitor) -> Asked:
    """Read an address; what cannot be read is as if it were not there."""
    said = request.GET
    by = said.get("by", "")
    zone, now = ZoneInfo(visitor.timezone), clock.now()
    period = _own_period(said, zone)
    length = None
    if period is None:
        length = said.get("period", _USUAL)
        length = length if length in periods.LENGTHS else _USUAL
        period = periods.of_length(length, zone, now=now)
    return Asked(By(by) if by in set(By) else By.DAY, period, length, said.get("compare") == "yes")


def _own_period(said: Mapping[str, str], zone: ZoneInfo) -> Period | None:
    try:
        first, last = (date.fromisoformat(said.get(name, "")) for name in ("first", "last"))
    except ValueError:
        return None
    is_sound = date.min + _LONGEST < first <= last < date.max and last - first < _LONGEST
    return Period(first, last, zone) if is_sound else None


def _report(visitor: Visitor, asked: Asked, period: Period) -> Report:
    wanted = ReportFilter(
        since=period.since, until=period.until, entity=visitor.entity, entities=visitor.seen
    )
    return reporting.report(
        account_id=visitor.account_id, by=asked.by, wanted=wanted, now=clock.now()
    )


def _columns(total: Figures) -> Columns:
    """Return the columns that a report by this has figures for."""
    of_leads = list(OF_LEADS.items()) if total.received is not None else []
    money: Columns = [("revenue", _("Revenue"))]
    if total.cost is not None:
        money += [("cost", _("Cost")), ("margin", _("Margin"))]
    acceptance: Columns = [("acceptance", _("Acceptance"))]
    return [*of_leads, *OF_DELIVERIES.items(), *acceptance, *money]


def _table(
    visitor: Visitor,
    asked: Asked,
    this: Report,
    last: Report | None,
    named: Sequence[tuple[str, Line]],
) -> dict[str, object]:
    columns, lists = _columns(this.total), Lists(visitor)
    before, behind = last.total if last else None, lists.behind(asked.period.query)
    rows = [
        Row(
            name,
            _cells(
                columns,
                line.figures,
                _before(asked, line, last),
                lists.behind(_narrowed(asked, line.key)),
            ),
        )
        for name, line in named
    ]
    return {
        "columns": [word for _name, word in columns],
        "rows": rows,
        "total": _cells(columns, this.total, before, behind),
    }


def _cells(
    columns: Columns, figures: Figures, before: Figures | None, behind: dict[str, str]
) -> list[Cell]:
    return [_cell(name, figures, before, behind) for name, _word in columns]


def _before(asked: Asked, line: Line, last: Report | None) -> Figures | None:
    """Return a line's figures in the period before, where days and hours have no namesake."""
    if last is None or asked.by in (By.DAY, By.HOUR):
        return None
    return next((each.figures for each in last.lines if each.key == line.key), None)


def _name(asked: Asked, line: Line) -> str:
    if asked.by is By.DAY:
        return periods.day_in_words(date.fromisoformat(line.key))
    return line.name


def _narrowed(asked: Asked, key: str) -> dict[str, str | None] | None:
    """Return the filters of the lists that show a line's rows; an hour of the day has none."""
    match asked.by:
        case By.HOUR:
            return None
        case By.DAY:
            day = date.fromisoformat(key)
            return Period(day, day, asked.period.zone).query
    return {**asked.period.query, str(asked.by): key}


def _cell(name: str, figures: Figures, before: Figures | None, behind: dict[str, str]) -> Cell:
    said = None if before is None else _figure(getattr(before, name), name)
    return Cell(_figure(getattr(figures, name), name), said, behind.get(name))


def _figure(value: Any, name: str) -> str:
    if value is None:
        return "–"
    if name == "acceptance":
        return f"{value:.0%}"
    return figure_in_words(value)


def _reasons(visitor: Visitor, asked: Asked) -> dict[str, Any]:
    """Say why the newest unmatched leads of the period were, the commonest reasons first."""
    found = unmatched.find_reasons(
        account_id=visitor.account_id,
        entity=visitor.entity,
        entities=visitor.seen,
        since=asked.period.since,
        until=asked.period.until,
        most=_MOST_REASONS,
    )
    names = Names(setups.in_force(visitor.account_id))
    return {
        "looked_at": found.looked_at,
        "rows": [
            (
                names.profile(reason.profile),
                names.partner(reason.partner) if reason.partner else None,
                RESULTS[reason.result][1],
                reason.condition,
                count,
            )
            for reason, count in found.counts
        ],
        "leads": address_of(
            reverse("leads"),
            {ENTITY: visitor.entity, **asked.period.query, "state": "unmatched"},
        ),
    }
