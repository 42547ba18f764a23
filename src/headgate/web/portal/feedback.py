"""A partner says in its portal what became of a lead."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from headgate import clock
from headgate.domain.dispositions import Feedback
from headgate.domain.flaws import Flawed
from headgate.domain.ids import DeliveryId
from headgate.services import feedback
from headgate.services.handling import NotInThisState
from headgate.services.people.portal_access import Access
from headgate.storage.deliveries import DeliveryNotFound
from headgate.web.portal import leads
from headgate.web.portal.visits import for_partners


@require_POST
@for_partners
def tell(request: HttpRequest, access: Access, delivery_id: UUID) -> HttpResponse:
    id = DeliveryId(delivery_id)
    leads.find(access, id)
    said = Feedback(*(request.POST.get(name) for name in ("disposition", "note", "value")))
    try:
        feedback.hear(
            account_id=access.user.account_id,
            delivery_id=id,
            feedback=said,
            of_partner=access.user.partner_id,
            by=access.actor,
            now=clock.now(),
        )
    except Flawed as flawed:
        flaws = {flaw.place: flaw.message for flaw in flawed.flaws}
        return leads.show_one(request, access, id, said=said, flaws=flaws, status=422)
    except NotInThisState as error:
        return leads.show_one(request, access, id, refused=str(error), status=409)
    except DeliveryNotFound as error:
        raise Http404(str(error)) from error
    return redirect(f"{reverse('portal-lead', args=[delivery_id])}?done=told")
