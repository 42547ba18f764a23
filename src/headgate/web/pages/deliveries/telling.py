"""Staff notes what a partner said became of a lead."""

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
from headgate.storage.deliveries import DeliveryNotFound
from headgate.web.pages.deliveries import deliveries
from headgate.web.visits import Visitor, for_owners_and_admins


@require_POST
@for_owners_and_admins
def tell(request: HttpRequest, visitor: Visitor, delivery_id: UUID) -> HttpResponse:
    id = DeliveryId(delivery_id)
    said = Feedback(*(request.POST.get(name) for name in ("disposition", "note", "value")))
    try:
        feedback.hear(
            account_id=visitor.account_id,
            delivery_id=id,
            feedback=said,
            by=visitor.email,
            now=clock.now(),
        )
    except DeliveryNotFound as error:
        raise Http404(str(error)) from error
    except Flawed as flawed:
        flaws = {flaw.place: flaw.message for flaw in flawed.flaws}
        return deliveries.show_one(request, visitor, id, said=said, flaws=flaws, status=422)
    except NotInThisState as error:
        return deliveries.show_one(request, visitor, id, refused=str(error), status=409)
    return redirect(f"{reverse('delivery', args=[delivery_id])}?done=told")
