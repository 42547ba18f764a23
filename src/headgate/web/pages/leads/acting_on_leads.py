"""A person distributes or erases a lead from its page."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from headgate import clock
from headgate.domain.ids import LeadId
from headgate.services import distributing
from headgate.services.handling import NotInThisState
from headgate.services.privacy import erasing
from headgate.services.routing import Leases
from headgate.web.pages.leads import leads
from headgate.web.visits import Visitor, for_members, for_owners_and_admins


@require_POST
@for_members
def distribute_lead(request: HttpRequest, visitor: Visitor, lead_id: UUID) -> HttpResponse:
    return _act(request, visitor, LeadId(lead_id), distributing.distribute_lead, "distributed")


@require_POST
@for_owners_and_admins
def erase_lead(request: HttpRequest, visitor: Visitor, lead_id: UUID) -> HttpResponse:
    return _act(request, visitor, LeadId(lead_id), erasing.erase_lead, "erased")


def _act(
    request: HttpRequest,
    visitor: Visitor,
    lead_id: LeadId,
    act: Callable[..., object],
    done: str,
) -> HttpResponse:
    """Do it, and show the lead with what came of it; the dispatcher finds what is due."""
    setup, lead = leads.found(visitor, lead_id)
    try:
        act(
            account_id=visitor.account_id,
            lead_id=lead_id,
            leases=Leases(0),
            by=visitor.email,
            now=clock.now(),
        )
    except NotInThisState as refusal:
        page = leads.show_page(request, visitor, setup, lead, refused=str(refusal))
        page.status_code = 409
        return page
    return redirect(f"{reverse('lead', args=[lead_id])}?done={done}")
