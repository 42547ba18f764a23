"""One lead: its values, everything that happened to it, and the trace of its decisions."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from msgspec import Struct

from headgate.domain.entities import Entity
from headgate.domain.ids import LeadId
from headgate.services import setups, tracking
from headgate.services.distributing import DISTRIBUTABLE
from headgate.services.setups import Setup
from headgate.services.showing import LeadShown
from headgate.storage import assignees
from headgate.storage.leads import LeadNotFound
from headgate.web.pages.frame import Names, show
from headgate.web.pages.leads import timeline, tracing
from headgate.web.visits import Visitor, for_members
from headgate.web.wording import evidence_rows, lead_name, value_in_words

DONE: dict[str | None, Promise] = {
    "added": _("Added."),
    "edited": _("Saved."),
    "started": _("Saved; the new status had the lead decided again."),
    "same": _("Nothing was different, so nothing was saved."),
    "noted": _("Noted."),
    "distributed": _("Decided; the trace says by whom it was taken, or why nobody did."),
    "erased": _("Its personal data is gone."),
    "retried": _("It is due now; the attempt appears below."),
}


class FieldRow(Struct, frozen=True):
    label: str
    value: str
    encrypted: bool


@require_safe
@for_members
def show_lead(request: HttpRequest, visitor: Visitor, lead_id: UUID) -> HttpResponse:
    """Show the lead with its timeline, of which a page asks for news while there may be any."""
    setup, lead = found(visitor, LeadId(lead_id))
    if request.headers.get("HX-Request"):
        context = _happened(visitor, setup, lead) | {"is_part": True}
        return render(request, "leads/timeline.html", context)
    return show_page(request, visitor, setup, lead)


@require_safe
@for_members
def show_trace(request: HttpRequest, visitor: Visitor, lead_id: UUID) -> HttpResponse:
    """Show the trace; a page asks for it alone until nothing is open any more."""
    setup, lead = found(visitor, LeadId(lead_id))
    if request.headers.get("HX-Request"):
        context = {"lead": lead, "trace": tracing.trace_of(visitor, lead)}
        return render(request, "leads/trace.html", context)
    return show_page(request, visitor, setup, lead, tab="trace")


def found(visitor: Visitor, lead_id: LeadId) -> tuple[Setup, LeadShown]:
    """Return the lead, and the set-up in force; 404 where the account has no such lead."""
    try:
        lead = tracking.show_lead(account_id=visitor.account_id, lead_id=lead_id, in_clear=False)
    except LeadNotFound as error:
        raise Http404(str(error)) from error
    return setups.in_force(visitor.account_id), lead


def show_page(
    request: HttpRequest,
    visitor: Visitor,
    setup: Setup,
    lead: LeadShown,
    *,
    tab: str = "timeline",
    **said: Any,
) -> HttpResponse:
    names, entity = Names(setup), setup.configuration.entity(lead.entity)
    people = [each.email for each in assignees.list_all(visitor.account_id)]
    repeated = tracking.later_duplicates(
        account_id=visitor.account_id, lead_id=LeadId(UUID(lead.id))
    )
    context = {
        **_happened(visitor, setup, lead),
        "tab": tab,
        "name": lead_name(lead.fields),
        "evidence": evidence_rows(lead.consent),
        "fields": _fields(entity, lead),
        "entity": names.entity(lead.entity),
        "source": names.source(lead.entity, lead.source),
        "repeated": [(each.id, each.received_at, each.state) for each in repeated],
        "statuses": entity.statuses if entity else (),
        "assignees": people,
        "may_edit": entity is not None and lead.erased_at is None,
        "may_distribute": lead.state in DISTRIBUTABLE and entity is not None,
        "done": DONE.get(request.GET.get("done")),
        **said,
    }
    return show(request, visitor, "leads/lead.html", page="leads", context=context)


def _happened(visitor: Visitor, setup: Setup, lead: LeadShown) -> dict[str, Any]:
    trace, names = tracing.trace_of(visitor, lead), Names(setup)
    entity = setup.configuration.entity(lead.entity) or Entity("", "")
    return {
        "lead": lead,
        "trace": trace,
        "events": timeline.timeline_of(lead, trace, entity, names),
        "deliveries": [(names.partner(each.partner), each) for each in lead.deliveries],
        "may_act": visitor.may_manage,
    }


def _fields(entity: Entity | None, lead: LeadShown) -> list[FieldRow]:
    known = {field.key: field for field in entity.fields} if entity else {}
    return [
        FieldRow(
            label=known[key].label if key in known else key,
            value=value_in_words(value, known.get(key)),
            encrypted=key in known and known[key].encrypted,
        )
        for key, value in lead.fields.items()
    ]
