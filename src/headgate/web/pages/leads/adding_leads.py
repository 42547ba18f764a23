"""A lead is added by hand: the entity's fields as a form, with what is wrong beside each."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from headgate import clock
from headgate.domain.entities import Entity
from headgate.domain.flaws import Flaw, Flawed
from headgate.services import adding, setups
from headgate.services.submissions import Receipt, UnknownSource
from headgate.storage.caps import CapFull
from headgate.web.pages.frame import Names, show
from headgate.web.pages.leads import lead_inputs
from headgate.web.visits import ENTITY, Visitor, for_members


class Asked(Struct, frozen=True):
    """What the form says beside the fields."""

    source: str
    status: str = ""
    note: str = ""
    test: bool = False
    distribute: bool = True


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@for_members
def add_lead(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    entity = _entity(request, visitor)
    if entity is None:
        context = {"entities": visitor.entities}
        return show(request, visitor, "leads/add.html", page="leads", context=context)
    setup = setups.in_force(visitor.account_id)
    if request.method != "POST":
        asked = Asked(adding.default_source(setup, entity.slug))
        return _ask(request, visitor, entity, asked)
    typed = lead_inputs.typed_in(request.POST, entity.fields)
    asked = _asked(request)
    try:
        receipt = _add(visitor, entity, typed, asked)
    except Flawed as flawed:
        return _ask(request, visitor, entity, asked, typed=typed, flaws=flawed.flaws)
    except UnknownSource as unknown:
        flaws = (Flaw("source", "unknown_source", str(unknown)),)
        return _ask(request, visitor, entity, asked, typed=typed, flaws=flaws)
    return redirect(f"{reverse('lead', args=[receipt.lead.id])}?done=added")


def _add(visitor: Visitor, entity: Entity, typed: dict[str, Any], asked: Asked) -> Receipt:
    """:raises Flawed, UnknownSource:"""
    try:
        return adding.add_lead(
            account_id=visitor.account_id,
            entity=entity.slug,
            fields=typed,
            source=asked.source or None,
            status=asked.status or None,
            note=asked.note or None,
            test=asked.test,
            distribute=asked.distribute,
            by=visitor.email,
            now=clock.now(),
        )
    except CapFull as full:
        message = gettext("another lead took the last place of a cap in this moment; save it again")
        raise Flawed([Flaw("", "busy", message)]) from full


def _entity(request: HttpRequest, visitor: Visitor) -> Entity | None:
    """Return the entity of the form, of the sidebar, or the only one."""
    slug = request.POST.get(ENTITY) or visitor.entity
    if slug is None and len(visitor.entities) == 1:
        return visitor.entities[0]
    return next((each for each in visitor.entities if each.slug == slug), None)


def _asked(request: HttpRequest) -> Asked:
    said = request.POST
    return Asked(
        source=said.get("source", ""),
        status=said.get("status", ""),
        note=said.get("note", "").replace("\r\n", "\n"),
        test=said.get("test") == "yes",
        distribute=said.get("distribute") == "yes",
    )


def _ask(
    request: HttpRequest,
    visitor: Visitor,
    entity: Entity,
    asked: Asked,
    *,
    typed: dict[str, Any] | None = None,
    flaws: tuple[Flaw, ...] = (),
) -> HttpResponse:
    setup = setups.in_force(visitor.account_id)
    names = Names(setup)
    slugs = sorted(s for e, s in setup.plan.identities.sources if e == entity.slug)
    own = {field.key for field in entity.fields}
    inputs = lead_inputs.inputs_of(
        entity.fields, typed or {}, flaws, zone=ZoneInfo(visitor.timezone), currency=setup.currency
    )
    context = {
        "entity": entity,
        "inputs": inputs,
        "asked": asked,
        "sources": [
            (slug, names.source(entity.slug, slug))
            for slug in slugs
            if setup.source(entity.slug, slug)
        ],
        "flaws": flaws,
        "others": [flaw.message for flaw in flaws if flaw.place.partition(".")[0] not in own],
    }
    page = show(request, visitor, "leads/add.html", page="leads", context=context)
    page.status_code = 422 if flaws else 200
    return page
