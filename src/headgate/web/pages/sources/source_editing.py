"""The editor of a source: what becomes of its leads, what they cost, and how many may come."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from headgate import clock
from headgate.domain.configuration import editing
from headgate.domain.configuration.editing import Document, Thing
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.sources import API_SOURCE
from headgate.services import administration, setups
from headgate.services.administration import ChangedMeanwhile
from headgate.web import drafts
from headgate.web.drafts import BadPlace, Draft
from headgate.web.pages.frame import show
from headgate.web.pages.sources.import_drafts import ON_DUPLICATE
from headgate.web.pages.sources.source import COST_PER, ON_INVALID
from headgate.web.visits import Visitor, for_owners_and_admins


class Edited(Struct, frozen=True):
    """The source that is edited: None while it is new."""

    thing: Thing | None
    before: Document


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_and_admins
def edit_source(request: HttpRequest, visitor: Visitor, entity: str, slug: str) -> HttpResponse:
    version, document = administration.written(account_id=visitor.account_id)
    thing = Thing("sources", slug, entity)
    before = editing.find(document, thing)
    if before is None and slug == API_SOURCE and visitor.sees(entity):
        before = {"slug": slug, "entity": entity, "name": "API"}
    if before is None:
        raise Http404(f"there is no source {slug!r}")
    return _edit(request, visitor, Edited(thing, before), version)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_and_admins
def add_source(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    version, _ = administration.written(account_id=visitor.account_id)
    before = {"entity": visitor.entity} if visitor.entity else {}
    return _edit(request, visitor, Edited(None, before), version)


def _edit(request: HttpRequest, visitor: Visitor, edited: Edited, version: int) -> HttpResponse:
    if request.method != "POST":
        return _show(request, visitor, edited, Draft(edited.before, version))
    try:
        form = drafts.read_posted(request.POST)
        seen = int(request.POST.get("_seen", ""))
        deed = request.POST.get("_do", "")
        if deed:
            drafts.act(form, deed)
    except (BadPlace, ValueError):
        return HttpResponseBadRequest()
    draft = Draft(form, seen)
    return (
        _show(request, visitor, edited, draft) if deed else _save(request, visitor, edited, draft)
    )


def _save(request: HttpRequest, visitor: Visitor, edited: Edited, draft: Draft) -> HttpResponse:
    said = _said(visitor, edited, draft.said)
    try:
        if "name" not in draft.said:
            raise Flawed([Flaw("name", "required", gettext("the source has no name; write one"))])
        administration.save_thing(
            account_id=visitor.account_id,
            kind="sources",
            said=said,
            instead=edited.thing,
            seen=draft.seen,
            made_by=visitor.email,
            now=clock.now(),
        )
    except Flawed as flawed:
        wrong = Draft(draft.said, draft.seen, tuple(flawed.flaws))
        return _show(request, visitor, edited, wrong, status=422)
    except ChangedMeanwhile as changed:
        told = {"changed_meanwhile": changed.changes}
        return _show(request, visitor, edited, draft, status=409, **told)
    done = "saved" if edited.thing else "made"
    address = reverse("source", args=[said["entity"], said["slug"]])
    return redirect(f"{address}?done={done}")


def _said(visitor: Visitor, edited: Edited, form: Document) -> dict[str, Any]:
    """Return the document of the form; what a source is known by never changes."""
    if edited.thing is not None:
        return {**form, "slug": edited.thing.slug, "entity": edited.thing.entity}
    slug = administration.new_slug(
        account_id=visitor.account_id, kind="sources", name=str(form.get("name", ""))
    )
    return {"entity": visitor.entities[0].slug if visitor.entities else "", **form, "slug": slug}


def _show(
    request: HttpRequest,
    visitor: Visitor,
    edited: Edited,
    draft: Draft,
    *,
    status: int = 200,
    **said: object,
) -> HttpResponse:
    context = {
        **said,
        "draft": draft,
        "thing": edited.thing,
        "name": edited.before.get("name"),
        "currency": setups.in_force(visitor.account_id).currency,
        "entities": [(each.slug, each.name) for each in visitor.entities],
        "on_duplicate": list(ON_DUPLICATE.items()),
        "on_invalid": list(ON_INVALID.items()),
        "cost_per": list(COST_PER.items()),
    }
    page = show(request, visitor, "sources/edit.html", page="sources", context=context)
    page.status_code = status
    return page
