"""A partner accepts or rejects what it is offered, and asks to give back what it got."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from headgate import clock
from headgate.domain.cleaning.texts import line_cleaner
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import DeliveryId
from headgate.domain.returns import LONGEST_REASON, RequestState
from headgate.services import acting, handling, portal_leads, returning
from headgate.services.errands import Errand
from headgate.services.handling import NotInThisState
from headgate.services.people.portal_access import Access
from headgate.services.routing import Leases
from headgate.web.portal import leads
from headgate.web.portal.visits import for_partners

_reason = line_cleaner("reason", LONGEST_REASON)
_remark = line_cleaner("remark", 500)


@require_POST
@for_partners
def accept_lead(
    request: HttpRequest,  # noqa: ARG001
    access: Access,
    delivery_id: UUID,
) -> HttpResponse:
    refused = _answer(access, DeliveryId(delivery_id), handling.accept_delivery)
    if refused is not None:
        return refused
    return redirect(f"{reverse('portal-lead', args=[delivery_id])}?done=accepted")


@require_POST
@for_partners
def reject_lead(request: HttpRequest, access: Access, delivery_id: UUID) -> HttpResponse:
    try:
        reason = _reason(request.POST.get("reason", ""))
    except Flawed as flawed:
        return _refuse(request, access, DeliveryId(delivery_id), flawed)
    refused = _answer(access, DeliveryId(delivery_id), handling.reject_delivery, reason=reason)
    return refused or redirect(f"{reverse('portal')}?done=rejected")


@require_POST
@for_partners
def ask_return(request: HttpRequest, access: Access, delivery_id: UUID) -> HttpResponse:
    if not access.partner.portal.returns:
        raise PermissionDenied
    leads.find(access, DeliveryId(delivery_id))
    try:
        reason = _reason(request.POST.get("reason", ""))
        if reason is None:
            raise Flawed([Flaw("reason", "required", _("say why the lead comes back"))])
        asked = returning.request_return(
            account_id=access.user.account_id,
            delivery_id=DeliveryId(delivery_id),
            reason=reason,
            remark=_remark(request.POST.get("remark", "")),
            replacement=request.POST.get("replacement") == "yes",
            of_partner=access.user.partner_id,
            by=access.actor,
            now=clock.now(),
        )
    except Flawed as flawed:
        return _refuse(request, access, DeliveryId(delivery_id), flawed)
    except NotInThisState as error:
        id = DeliveryId(delivery_id)
        return leads.show_one(request, access, id, refused=str(error), status=409)
    done = "asked" if asked.state is RequestState.PENDING else "returned"
    return redirect(f"{reverse('portal-lead', args=[delivery_id])}?done={done}")


def _answer(
    access: Access, delivery_id: DeliveryId, act: Callable[..., list[Errand]], **how: Any
) -> HttpResponse | None:
    """Give the partner's word; what was its own but is offered no longer leads back to the list."""
    if not portal_leads.is_own(leads.own(access, id=delivery_id)):
        raise Http404
    try:
        acting.act_on_delivery(
            act,
            account_id=access.user.account_id,
            delivery_id=delivery_id,
            leases=Leases(0),
            by=access.actor,
            now=clock.now(),
            **how,
        )
    except NotInThisState:
        return redirect(f"{reverse('portal')}?done=late")
    return None


def _refuse(
    request: HttpRequest, access: Access, delivery_id: DeliveryId, flawed: Flawed
) -> HttpResponse:
    message = flawed.flaws[0].message
    return leads.show_one(request, access, delivery_id, refused=message, status=422)
