"""Returns: what partners ask to give back, decided with a note; staff return a lead at once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from headgate import clock
from headgate.domain.cleaning.texts import line_cleaner
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import DeliveryId, LeadId
from headgate.domain.returns import LONGEST_REASON, RequestState, Returns
from headgate.services import return_lists, returning, setups, tracking
from headgate.services.handling import NotInThisState
from headgate.services.return_lists import ReturnShown
from headgate.storage.deliveries import DeliveryNotFound
from headgate.storage.returns import RequestFilter, ReturnNotFound
from headgate.web.pages import queries
from headgate.web.pages.deliveries import deliveries
from headgate.web.pages.frame import Names, show
from headgate.web.visits import Visitor, for_owners_and_admins
from headgate.web.wording import RETURN_STATES, lead_name

LONGEST_NOTE = 500
_DONE: dict[str | None, Promise] = {
    "granted": _("Granted; the partner is told in its portal."),
    "refused": _("Refused; the lead and its charge stay."),
}
_note = line_cleaner("note", LONGEST_NOTE)
_reason = line_cleaner("reason", LONGEST_REASON)


class ReturnRow(Struct, frozen=True):
    """A request with the names of what it is about, and until when it could be asked."""

    said: ReturnShown
    lead: str
    partner: str
    deadline: datetime | None


@require_safe
@for_owners_and_admins
def list_returns(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return _show(request, visitor, done=_DONE.get(request.GET.get("done")))


@require_POST
@for_owners_and_admins
def grant_return(request: HttpRequest, visitor: Visitor, request_id: UUID) -> HttpResponse:
    return _decide(request, visitor, request_id, returning.grant_return, "granted")


@require_POST
@for_owners_and_admins
def refuse_return(request: HttpRequest, visitor: Visitor, request_id: UUID) -> HttpResponse:
    return _decide(request, visitor, request_id, returning.refuse_return, "refused")


@require_POST
@for_owners_and_admins
def return_delivery(request: HttpRequest, visitor: Visitor, delivery_id: UUID) -> HttpResponse:
    """Take a delivered lead back at once, and show the delivery with what came of it."""
    refused, status = "", 409
    try:
        returning.return_delivery(
            account_id=visitor.account_id,
            delivery_id=DeliveryId(delivery_id),
            reason=_read_reason(request),
            note=_note(request.POST.get("note", "")),
            by=visitor.email,
            now=clock.now(),
        )
    except DeliveryNotFound as error:
        raise Http404(str(error)) from error
    except NotInThisState as refusal:
        refused = str(refusal)
    except Flawed as flawed:
        refused, status = flawed.flaws[0].message, 422
    if refused:
        return deliveries.show_one(
            request, visitor, DeliveryId(delivery_id), status=status, refused=refused
        )
    return redirect(f"{reverse('delivery', args=[delivery_id])}?done=returned")


def _read_reason(request: HttpRequest) -> str:
    reason = _reason(request.POST.get("reason", ""))
    if reason is None:
        raise Flawed([Flaw("reason", "required", str(_("say why the lead comes back")))])
    return reason


def _decide(
    request: HttpRequest,
    visitor: Visitor,
    request_id: UUID,
    act: Callable[..., None],
    done: str,
) -> HttpResponse:
    try:
        act(
            account_id=visitor.account_id,
            request_id=request_id,
            note=_note(request.POST.get("note", "")),
            by=visitor.email,
            now=clock.now(),
        )
    except ReturnNotFound as error:
        raise Http404(str(error)) from error
    except Flawed as flawed:
        return _show(request, visitor, status=422, refused=flawed.flaws[0].message)
    except NotInThisState as refusal:
        return _show(request, visitor, status=409, refused=str(refusal))
    if request.POST.get("back") == "delivery":
        asked = return_lists.show_return(
            account_id=visitor.account_id, wanted=RequestFilter(id=request_id)
        )
        return redirect(f"{reverse('delivery', args=[asked.delivery])}?done={done}")
    return redirect(f"{reverse('returns')}?done={done}")


def _show(
    request: HttpRequest, visitor: Visitor, *, status: int = 200, **said: Any
) -> HttpResponse:
    state = queries.chosen(request, "state") or RequestState.PENDING
    before = queries.cursor(request)
    setup = setups.in_force(visitor.account_id)
    found = return_lists.list_returns(
        account_id=visitor.account_id,
        wanted=RequestFilter(state=state),
        before=before,
        limit=queries.PAGE,
    )
    path = reverse("returns")
    context = said | {
        "rows": _rows(visitor, found.items, setup.configuration.returns),
        "chosen": state,
        "states": [(each, word) for each, (_tone, word) in RETURN_STATES.items()],
        "waiting": return_lists.count_pending(account_id=visitor.account_id),
        "credits": setup.configuration.returns.granted.credit,
        "is_later_page": before is not None,
        "older": found.next and queries.address_of(path, {"state": state, "before": found.next}),
        "newest": queries.address_of(path, {"state": state}),
    }
    page = show(request, visitor, "deliveries/returns.html", page="deliveries", context=context)
    page.status_code = status
    return page


def _rows(visitor: Visitor, shown: list[ReturnShown], rules: Returns) -> list[ReturnRow]:
    names = Names(setups.in_force(visitor.account_id))
    called = tracking.lead_fields(
        account_id=visitor.account_id, lead_ids=[LeadId(UUID(each.lead)) for each in shown]
    )
    return [
        ReturnRow(
            said=each,
            lead=lead_name(called.get(each.lead, {})),
            partner=names.partner(each.partner),
            deadline=_deadline(each, rules),
        )
        for each in shown
    ]


def _deadline(said: ReturnShown, rules: Returns) -> datetime | None:
    ended_at = said.delivered_at
    return rules.deadline(datetime.fromisoformat(ended_at)) if ended_at else None
