"""Deliveries: the list, and one delivery with its attempts."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from msgspec import Struct

from headgate.domain.ids import DeliveryId, LeadId
from headgate.services import setups, tracking
from headgate.services.showing import DeliveryShown
from headgate.storage import lists
from headgate.storage.deliveries import DeliveryNotFound
from headgate.storage.lists import DeliveryFilter
from headgate.web.pages import queries
from headgate.web.pages.frame import Names, show
from headgate.web.visits import Visitor, for_members
from headgate.web.wording import DELIVERY_STATES, lead_name


class DeliveryRow(Struct, frozen=True):
    """A delivery with the names of all that it links."""

    delivery: DeliveryShown
    lead: str
    partner: str
    profile: str


@require_safe
@for_members
def list_deliveries(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    setup = setups.in_force(visitor.account_id)
    chosen = {name: queries.chosen(request, name) for name in _FILTERS}
    wanted = DeliveryFilter(
        entities=visitor.seen,
        state=chosen["state"],
        partner=chosen["partner"],
        profile=chosen["profile"],
        test=chosen["test"] == "yes",
    )
    before = queries.cursor(request)
    found = tracking.list_deliveries(
        account_id=visitor.account_id,
        wanted=wanted,
        before=DeliveryId(before) if before else None,
        limit=queries.PAGE,
    )
    context = {
        "rows": rows_of(visitor, found.items),
        "count": queries.count_in_words(lists.count_deliveries(visitor.account_id, wanted)),
        "chosen": chosen,
        "is_narrowed": any(chosen.values()),
        "is_later_page": before is not None,
        "older": found.next and queries.address_of(request.path, {**chosen, "before": found.next}),
        "newest": queries.address_of(request.path, chosen),
        "states": [(state, word) for state, (_, word) in DELIVERY_STATES.items()],
        "partners": [(each.slug, each.name) for each in setup.configuration.partners],
        "profiles": [
            (each.slug, each.name)
            for each in setup.configuration.profiles
            if visitor.sees(each.entity)
        ],
    }
    return show(request, visitor, "deliveries/list.html", page="deliveries", context=context)


@require_safe
@for_members
def show_delivery(request: HttpRequest, visitor: Visitor, delivery_id: UUID) -> HttpResponse:
    context = found(visitor, DeliveryId(delivery_id)) | {"done": DONE.get(request.GET.get("done"))}
    return show(request, visitor, "deliveries/delivery.html", page="deliveries", context=context)


@require_safe
@for_members
def show_panel(request: HttpRequest, visitor: Visitor, delivery_id: UUID) -> HttpResponse:
    """Answer with the delivery alone, for the panel beside the list."""
    return render(request, "deliveries/panel.html", found(visitor, DeliveryId(delivery_id)))


_FILTERS = ("state", "partner", "profile", "test")
DONE: dict[str | None, Promise] = {
    "retried": _("It is due now; its next attempt appears here."),
    "resolved": _("Settled."),
    "cancelled": _("Cancelled."),
}


def found(visitor: Visitor, delivery_id: DeliveryId) -> dict[str, Any]:
    """Return what a delivery's page and panel show."""
    try:
        shown = tracking.show_delivery(account_id=visitor.account_id, delivery_id=delivery_id)
    except DeliveryNotFound as error:
        raise Http404(str(error)) from error
    [row] = rows_of(visitor, [shown])
    return {"row": row, "delivery": shown, "may_act": visitor.may_manage}


def rows_of(visitor: Visitor, shown: list[DeliveryShown]) -> list[DeliveryRow]:
    names = Names(setups.in_force(visitor.account_id))
    called = tracking.lead_fields(
        account_id=visitor.account_id, lead_ids=[LeadId(UUID(each.lead_id)) for each in shown]
    )
    return [
        DeliveryRow(
            delivery=each,
            lead=lead_name(called.get(each.lead_id, {})),
            partner=names.partner(each.partner),
            profile=names.profile(each.profile),
        )
        for each in shown
    ]
