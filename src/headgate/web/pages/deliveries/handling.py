"""A person retries, settles or cancels a delivery, from its page or panel."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from headgate import clock
from headgate.domain.deliveries import Outcome
from headgate.domain.ids import DeliveryId
from headgate.services import acting, handling, tracking
from headgate.services.errands import Errand
from headgate.services.handling import NotInThisState
from headgate.services.routing import Leases
from headgate.storage.deliveries import DeliveryNotFound
from headgate.web.pages.deliveries import deliveries
from headgate.web.visits import Visitor, for_owners_and_admins

_SETTLING = ("delivered", "refused")


@require_POST
@for_owners_and_admins
def retry_delivery(request: HttpRequest, visitor: Visitor, delivery_id: UUID) -> HttpResponse:
    return _handle(request, visitor, DeliveryId(delivery_id), handling.retry_delivery, "retried")


@require_POST
@for_owners_and_admins
def resolve_delivery(request: HttpRequest, visitor: Visitor, delivery_id: UUID) -> HttpResponse:
    said = request.POST.get("outcome")
    if said not in _SETTLING:
        return HttpResponseBadRequest()
    return _handle(
        request,
        visitor,
        DeliveryId(delivery_id),
        handling.resolve_delivery,
        "resolved",
        outcome=Outcome(said),
    )


@require_POST
@for_owners_and_admins
def cancel_delivery(request: HttpRequest, visitor: Visitor, delivery_id: UUID) -> HttpResponse:
    return _handle(request, visitor, DeliveryId(delivery_id), handling.cancel_delivery, "cancelled")


def _handle(
    request: HttpRequest,
    visitor: Visitor,
    delivery_id: DeliveryId,
    act: Callable[..., list[Errand]],
    done: str,
    **how: Any,
) -> HttpResponse:
    """Do it, and show the delivery with what came of it; the dispatcher finds what is due."""
    try:
        acting.act_on_delivery(
            act,
            account_id=visitor.account_id,
            delivery_id=delivery_id,
            leases=Leases(0),
            by=visitor.email,
            now=clock.now(),
            **how,
        )
    except DeliveryNotFound as error:
        raise Http404(str(error)) from error
    except NotInThisState as refusal:
        return deliveries.show_one(request, visitor, delivery_id, status=409, refused=str(refusal))
    if request.POST.get("back") == "lead":
        lead_id = tracking.show_delivery(
            account_id=visitor.account_id, delivery_id=delivery_id
        ).lead_id
        return redirect(f"{reverse('lead', args=[lead_id])}?done={done}")
    return redirect(f"{reverse('delivery', args=[delivery_id])}?done={done}")
