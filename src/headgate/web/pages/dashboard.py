"""The dashboard: what came in, what became of it, and what somebody should look at."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from headgate import clock
from headgate.domain.reports import By
from headgate.domain.sample_values import sample_values
from headgate.services import adding, alerts, first_steps
from headgate.services.first_steps import FirstStep
from headgate.services.reports import reporting
from headgate.services.reports.reporting import Figures, Report
from headgate.storage.reports import ReportFilter
from headgate.web import charts, periods
from headgate.web.charts import Bars, Pair
from headgate.web.pages.forecasts import coming_today
from headgate.web.pages.frame import show
from headgate.web.pages.queries import address_of
from headgate.web.pages.settings.alerts import KINDS
from headgate.web.periods import Period
from headgate.web.visits import ENTITY, Visitor, for_members, for_owners_and_admins
from headgate.web.wording import figure_in_words

_USUAL = "7"
_MOST_ALERTS = 8
_STEPS: dict[FirstStep, tuple[Promise, Promise, str]] = {
    FirstStep.ENTITY: (
        _("Say what a lead is"),
        _("An entity with the fields that a lead has."),
        "entities",
    ),
    FirstStep.PARTNER: (
        _("Add a partner"),
        _("Who takes leads, and how they are delivered."),
        "partners",
    ),
    FirstStep.PROFILE: (
        _("Switch a profile on"),
        _("Which partners get which leads, in which order."),
        "distribution",
    ),
    FirstStep.MAIL: (
        _("Set up mail"),
        _("A partner gets leads by mail, which needs your mail server."),
        "email-settings",
    ),
    FirstStep.LEAD: (
        _("Deliver a first lead"),
        _("“Send a test lead” shows you why each partner got it or not."),
        "leads",
    ),
}


class Tile(Struct, frozen=True):
    """One figure, and the rows behind it."""

    label: Promise
    figure: str
    before: str
    address: str


@require_safe
@for_members
def show_dashboard(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    chosen = request.GET.get("period", _USUAL)
    length = chosen if chosen in periods.LENGTHS else _USUAL
    now = clock.now()
    period = periods.of_length(length, ZoneInfo(visitor.timezone), now=now)
    by = By.HOUR if period.first == period.last else By.DAY
    this = _report(visitor, by, period, now)
    last = _report(visitor, By.SOURCE, period.before, now)  # for its total alone
    steps = first_steps.find_first_steps(account_id=visitor.account_id)
    context = {
        "lengths": [(name, word) for name, (_days, word) in periods.LENGTHS.items()],
        "length": length,
        "tiles": _tiles(visitor, period, this, last),
        "bars": _bars(visitor, period, this),
        "is_by_hour": by is By.HOUR,
        "currency": this.currency,
        "steps": [(each.done, *_STEPS[each.step]) for each in steps],
        "is_set_up": all(each.done for each in steps),
        "can_test": any(entity.fields for entity in visitor.entities),
        "alerts": _alerts(visitor),
        "kinds": KINDS,
    }
    return show(request, visitor, "dashboard/dashboard.html", page="dashboard", context=context)


@require_safe
@for_owners_and_admins
def look_ahead(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show which caps fill today; the dashboard fetches it, for it takes as long as the rest."""
    context = {"coming": coming_today(visitor, now=clock.now())}
    if request.headers.get("HX-Request"):
        return render(request, "dashboard/coming.html", context)
    return show(request, visitor, "dashboard/look_ahead.html", page="dashboard", context=context)


@require_POST
@for_members
def send_test_lead(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Make a lead of the picked entity up, and go to see where it goes."""
    wanted = request.POST.get(ENTITY) or visitor.entity
    entity = next(
        (each for each in visitor.entities if wanted in (None, "", each.slug) and each.fields), None
    )
    if entity is None:
        return redirect("dashboard")
    receipt = adding.add_lead(
        account_id=visitor.account_id,
        entity=entity.slug,
        fields=sample_values(entity.fields),
        source=None,
        status=None,
        note=None,
        test=True,
        distribute=True,
        by=visitor.email,
        now=clock.now(),
    )
    return redirect("lead-trace", receipt.lead.id)


def _report(visitor: Visitor, by: By, period: Period, now: datetime) -> Report:
    wanted = ReportFilter(
        since=period.since, until=period.until, entity=visitor.entity, entities=visitor.seen
    )
    return reporting.report(account_id=visitor.account_id, by=by, wanted=wanted, now=now)


def _tiles(visitor: Visitor, period: Period, this: Report, last: Report) -> list[Tile]:
    entity = {ENTITY: visitor.entity}
    leads = {**entity, **period.query}

    def tile(label: Promise, name: str, address: str) -> Tile:
        return Tile(label, _said(this.total, name), _said(last.total, name), address)

    return [
        tile(_("Received"), "received", address_of(reverse("leads"), leads)),
        tile(_("Sold"), "sold", address_of(reverse("leads"), {**leads, "state": "delivered"})),
        tile(
            _("Unmatched"),
            "unmatched",
            address_of(reverse("leads"), {**leads, "state": "unmatched"}),
        ),
        tile(
            _("Undelivered"),
            "undelivered",
            address_of(reverse("leads"), {**leads, "state": "undelivered"}),
        ),
        tile(
            _("Revenue"),
            "revenue",
            address_of(reverse("deliveries"), {**leads, "state": "delivered"}),
        ),
    ]


def _said(figures: Figures, name: str) -> str:
    return figure_in_words(getattr(figures, name))


def _bars(visitor: Visitor, period: Period, report: Report) -> Bars:
    """Draw the days of the period, or the hours of its only day."""
    said = {line.key: line.figures for line in report.lines}
    pairs = []
    for key, day in _places(period, report.by):
        figures = said.get(key)
        query = {ENTITY: visitor.entity, **Period(day, day, period.zone).query}
        pairs.append(
            Pair(
                label=f"{key}:00" if report.by is By.HOUR else periods.day_in_words(day),
                outer=(figures and figures.received) or 0,
                inner=(figures and figures.sold) or 0,
                address=address_of(reverse("leads"), query),
            )
        )
    return charts.bars(pairs)


def _places(period: Period, by: By) -> list[tuple[str, date]]:
    if by is By.HOUR:
        return [(f"{hour:02}", period.first) for hour in range(24)]
    return [(day.isoformat(), day) for day in period.days]


def _alerts(visitor: Visitor) -> list[alerts.AlertShown]:
    """Return what is wrong now; alerts name partners and caps, which are for those who manage."""
    if not visitor.may_manage:
        return []
    return alerts.list_alerts(
        account_id=visitor.account_id, is_open=True, before=None, limit=_MOST_ALERTS
    ).items
