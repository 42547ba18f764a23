"""The test inbox: what partners without a real way to deliver would have received."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from msgspec import Struct

from headgate.domain.ids import DeliveryId, LeadId
from headgate.services import setups, tracking
from headgate.services.showing import DeliveryShown
from headgate.storage.lists import DeliveryFilter
from headgate.web.pages import queries
from headgate.web.pages.frame import Names, show
from headgate.web.visits import Visitor, for_members
from headgate.web.wording import lead_name, value_in_words

_PAGE = 20


class Arrival(Struct, frozen=True):
    delivery: DeliveryShown
    lead: str
    partner: str
    profile: str
    fields: list[tuple[str, str]]


@require_safe
@for_members
def list_arrivals(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    before = queries.cursor(request)
    found = tracking.list_deliveries(
        account_id=visitor.account_id,
        wanted=DeliveryFilter(channel="inbox", test=None, entities=visitor.seen),
        before=DeliveryId(before) if before else None,
        limit=_PAGE,
    )
    context = {
        "arrivals": _arrivals(visitor, found.items),
        "is_later_page": before is not None,
        "older": found.next and queries.address_of(request.path, {"before": found.next}),
        "newest": request.path,
    }
    return show(request, visitor, "inbox/list.html", page="inbox", context=context)


def _arrivals(visitor: Visitor, shown: list[DeliveryShown]) -> list[Arrival]:
    setup = setups.in_force(visitor.account_id)
    names = Names(setup)
    labels = {
        field.key: field for entity in setup.configuration.entities for field in entity.fields
    }
    fields_of = tracking.lead_fields(
        account_id=visitor.account_id, lead_ids=[LeadId(UUID(each.lead_id)) for each in shown]
    )
    return [
        Arrival(
            delivery=each,
            lead=lead_name(fields),
            partner=names.partner(each.partner),
            profile=names.profile(each.profile),
            fields=[
                (
                    labels[key].label if key in labels else key,
                    value_in_words(value, labels.get(key)),
                )
                for key, value in fields.items()
            ],
        )
        for each in shown
        for fields in [fields_of.get(each.lead_id, {})]
    ]
