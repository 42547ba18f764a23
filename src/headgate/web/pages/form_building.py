"""The builder of a form: what it asks for, and what it looks like meanwhile."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from headgate import clock
from headgate.domain.configuration import editing
from headgate.domain.configuration.editing import Document, Thing
from headgate.domain.configuration.reading.forms import read_form
from headgate.domain.configuration.reading.section import Section
from headgate.domain.entities import Entity
from headgate.domain.fields import Field
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.forms import TO_PARTNER
from headgate.domain.sources import API_SOURCE
from headgate.services import administration, form_tokens, setups
from headgate.services.administration import ChangedMeanwhile
from headgate.services.form_filling import FormShown
from headgate.services.setups import Setup
from headgate.web import drafts, form_drafts
from headgate.web.drafts import BadPlace, Draft
from headgate.web.forms.inputs import Typed
from headgate.web.forms.page import Surroundings, render_form
from headgate.web.pages.forms import address_of
from headgate.web.pages.frame import Names, show
from headgate.web.visits import Visitor, for_members

_AFTER = [
    (form_drafts.THANKS, _("Show the thank-you text")),
    (form_drafts.ADDRESS, _("Go to another page")),
    (TO_PARTNER, _("Go where the partner that takes the lead says")),
]


class Asked(Struct, frozen=True):
    """One field as the builder lists it; `place` is where its controls stand."""

    place: str
    number: int
    field: Field | None
    key: str
    is_told_apart: bool
    is_hidden: bool


class Built(Struct, frozen=True):
    """The form that is built: `thing` is None while it is new, and its entity can be chosen."""

    thing: Thing | None
    before: Document


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def edit_form(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    version, document = administration.written(account_id=visitor.account_id)
    thing = Thing("forms", slug)
    before = editing.find(document, thing)
    if before is None or not visitor.sees(before["entity"]):
        raise Http404(f"there is no form {slug!r}")
    return _build(request, visitor, Built(thing, before), version)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def add_form(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    version, _document = administration.written(account_id=visitor.account_id)
    entities = [each for each in visitor.entities if visitor.entity in (None, each.slug)]
    if not entities:
        return redirect("forms")
    begun = form_drafts.begun(entities[0], _sources(visitor, entities[0])[0][0])
    return _build(request, visitor, Built(None, begun), version)


def _build(request: HttpRequest, visitor: Visitor, built: Built, version: int) -> HttpResponse:
    if request.method != "POST":
        said = form_drafts.opened(built.before) if built.thing else built.before
        return _show(request, visitor, built, Draft(said, version))
    try:
        said = drafts.read_posted(request.POST)
        if built.thing is not None:
            said["entity"] = built.before["entity"]
        draft = Draft(said, int(request.POST.get("_seen", "")))
        if deed := request.POST.get("_do", ""):
            added = request.POST.get("_field", "")
            form_drafts.act(said, deed, entity=_entity(visitor, said), added=added)
            return _show(request, visitor, built, draft)
    except (BadPlace, ValueError):
        return HttpResponseBadRequest()
    return _save(request, visitor, built, draft)


def _save(request: HttpRequest, visitor: Visitor, built: Built, draft: Draft) -> HttpResponse:
    document = _document(visitor, built, draft.said)
    try:
        if missing := _missing(visitor, draft.said):
            raise Flawed(missing)
        administration.save_thing(
            account_id=visitor.account_id,
            kind="forms",
            said=document,
            instead=built.thing,
            seen=draft.seen,
            made_by=visitor.email,
            now=clock.now(),
        )
    except Flawed as flawed:
        flaws = tuple(form_drafts.seen(flawed.flaws))
        return _show(request, visitor, built, Draft(draft.said, draft.seen, flaws), status=422)
    except ChangedMeanwhile as changed:
        said = {"changed_meanwhile": changed.changes}
        return _show(request, visitor, built, draft, status=409, **said)
    done = "saved" if built.thing else "made"
    return redirect(f"{reverse('form', args=[document['slug']])}?done={done}")


def _missing(visitor: Visitor, said: Document) -> list[Flaw]:
    """Return what a file may leave out and a person may not."""
    flaws = []
    if _entity(visitor, said) is None:
        flaws.append(Flaw("entity", "unknown_reference", gettext("choose one of the entities")))
    if not said.get("title"):
        flaws.append(Flaw("title", "required", gettext("the form has no title; write one")))
    return flaws


def _document(visitor: Visitor, built: Built, said: Document) -> Document:
    """Return the form's document; a new one's slug is made of its title."""
    document = form_drafts.closed(said)
    if built.thing is not None:
        document["slug"] = built.thing.slug
    else:
        title = str(said.get("title", "form"))
        document["slug"] = administration.new_slug(
            account_id=visitor.account_id, kind="forms", name=title
        )
    return document


def _show(
    request: HttpRequest,
    visitor: Visitor,
    built: Built,
    draft: Draft,
    *,
    status: int = 200,
    **said: object,
) -> HttpResponse:
    entity = _entity(visitor, draft.said)
    slug = built.thing.slug if built.thing else None
    context = {
        **said,
        "draft": draft,
        "slug": slug,
        "name": built.before.get("title"),
        "entity": entity,
        "entities": [(each.slug, each.name) for each in visitor.entities],
        "sources": _sources(visitor, entity) if entity else [],
        "asked": _asked(draft.said, entity),
        "left": form_drafts.left_to_ask(draft.said, entity),
        "after": _AFTER,
        "preview": _preview(visitor, built, draft.said),
        "address": address_of(request, visitor, slug) if slug else None,
    }
    page = show(request, visitor, "form_building/edit.html", page="forms", context=context)
    page.status_code = status
    return page


def _asked(said: Document, entity: Entity | None) -> list[Asked]:
    listed = said.get("fields")
    return [
        Asked(
            place=f"fields[{number}]",
            number=number + 1,
            field=entity.field(str(each.get("key"))) if entity else None,
            key=str(each.get("key")),
            is_told_apart=any(value for name, value in each.items() if name != "key"),
            is_hidden=bool(each.get("hidden")),
        )
        for number, each in enumerate(listed if isinstance(listed, list) else [])
        if isinstance(each, dict)
    ]


def _preview(visitor: Visitor, built: Built, said: Document) -> str | None:
    """Return the page as it would be; None while what it says is not sound."""
    setup: Setup = setups.in_force(visitor.account_id)
    entity = _entity(visitor, said)
    if entity is None:
        return None
    flaws: list[Flaw] = []
    document = {**form_drafts.closed(said), "slug": built.thing.slug if built.thing else "preview"}
    form = read_form(
        Section(document, "", flaws),
        entities={entity.slug: entity},
        sources=lambda _slug: [slug for slug, _name in _sources(visitor, entity)],
    )
    if flaws:
        return None
    token = form_tokens.issue(setup, now=clock.now())
    return render_form(
        FormShown(setup, form, entity), Typed(), token, Surroundings(is_preview=True)
    )


def _entity(visitor: Visitor, said: Document) -> Entity | None:
    return next((each for each in visitor.entities if each.slug == said.get("entity")), None)


def _sources(visitor: Visitor, entity: Entity) -> list[tuple[str, str]]:
    """Return the entity's sources, the built-in one last."""
    setup = setups.in_force(visitor.account_id)
    names = Names(setup)
    listed = [each.slug for each in setup.configuration.sources if each.entity == entity.slug]
    slugs = dict.fromkeys((*(slug for slug in listed if slug != API_SOURCE), API_SOURCE))
    return [(slug, names.source(entity.slug, slug)) for slug in slugs]
