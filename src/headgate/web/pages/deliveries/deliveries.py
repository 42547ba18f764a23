"""Deliveries: the list, and one delivery with its attempts."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from msgspec import Struct

from headgate import clock
from headgate.domain.dispositions import TOLD_OF
from headgate.domain.flaws import Flawed
from headgate.domain.ids import DeliveryId, LeadId
from headgate.services import return_lists, setups, tracking
from headgate.services.showing import DeliveryShown
from headgate.storage import walks
from headgate.storage.deliveries import DeliveryNotFound
from headgate.storage.lists import DeliveryFilter
from headgate.web.pages import csv_answers, queries
from headgate.web.pages.deliveries import delivery_filter
from headgate.web.pages.deliveries.delivery_filter import Chosen
from headgate.web.pages.frame import Names, show
from headgate.web.pages.leads.lead_filter import complaint
from headgate.web.refusals import show_bad_request
from headgate.web.visits import Visitor, for_members
from headgate.web.wording import DISPOSITIONS, lead_name


class DeliveryRow(Struct, frozen=True):
    """A delivery with the names of all that it links."""

    delivery: DeliveryShown
    lead: str
    partner: str
    profile: str


@require_safe
@for_members
def list_deliveries(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    chosen = delivery_filter.chosen_in(request.GET)
    before = queries.cursor(request)
    context = delivery_filter.choices(visitor) | {
        "chosen": chosen,
        "is_narrowed": any(chosen.values()),
        "is_later_page": before is not None,
        "unfolded": any(chosen[name] for name in delivery_filter.SELDOM),
        "newest": queries.address_of(request.path, chosen),
        "waiting": return_lists.count_pending(account_id=visitor.account_id),
        "csv": queries.address_of(reverse("export-deliveries"), chosen),
        "searched_days": chosen["q"] and not chosen["from"] and delivery_filter.SEARCHED.days,
    }
    try:
        wanted = delivery_filter.filter_of(visitor, chosen, now=clock.now())
    except Flawed as flawed:
        context["complaint"] = complaint(flawed)
    else:
        context |= _page(request, visitor, wanted, chosen, before)
    page = show(request, visitor, "deliveries/list.html", page="deliveries", context=context)
    page.status_code = 422 if "complaint" in context else 200
    return page


def _page(
    request: HttpRequest,
    visitor: Visitor,
    wanted: DeliveryFilter,
    chosen: Chosen,
    before: UUID | None,
) -> dict[str, Any]:
    found = tracking.list_deliveries(
        account_id=visitor.account_id,
        wanted=wanted,
        before=DeliveryId(before) if before else None,
        limit=queries.PAGE,
    )
    return {
        "rows": rows_of(visitor, found.items),
        "count": queries.counted_in_words(
            queries.counted(
                len(found.items),
                found.next,
                before,
                lambda: walks.count_deliveries(visitor.account_id, wanted),
            )
        ),
        "looked_back_to": queries.looked_back_to(len(found.items), found.next),
        "older": found.next and queries.address_of(request.path, {**chosen, "before": found.next}),
    }


@require_safe
@for_members
def export_deliveries(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    """Answer with every delivery that the filters name."""
    try:
        chosen = delivery_filter.chosen_in(request.GET)
        wanted = delivery_filter.filter_of(visitor, chosen, now=clock.now())
    except Flawed as flawed:
        return show_bad_request(request, flawed)

    def part(before: DeliveryId | None) -> tuple[list[list[str]], DeliveryId | None]:
        page = tracking.list_deliveries(
            account_id=visitor.account_id, wanted=wanted, before=before, limit=csv_answers.AT_ONCE
        )
        rows = [[_cell(each, name) for name in _COLUMNS] for each in page.items]
        return rows, DeliveryId(UUID(page.next)) if page.next else None

    return csv_answers.csv_answer("deliveries", _COLUMNS, part)


_COLUMNS = (
    *("id", "created_at", "lead_id", "partner", "profile", "assignment", "channel", "state"),
    *("price", "currency", "status", "ms", "tries", "ended_at", "error"),
    *("disposition", "sale_value", "disposition_note"),
)


def _cell(delivery: DeliveryShown, name: str) -> str:
    told = delivery.disposition
    match name:
        case "disposition":
            value = told and told.disposition
        case "sale_value":
            value = told and told.value
        case "disposition_note":
            value = told and told.note
        case _:
            value = getattr(delivery, name)
    return "" if value is None else str(value)


@require_safe
@for_members
def show_delivery(request: HttpRequest, visitor: Visitor, delivery_id: UUID) -> HttpResponse:
    return show_one(
        request,
        visitor,
        DeliveryId(delivery_id),
        done=DONE.get(request.GET.get("done")),
        wants_return="return" in request.GET,
    )


def show_one(
    request: HttpRequest,
    visitor: Visitor,
    delivery_id: DeliveryId,
    *,
    status: int = 200,
    **said: Any,
) -> HttpResponse:
    """Show a delivery's page, and what became of an act on it."""
    context = found(visitor, delivery_id) | said
    page = show(request, visitor, "deliveries/delivery.html", page="deliveries", context=context)
    page.status_code = status
    return page


@require_safe
@for_members
def show_panel(request: HttpRequest, visitor: Visitor, delivery_id: UUID) -> HttpResponse:
    """Answer with the delivery alone, for the panel beside the list."""
    return render(request, "deliveries/panel.html", found(visitor, DeliveryId(delivery_id)))


DONE: dict[str | None, Promise] = {
    "retried": _("It is due now; its next attempt appears here."),
    "resolved": _("Settled."),
    "cancelled": _("Cancelled."),
    "returned": _("Returned; the lead is sold again only if you distribute it."),
    "granted": _("Granted; the lead is sold again only if you distribute it."),
    "refused": _("Refused; the lead and its charge stay."),
    "told": _("Kept; it stands in the lead’s timeline and in the reports."),
}


def found(visitor: Visitor, delivery_id: DeliveryId) -> dict[str, Any]:
    """Return what a delivery's page and panel show."""
    try:
        shown = tracking.show_delivery(account_id=visitor.account_id, delivery_id=delivery_id)
    except DeliveryNotFound as error:
        raise Http404(str(error)) from error
    [row] = rows_of(visitor, [shown])
    return {
        "row": row,
        "delivery": shown,
        "may_act": visitor.may_manage,
        "asked": return_lists.find_of_delivery(visitor.account_id, delivery_id),
        "kinds": [(kind, word) for kind, (_tone, word) in DISPOSITIONS.items()],
        "currency": shown.currency,
        "may_tell": visitor.may_manage and shown.state in TOLD_OF,
        "return_reasons": setups.in_force(visitor.account_id).configuration.returns.reasons,
    }


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
