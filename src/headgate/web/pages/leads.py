"""Leads: the list, and one lead with its trace."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from msgspec import Struct

from headgate.domain.ids import LeadId
from headgate.services import setups, tracking
from headgate.services.setups import Setup
from headgate.services.showing import LeadShown
from headgate.storage import lists
from headgate.storage.leads import LeadNotFound
from headgate.storage.lists import LeadFilter
from headgate.web.pages import queries, tracing
from headgate.web.pages.frame import Names, show
from headgate.web.visits import ENTITY, Visitor, for_members
from headgate.web.wording import LEAD_STATES, lead_name, value_in_words


class LeadRow(Struct, frozen=True):
    """A lead as the list shows it."""

    lead: LeadShown
    name: str
    reach: str
    source: str
    partners: list[str]


class FieldRow(Struct, frozen=True):
    label: str
    value: str
    encrypted: bool


@require_safe
@for_members
def list_leads(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    setup = setups.in_force(visitor.account_id)
    names = Names(setup)
    chosen = {name: queries.chosen(request, name) for name in _FILTERS}
    chosen[ENTITY] = visitor.entity
    wanted = LeadFilter(
        text=chosen["q"],
        entity=chosen["entity"],
        entities=visitor.seen,
        state=chosen["state"],
        source=chosen["source"],
        partner=chosen["partner"],
        test=chosen["test"] == "yes",
    )
    before = queries.cursor(request)
    found = tracking.list_leads(
        account_id=visitor.account_id,
        wanted=wanted,
        before=LeadId(before) if before else None,
        limit=queries.PAGE,
        in_clear=False,
    )
    context = {
        "rows": [_row(lead, names) for lead in found.items],
        "count": queries.count_in_words(lists.count_leads(visitor.account_id, wanted)),
        "waiting": queries.count_in_words(lists.count_waiting(visitor.account_id, visitor.seen)),
        "chosen": chosen,
        "is_narrowed": any(chosen[name] for name in _FILTERS),
        "is_later_page": before is not None,
        "older": found.next and queries.address_of(request.path, {**chosen, "before": found.next}),
        "newest": queries.address_of(request.path, chosen),
        "states": [(state, word) for state, (_, word) in LEAD_STATES.items()],
        "entities": visitor.entities,
        "partners": [(each.slug, each.name) for each in setup.configuration.partners],
        "sources": sorted({(slug, slug) for slug in setup.source_slugs.values()}),
    }
    return show(request, visitor, "leads/list.html", page="leads", context=context)


@require_safe
@for_members
def show_lead(request: HttpRequest, visitor: Visitor, lead_id: UUID) -> HttpResponse:
    setup, lead = _found(visitor, LeadId(lead_id))
    context = {
        "lead": lead,
        "name": lead_name(lead.fields),
        "fields": _fields(setup, lead),
        "entity": Names(setup).entity(lead.entity),
        "source": Names(setup).source(lead.entity, lead.source),
        "trace": tracing.trace_of(visitor, lead),
    }
    return show(request, visitor, "leads/lead.html", page="leads", context=context)


@require_safe
@for_members
def show_trace(request: HttpRequest, visitor: Visitor, lead_id: UUID) -> HttpResponse:
    """Answer with the trace alone, which a page asks for until nothing is open any more.

    A person who follows this address is taken to the trace on the lead's page.
    """
    _, lead = _found(visitor, LeadId(lead_id))
    if not request.headers.get("HX-Request"):
        return redirect(reverse("lead", args=[lead_id]) + "#trace")
    context = {"lead": lead, "trace": tracing.trace_of(visitor, lead)}
    return render(request, "leads/trace.html", context)


_FILTERS = ("q", "state", "source", "partner", "test")


def _found(visitor: Visitor, lead_id: LeadId) -> tuple[Setup, LeadShown]:
    try:
        lead = tracking.show_lead(account_id=visitor.account_id, lead_id=lead_id, in_clear=False)
    except LeadNotFound as error:
        raise Http404(str(error)) from error
    return setups.in_force(visitor.account_id), lead


def _row(lead: LeadShown, names: Names) -> LeadRow:
    reach = [str(lead.fields[key]) for key in ("email", "phone") if lead.fields.get(key)]
    name = lead_name(lead.fields)
    return LeadRow(
        lead=lead,
        name=name,
        reach=next((each for each in reach if each != name), ""),
        source=names.source(lead.entity, lead.source),
        partners=[names.partner(each.partner) for each in lead.deliveries],
    )


def _fields(setup: Setup, lead: LeadShown) -> list[FieldRow]:
    entity = setup.configuration.entity(lead.entity)
    known = {field.key: field for field in entity.fields} if entity else {}
    return [
        FieldRow(
            label=known[key].label if key in known else key,
            value=value_in_words(value, known.get(key)),
            encrypted=key in known and known[key].encrypted,
        )
        for key, value in lead.fields.items()
    ]
