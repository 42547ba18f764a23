"""The queue of waiting leads: who waits, for what, and until when."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from headgate import clock
from headgate.domain.entities import Entity
from headgate.domain.explanation.document import ExplainedAssignment, ExplainedRound
from headgate.domain.ids import LeadId
from headgate.domain.leads import LeadState
from headgate.domain.verdicts import Result
from headgate.services import setups, tracking, waiting
from headgate.services.handling import NotInThisState
from headgate.services.routing import Leases
from headgate.services.showing import LeadShown
from headgate.storage import lists
from headgate.storage.leads import LeadNotFound
from headgate.storage.lists import LeadFilter
from headgate.web.pages import queries
from headgate.web.pages.frame import Names, show
from headgate.web.pages.leads.check_words import check_row
from headgate.web.visits import Visitor, for_members
from headgate.web.wording import lead_name

_WAITED_FOR = ("cap", "hours")
_DONE: dict[str | None, Promise] = {
    "decided": _("Decided; a lead that is still here goes on waiting."),
    "stopped": _("It waits no longer."),
}


class WaitingRow(Struct, frozen=True):
    """A waiting lead; `reasons` are partners, and the cap or the hours that stand in the way."""

    lead: LeadShown
    name: str
    reasons: list[tuple[str, str]]


@require_safe
@for_members
def list_waiting(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return _show(request, visitor, done=_DONE.get(request.GET.get("done")))


@require_POST
@for_members
def decide_lead(request: HttpRequest, visitor: Visitor, lead_id: UUID) -> HttpResponse:
    return _handle(request, visitor, LeadId(lead_id), waiting.decide_waiting_lead, "decided")


@require_POST
@for_members
def stop_waiting(request: HttpRequest, visitor: Visitor, lead_id: UUID) -> HttpResponse:
    return _handle(request, visitor, LeadId(lead_id), waiting.stop_waiting, "stopped")


def _handle(
    request: HttpRequest,
    visitor: Visitor,
    lead_id: LeadId,
    act: Callable[..., object],
    done: str,
) -> HttpResponse:
    try:
        act(
            account_id=visitor.account_id,
            lead_id=lead_id,
            leases=Leases(0),
            by=visitor.email,
            now=clock.now(),
        )
    except LeadNotFound as error:
        raise Http404(str(error)) from error
    except NotInThisState as refusal:
        page = _show(request, visitor, refused=str(refusal))
        page.status_code = 409
        return page
    return redirect(f"{reverse('waiting')}?done={done}")


def _show(request: HttpRequest, visitor: Visitor, **said: object) -> HttpResponse:
    before = queries.cursor(request)
    found = tracking.list_leads(
        account_id=visitor.account_id,
        wanted=LeadFilter(state=LeadState.WAITING, entities=visitor.seen),
        before=LeadId(before) if before else None,
        limit=queries.PAGE,
        in_clear=False,
    )
    decided = tracking.last_rounds(
        account_id=visitor.account_id, lead_ids=[LeadId(UUID(each.id)) for each in found.items]
    )
    path = reverse("waiting")
    context = {
        **said,
        "rows": [_row(visitor, lead, decided[lead.id]) for lead in found.items],
        "waiting": queries.count_in_words(lists.count_waiting(visitor.account_id, visitor.seen)),
        "is_later_page": before is not None,
        "older": found.next and queries.address_of(path, {"before": found.next}),
        "newest": path,
    }
    return show(request, visitor, "leads/waiting.html", page="leads", context=context)


def _row(visitor: Visitor, lead: LeadShown, last: ExplainedRound) -> WaitingRow:
    """Say what the lead waits for, from its last round: a wait that goes on makes no other."""
    setup = setups.at_version(visitor.account_id, last.config_version)
    entity = setup.configuration.entity(lead.entity) or Entity("", "")
    names = Names(setup)
    reasons = [
        (
            names.partner(seat.partner),
            "; ".join(
                check_row(check, setup.configuration, entity).words
                for check in seat.checks
                if not check.passed
            ),
        )
        for profile in last.profiles
        for seat in profile.assignments
        if _is_waited_for(seat)
    ]
    return WaitingRow(lead, lead_name(lead.fields), reasons)


def _is_waited_for(seat: ExplainedAssignment) -> bool:
    """Tell whether nothing but a cap or the hours stands in the way."""
    in_the_way = {check.check for check in seat.checks if not check.passed}
    is_kept_back = seat.result in (Result.CAP_REACHED, Result.CLOSED)
    return is_kept_back and in_the_way.issubset(_WAITED_FOR)
