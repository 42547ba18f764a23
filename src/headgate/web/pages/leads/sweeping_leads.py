"""Acts on many leads: how many they are, what is done to them, and how far it has come."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from headgate import clock
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import LeadId, SweepId
from headgate.services import sweeping, tracking
from headgate.services.sweeping import Act
from headgate.storage import assignees, lists, sweeps
from headgate.storage.sweeps import Sweep, SweepNotFound, SweepState
from headgate.web.pages import queries
from headgate.web.pages.frame import show
from headgate.web.pages.leads import lead_filter
from headgate.web.pages.leads.sweep_words import ACTS, DEEDS, EXPLAINED, STATES
from headgate.web.visits import ENTITY, Visitor, for_members
from headgate.web.wording import lead_name

ALL = "all"  # of what the filters name, instead of the chosen rows
_MOST_SHOWN = 100


@require_POST
@for_members
def ask(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Say how many leads it is about and what happens to each, before anything does."""
    act = _act(request, visitor)
    try:
        lead_ids = _wanted(request, visitor)
    except Flawed as flawed:
        return _ask(request, visitor, act, [], flawed)
    return _ask(request, visitor, act, lead_ids)


@require_POST
@for_members
def begin(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    act = _act(request, visitor)
    lead_ids: list[LeadId] = []
    try:
        lead_ids = _wanted(request, visitor)
        sweep_id = sweeping.begin_sweep(
            account_id=visitor.account_id,
            act=act,
            to=request.POST.get("to") or None,
            lead_ids=lead_ids,
            by=visitor.email,
            now=clock.now(),
        )
    except Flawed as flawed:
        return _ask(request, visitor, act, lead_ids, flawed)
    return redirect("sweep", sweep_id)


@require_safe
@for_members
def show_sweep(request: HttpRequest, visitor: Visitor, sweep_id: int) -> HttpResponse:
    """Show how far it has come; the page asks again until it is over."""
    context = _shown(visitor, _found(visitor, sweep_id))
    if request.headers.get("HX-Request"):
        return render(request, "leads/sweep_progress.html", context)
    return show(request, visitor, "leads/sweep.html", page="leads", context=context)


@require_POST
@for_members
def cancel(request: HttpRequest, visitor: Visitor, sweep_id: int) -> HttpResponse:  # noqa: ARG001
    found = _found(visitor, sweep_id)
    sweeping.cancel_sweep(account_id=visitor.account_id, sweep_id=found.id, now=clock.now())
    return redirect("sweep", sweep_id)


def _act(request: HttpRequest, visitor: Visitor) -> Act:
    try:
        act = Act(request.POST.get("act", ""))
    except ValueError:
        raise Http404 from None
    if act is Act.ERASE and not visitor.may_manage:
        raise PermissionDenied
    return act


def _wanted(request: HttpRequest, visitor: Visitor) -> list[LeadId]:
    """Return the chosen leads, or all that the filters name up to the newest that was counted.

    :raises Flawed:
    """
    said = request.POST
    if said.get("scope") != ALL:
        ids = _ids(said.getlist("lead"))
        return lists.find_own(visitor.account_id, ids, entities=visitor.seen)
    chosen = _chosen(said, visitor)
    wanted = lead_filter.filter_of(visitor, chosen)
    found = sweeping.find_leads(account_id=visitor.account_id, wanted=wanted)
    newest = _ids([said.get("newest", "")])
    return [id for id in found if not newest or id <= newest[0]]


def _ids(texts: list[str]) -> list[LeadId]:
    ids = []
    for text in texts:
        try:
            ids.append(LeadId(UUID(text)))
        except ValueError:
            continue
    return ids


def _chosen(said: Mapping[str, str], visitor: Visitor) -> dict[str, str | None]:
    chosen = lead_filter.chosen_in(said, visitor)
    return chosen | {ENTITY: said.get(ENTITY) or None}


def _ask(
    request: HttpRequest,
    visitor: Visitor,
    act: Act,
    lead_ids: list[LeadId],
    flawed: Flawed | None = None,
) -> HttpResponse:
    said = request.POST
    is_all = said.get("scope") == ALL
    chosen = {name: value for name, value in _chosen(said, visitor).items() if value}
    flaws: tuple[Flaw, ...] = flawed.flaws if flawed else ()
    context = {
        "act": act,
        "word": ACTS[act],
        "explained": EXPLAINED[act],
        "count": len(lead_ids),
        "is_all": is_all,
        "newest": said.get("newest") or (lead_ids[-1] if lead_ids else ""),
        "chosen": chosen,
        "lead_ids": [] if is_all else lead_ids,
        "statuses": lead_filter.statuses_of(visitor),
        "assignees": [each.email for each in assignees.list_all(visitor.account_id)],
        "to": said.get("to", ""),
        "refused": "; ".join(flaw.message for flaw in flaws),
        "back": queries.address_of(reverse("leads"), chosen),
    }
    page = show(request, visitor, "leads/sweep_ask.html", page="leads", context=context)
    page.status_code = 422 if flaws else 200
    return page


def running_for(visitor: Visitor) -> list[Sweep]:
    """Return the sweeps under way that the visitor may look at."""
    return [each for each in sweeps.find_running_of(visitor.account_id) if _may_see(visitor, each)]


def _may_see(visitor: Visitor, sweep: Sweep) -> bool:
    """What was left out names leads, which may be of entities that others do not see."""
    return visitor.may_manage or sweep.made_by == visitor.email


def _found(visitor: Visitor, sweep_id: int) -> Sweep:
    try:
        sweep = sweeps.get(visitor.account_id, SweepId(sweep_id))
    except SweepNotFound as error:
        raise Http404(str(error)) from error
    if not _may_see(visitor, sweep):
        raise PermissionDenied
    return sweep


def _shown(visitor: Visitor, sweep: Sweep) -> dict[str, Any]:
    left_out = sweeping.left_out_of(sweep)
    ids = _ids([each.lead_id for each in left_out[:_MOST_SHOWN]])
    called = tracking.lead_fields(account_id=visitor.account_id, lead_ids=ids)
    deed = str(DEEDS[Act(sweep.act)])
    return {
        "sweep": sweep,
        "title": deed % (sweep.to or "–") if "%s" in deed else deed,
        "state": STATES[sweep.state],
        "is_running": sweep.state == SweepState.RUNNING,
        "left_out": [
            (each.lead_id, lead_name(called.get(each.lead_id, {})), each.message)
            for each in left_out[:_MOST_SHOWN]
        ],
        "more_left_out": max(0, sweep.left_out - _MOST_SHOWN),
    }
