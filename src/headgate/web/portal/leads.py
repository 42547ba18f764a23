"""A partner's leads: the list, one of them, and all of them as a file."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from msgspec import Struct

from headgate import clock
from headgate.domain.audit import Action
from headgate.domain.deliveries import State
from headgate.domain.flaws import Flawed
from headgate.domain.ids import DeliveryId
from headgate.services import audit, portal_leads
from headgate.services.people.portal_access import Access
from headgate.services.portal_leads import PortalLead
from headgate.storage.deliveries import DeliveryNotFound
from headgate.storage.portal_leads import PortalFilter
from headgate.web.api import parameters
from headgate.web.pages import csv_answers, queries
from headgate.web.pages.leads.lead_filter import complaint
from headgate.web.portal import visits
from headgate.web.portal.frame import show
from headgate.web.portal.visits import for_partners
from headgate.web.refusals import show_bad_request
from headgate.web.wording import DISPOSITIONS, PORTAL_STATES, lead_name, value_in_words

_FILTERS = ("state", "from", "to")
_NAMES = ("first_name", "last_name", "name", "full_name", "email", "phone")
_DONE: dict[str | None, Promise] = {
    "accepted": _("Accepted; the lead is yours."),
    "rejected": _("Rejected; the lead is no longer offered to you."),
    "late": _("That lead is no longer offered to you: its time ran out, or it was answered."),
    "asked": _("Asked for; you see here what becomes of it."),
    "returned": _("Given back."),
    "told": _("Kept. Thank you for saying so."),
}


class LeadRow(Struct, frozen=True):
    lead: PortalLead
    name: str


@require_safe
@for_partners
def list_leads(request: HttpRequest, access: Access) -> HttpResponse:
    chosen = {name: request.GET.get(name, "").strip() or None for name in _FILTERS}
    before = queries.cursor(request)
    context: dict[str, Any] = {
        "chosen": chosen,
        "states": [(state, word) for state, (_tone, word) in PORTAL_STATES.items()],
        "is_narrowed": any(chosen.values()),
        "is_later_page": before is not None,
        "newest": queries.address_of(request.path, chosen),
        "csv": queries.address_of(reverse("portal-export"), chosen),
        "done": _DONE.get(request.GET.get("done")),
    }
    try:
        found = portal_leads.list_leads(
            wanted=_wanted(access, chosen),
            before=DeliveryId(before) if before else None,
            limit=queries.PAGE,
        )
    except Flawed as flawed:
        context["complaint"] = complaint(flawed)
    else:
        older = {**chosen, "before": str(found.next)}
        context["older"] = found.next and queries.address_of(request.path, older)
        context["rows"] = [LeadRow(each, name_of(each)) for each in found.items]
    status = 422 if "complaint" in context else 200
    return show(request, access, "portal/leads.html", page="leads", context=context, status=status)


@require_safe
@for_partners
def show_lead(request: HttpRequest, access: Access, delivery_id: UUID) -> HttpResponse:
    done = _DONE.get(request.GET.get("done"))
    return show_one(request, access, DeliveryId(delivery_id), done=done)


def show_one(
    request: HttpRequest,
    access: Access,
    delivery_id: DeliveryId,
    *,
    status: int = 200,
    **said: Any,
) -> HttpResponse:
    """Show a lead, and what became of what was done to it."""
    lead = find(access, delivery_id)
    context = {
        **said,
        "lead": lead,
        "name": name_of(lead),
        "values": [
            (each.label, value_in_words(each.value, each.field))
            for each in lead.fields
            if each.value not in (None, "", [], {})
        ],
        "returning": _returning(access, lead),
        "kinds": [(kind, word) for kind, (_tone, word) in DISPOSITIONS.items()],
        "currency": lead.currency,
    }
    return show(request, access, "portal/lead.html", page="leads", context=context, status=status)


def find(access: Access, delivery_id: DeliveryId) -> PortalLead:
    """Return the lead; whatever is not this partner's is not there."""
    try:
        return portal_leads.show_lead(wanted=own(access, id=delivery_id))
    except DeliveryNotFound as error:
        raise Http404(str(error)) from error


def own(access: Access, **narrowed: Any) -> PortalFilter:
    user = access.user
    return PortalFilter(account_id=user.account_id, partner_id=user.partner_id, **narrowed)


@require_safe
@for_partners
def export_leads(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Answer with every lead that the filters name, encrypted values as the page shows them."""
    chosen = {name: request.GET.get(name, "").strip() or None for name in _FILTERS}
    try:
        wanted = _wanted(access, chosen)
    except Flawed as flawed:
        return show_bad_request(request, flawed)
    columns = portal_leads.columns_of(wanted)
    audit.note(
        account_id=access.user.account_id,
        actor=access.actor,
        action=Action.LEADS_EXPORTED,
        after={"narrowed_by": [name for name, value in chosen.items() if value]},
        now=clock.now(),
    )
    header = [*_fixed_columns(), *(label for _key, label in columns), *_told_columns()]
    keys = [key for key, _label in columns]
    part = partial(_part, wanted, keys, visits.zone_of(access))
    return csv_answers.csv_answer("leads", header, part)


def _fixed_columns() -> list[str]:
    words = (_("Reference"), _("When"), _("State"), _("Kind"), _("Price"), _("Currency"))
    return [str(word) for word in words]


def _told_columns() -> list[str]:
    return [str(word) for word in (_("What became of it"), _("Sold for"), _("Note"))]


def _part(
    wanted: PortalFilter, keys: list[str], zone: ZoneInfo, before: DeliveryId | None
) -> tuple[list[list[str]], DeliveryId | None]:
    page = portal_leads.list_leads(wanted=wanted, before=before, limit=csv_answers.AT_ONCE)
    # The page is answered by now, and its zone is not in force any more.
    with timezone.override(zone):
        return [_cells(each, keys) for each in page.items], page.next


def _cells(lead: PortalLead, keys: list[str]) -> list[str]:
    when = timezone.localtime(datetime.fromisoformat(lead.received_at))
    said = {each.key: each for each in lead.fields if each.value is not None}
    return [
        str(lead.id),
        f"{when:%Y-%m-%d %H:%M:%S}",
        str(PORTAL_STATES[lead.state][1]),
        lead.entity,
        lead.price,
        lead.currency,
        *(value_in_words(said[k].value, said[k].field) if k in said else "" for k in keys),
        *_told_cells(lead),
    ]


def _told_cells(lead: PortalLead) -> list[str]:
    """Return what was said became of it last."""
    if not lead.told:
        return ["", "", ""]
    last = lead.told[-1]
    return [str(DISPOSITIONS[last.disposition][1]), last.value or "", last.note or ""]


def _wanted(access: Access, chosen: Mapping[str, str | None]) -> PortalFilter:
    """:raises Flawed: a day cannot be read."""
    days = {name: day for name in ("from", "to") if (day := chosen[name])}
    zone, state = visits.zone_of(access), chosen["state"]
    return own(
        access,
        state=State(state) if state in PORTAL_STATES else None,
        since=parameters.moment_of(days, "from", zone),
        until=parameters.moment_of(days, "to", zone),
    )


def name_of(lead: PortalLead) -> str:
    """Return what the lead is called, by what the partner may see of it."""
    said = {each.key: each.value for each in lead.fields if each.key in _NAMES and each.value}
    return lead_name(said) if said else translated("Lead %s") % str(lead.id)[-6:]


def _returning(access: Access, lead: PortalLead) -> dict[str, Any] | None:
    """Return what the form for a return needs, None where none can be asked for."""
    rules = access.setup.configuration.returns
    is_his = lead.state is State.DELIVERED and lead.ended_at is not None
    if not (access.partner.portal.returns and is_his and lead.asked is None and not lead.test):
        return None
    until = rules.deadline(datetime.fromisoformat(lead.ended_at or ""))
    if until is not None and until <= clock.now():
        return None
    return {"reasons": rules.reasons, "until": until, "replacements": rules.replacements}
