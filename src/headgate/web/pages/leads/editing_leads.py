"""A lead's values are edited; its status, its assignee and its notes have forms of their own."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from headgate import clock
from headgate.domain.entities import Entity
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import LeadId
from headgate.services import editing, setups
from headgate.services.editing import Edit
from headgate.services.handling import NotInThisState
from headgate.services.routing import Leases
from headgate.services.setups import Setup
from headgate.services.showing import LeadShown
from headgate.storage.caps import CapFull
from headgate.web.pages.frame import show
from headgate.web.pages.leads import lead_inputs, leads, timeline
from headgate.web.visits import Visitor, for_members
from headgate.web.wording import lead_name


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@for_members
def edit_lead(request: HttpRequest, visitor: Visitor, lead_id: UUID) -> HttpResponse:
    setup, lead = leads.found(visitor, LeadId(lead_id))
    entity = setup.configuration.entity(lead.entity)
    if entity is None or lead.erased_at is not None:
        refused = gettext("an erased lead, or one of an archived entity, cannot be changed")
        return _refuse(request, visitor, setup, lead, refused)
    if request.method != "POST":
        return _ask(request, visitor, lead, lead.fields)
    zone = ZoneInfo(visitor.timezone)
    edited = lead_inputs.edited_in(request.POST, entity.fields, lead.fields, zone=zone)
    based_on = request.POST.get("based_on", "")
    edit = Edit(fields=edited, based_on=int(based_on) if based_on.isdecimal() else None)
    try:
        return _to_lead(lead, _edit(visitor, lead, edit))
    except Flawed as flawed:
        shown = lead.fields | edited
        return _ask(request, visitor, lead, shown, flaws=flawed.flaws)
    except NotInThisState as refusal:
        if refusal.slug != "changed_meanwhile" or edit.based_on is None:
            return _refuse(request, visitor, setup, lead, str(refusal))
        since = lead.history[edit.based_on :]
        return _ask(request, visitor, lead, lead.fields | edited, since=since)


@require_POST
@for_members
def set_status(request: HttpRequest, visitor: Visitor, lead_id: UUID) -> HttpResponse:
    return _change(request, visitor, lead_id, Edit(status=request.POST.get("status", "")))


@require_POST
@for_members
def assign(request: HttpRequest, visitor: Visitor, lead_id: UUID) -> HttpResponse:
    return _change(request, visitor, lead_id, Edit(assignee=request.POST.get("assignee") or None))


@require_POST
@for_members
def add_note(request: HttpRequest, visitor: Visitor, lead_id: UUID) -> HttpResponse:
    note = request.POST.get("note", "").replace("\r\n", "\n")
    return _change(request, visitor, lead_id, Edit(note=note), done="noted")


def _change(
    request: HttpRequest, visitor: Visitor, lead_id: UUID, edit: Edit, *, done: str = "edited"
) -> HttpResponse:
    setup, lead = leads.found(visitor, LeadId(lead_id))
    try:
        return _to_lead(lead, _edit(visitor, lead, edit, done=done))
    except (Flawed, NotInThisState) as refusal:
        said = refusal.flaws[0].message if isinstance(refusal, Flawed) else str(refusal)
        return _refuse(request, visitor, setup, lead, said, note=edit.note)


def _edit(visitor: Visitor, lead: LeadShown, edit: Edit, *, done: str = "edited") -> str:
    """Do it, and return the word for what came of it.

    :raises Flawed, NotInThisState:
    """
    try:
        edited = editing.edit_lead(
            account_id=visitor.account_id,
            lead_id=LeadId(UUID(lead.id)),
            edit=edit,
            by=visitor.email,
            leases=Leases(0),
            now=clock.now(),
        )
    except CapFull as full:
        message = gettext("another lead took the last place of a cap in this moment; save it again")
        raise NotInThisState("busy", message) from full
    if edited.decided:
        return "started"
    return done if edited.changed else "same"


def _to_lead(lead: LeadShown, done: str) -> HttpResponse:
    return redirect(f"{reverse('lead', args=[lead.id])}?done={done}")


def _refuse(
    request: HttpRequest,
    visitor: Visitor,
    setup: Setup,
    lead: LeadShown,
    refused: str,
    **said: Any,
) -> HttpResponse:
    page = leads.show_page(request, visitor, setup, lead, refused=refused, **said)
    page.status_code = 409
    return page


def _ask(
    request: HttpRequest,
    visitor: Visitor,
    lead: LeadShown,
    values: dict[str, Any],
    *,
    flaws: Sequence[Flaw] = (),
    since: Sequence[dict[str, Any]] = (),
) -> HttpResponse:
    """Show the form; `since` are the changes that came while somebody filled it in."""
    setup = setups.in_force(visitor.account_id)
    entity = setup.configuration.entity(lead.entity) or Entity("", "")
    inputs = lead_inputs.inputs_of(
        entity.fields,
        values,
        flaws,
        zone=ZoneInfo(visitor.timezone),
        currency=setup.currency,
        hidden=[
            field.key for field in entity.fields if field.encrypted and field.key in lead.fields
        ],
    )
    context = {
        "lead": lead,
        "name": lead_name(lead.fields),
        "inputs": inputs,
        "flaws": flaws,
        "others": [flaw.message for flaw in flaws if not flaw.place],
        "since": [event for line in since if (event := timeline.change_of(line, entity))],
    }
    page = show(request, visitor, "leads/edit.html", page="leads", context=context)
    page.status_code = 422 if flaws else 409 if since else 200
    return page
