"""Which reports go out by mail, to whom and when, and how the last ones ended."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from headgate import clock
from headgate.domain.flaws import Flawed
from headgate.domain.reports import Rhythm, ScheduledReport
from headgate.services import administration, setups
from headgate.services.administration import ChangedMeanwhile
from headgate.services.reports import report_mails
from headgate.services.reports.report_mails import Standing
from headgate.web import drafts
from headgate.web.drafts import BadPlace, Draft
from headgate.web.pages.frame import show
from headgate.web.pages.reports.reports import BY
from headgate.web.pages.settings.sections import SAVED
from headgate.web.visits import Visitor, for_owners_and_admins

_RHYTHMS: dict[Rhythm, Promise] = {
    Rhythm.DAY: _("Every day"),
    Rhythm.WEEK: _("On Mondays"),
    Rhythm.MONTH: _("On the 1st"),
}


class Row(Struct, frozen=True):
    """One report in the form; a new one, or one that was changed here, has no standing yet."""

    place: str
    standing: Standing | None


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_and_admins
def edit_report_mails(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    if request.method != "POST":
        version, document = administration.written(account_id=visitor.account_id)
        return _show(request, visitor, Draft({"reports": document["reports"]}, version))
    try:
        said = drafts.read_posted(request.POST)
        seen = int(request.POST.get("_seen", ""))
        deed = request.POST.get("_do", "")
        if deed:
            drafts.act(said, deed)
    except (BadPlace, ValueError):
        return HttpResponseBadRequest()
    draft = Draft(said, seen)
    return _show(request, visitor, draft) if deed else _save(request, visitor, draft)


def _save(request: HttpRequest, visitor: Visitor, draft: Draft) -> HttpResponse:
    try:
        administration.save_section(
            account_id=visitor.account_id,
            section="reports",
            said=draft.said.get("reports", []),
            seen=draft.seen,
            made_by=visitor.email,
            now=clock.now(),
        )
    except Flawed as flawed:
        refused = Draft(draft.said, draft.seen, flawed.flaws)
        return _show(request, visitor, refused, status=422)
    except ChangedMeanwhile as changed:
        meanwhile = {"changed_meanwhile": changed.changes}
        return _show(request, visitor, draft, meanwhile, status=409)
    return redirect(f"{request.path}?done=saved")


def _show(
    request: HttpRequest,
    visitor: Visitor,
    draft: Draft,
    more: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "draft": draft,
        "rows": _rows(visitor, draft),
        "bys": list(BY.items()),
        "rhythms": list(_RHYTHMS.items()),
        "has_server": setups.in_force(visitor.account_id).configuration.email.smtp is not None,
        "done": SAVED if request.GET.get("done") == "saved" else "",
        **(more or {}),
    }
    page = show(request, visitor, "reports/by_mail.html", page="reports", context=context)
    page.status_code = status
    return page


def _rows(visitor: Visitor, draft: Draft) -> list[Row]:
    found = report_mails.standings(account_id=visitor.account_id, now=clock.now())
    standings = {_written(report): standing for report, standing in found.items()}
    said = draft.value("reports") or []
    return [
        Row(f"reports[{number}]", standings.get(_as_said(each))) for number, each in enumerate(said)
    ]


def _written(report: ScheduledReport) -> tuple[object, ...]:
    return (*report.to, str(report.by), str(report.every), report.at)


def _as_said(said: Mapping[str, Any]) -> tuple[object, ...]:
    return (*said.get("to", ()), said.get("by"), said.get("every"), said.get("at"))
