"""Entities: the kinds of leads, with their fields, statuses and duplicates."""

from typing import Any

import phonenumbers
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from msgspec import Struct

from headgate import clock
from headgate.domain.configuration.editing import Document, Thing, find
from headgate.domain.configuration.usage import Use, UsedBy, uses_of
from headgate.domain.configuration.value import Configuration
from headgate.domain.entities import Entity
from headgate.domain.fields import FieldType
from headgate.domain.flaws import Flaw, Flawed
from headgate.services import administration, setups
from headgate.services.administration import ChangedMeanwhile
from headgate.web import drafts, entity_forms, focusing
from headgate.web.drafts import BadPlace, Draft
from headgate.web.pages.frame import show
from headgate.web.visits import Visitor, for_owners_and_admins

_TYPES: list[tuple[str, Promise]] = [
    (FieldType.TEXT, gettext_lazy("Text, one line")),
    (FieldType.TEXTAREA, gettext_lazy("Text, several lines")),
    (FieldType.EMAIL, gettext_lazy("Email")),
    (FieldType.PHONE, gettext_lazy("Phone")),
    (FieldType.POSTCODE, gettext_lazy("Postcode or ZIP code")),
    (FieldType.ADDRESS, gettext_lazy("Address")),
    (FieldType.CHOICE, gettext_lazy("Choice, one of several")),
    (FieldType.MULTICHOICE, gettext_lazy("Choice, any of several")),
    (FieldType.BOOLEAN, gettext_lazy("Yes or no")),
    (FieldType.NUMBER, gettext_lazy("Number")),
    (FieldType.MONEY, gettext_lazy("Amount of money")),
    (FieldType.DATE, gettext_lazy("Date")),
    (FieldType.DATETIME, gettext_lazy("Date and time")),
    (FieldType.URL, gettext_lazy("Web address")),
]
_DONE: dict[str | None, Promise] = {
    "saved": gettext_lazy("Saved; it is in force from now on."),
    "archived": gettext_lazy("Archived. Its leads and counts stay."),
}
_PARTS = {"profiles": gettext_lazy("profile"), "forms": gettext_lazy("form")}


class EntityRow(Struct, frozen=True):
    entity: Entity
    profiles: int
    sources: int
    forms: int


class FieldShown(Struct, frozen=True):
    """A field's row; `known` is its key where it is stored under it, which never changes."""

    place: str
    known: str
    label: str
    has_options: bool
    has_region: bool
    uses: list[str]
    messages: list[str]


@require_safe
@for_owners_and_admins
def list_entities(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    said = setups.in_force(visitor.account_id).configuration
    context = {
        "rows": [_row(each, said) for each in said.entities],
        "done": _DONE.get(request.GET.get("done")),
    }
    return show(request, visitor, "entities/list.html", page="entities", context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_and_admins
def add_entity(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    version, _document = administration.written(account_id=visitor.account_id)
    return _edit(request, visitor, None, entity_forms.TYPICAL, version)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_and_admins
def edit_entity(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    version, document = administration.written(account_id=visitor.account_id)
    thing = Thing("entities", slug)
    before = find(document, thing)
    if before is None:
        raise Http404(f"there is no entity {slug!r}")
    return _edit(request, visitor, thing, before, version)


@require_POST
@for_owners_and_admins
def archive_entity(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    version, document = administration.written(account_id=visitor.account_id)
    thing = Thing("entities", slug)
    before = find(document, thing)
    if before is None:
        raise Http404(f"there is no entity {slug!r}")
    try:
        administration.archive_thing(
            account_id=visitor.account_id,
            thing=thing,
            seen=version,
            made_by=visitor.email,
            now=clock.now(),
        )
    except Flawed as flawed:
        said = setups.in_force(visitor.account_id).configuration
        flaws = _from_outside(flawed.flaws, said)
        draft = Draft(entity_forms.opened(before), version, flaws)
        return _show(request, visitor, thing, before, draft, status=422)
    return redirect(f"{reverse('entities')}?done=archived")


def _edit(
    request: HttpRequest, visitor: Visitor, thing: Thing | None, before: Document, version: int
) -> HttpResponse:
    if request.method != "POST":
        draft = Draft(entity_forms.opened(before), version)
        return _show(request, visitor, thing, before, draft)
    try:
        form = drafts.read_posted(request.POST)
        seen = int(request.POST.get("_seen", ""))
        deed = request.POST.get("_do", "")
        focus = ""
        if deed and deed != "redraw":
            drafts.act(form, deed)
            focus = focusing.after(form, deed)
    except (BadPlace, ValueError):
        return HttpResponseBadRequest()
    draft = Draft(form, seen)
    if deed:
        return _show(request, visitor, thing, before, draft, focus=focus)
    return _save(request, visitor, thing, before, draft)


def _save(
    request: HttpRequest, visitor: Visitor, thing: Thing | None, before: Document, draft: Draft
) -> HttpResponse:
    said = entity_forms.closed(draft.said)
    try:
        if "name" not in said:
            raise Flawed([Flaw("name", "required", _("the entity has no name; write one"))])
        said["slug"] = (
            thing.slug
            if thing
            else administration.new_slug(
                account_id=visitor.account_id, kind="entities", name=str(said["name"])
            )
        )
        administration.save_thing(
            account_id=visitor.account_id,
            kind="entities",
            said=said,
            instead=thing,
            seen=draft.seen,
            made_by=visitor.email,
            now=clock.now(),
        )
    except Flawed as flawed:
        in_force = setups.in_force(visitor.account_id).configuration
        flaws = _from_outside(flawed.flaws, in_force)
        return _show(
            request, visitor, thing, before, Draft(draft.said, draft.seen, flaws), status=422
        )
    except ChangedMeanwhile as changed:
        told = {"changed_meanwhile": changed.changes}
        return _show(request, visitor, thing, before, draft, status=409, **told)
    return redirect(f"{reverse('entities')}?done=saved")


def _from_outside(flaws: tuple[Flaw, ...], said: Configuration) -> tuple[Flaw, ...]:
    """Say of what names a field elsewhere what it is: a place in a file tells a person nothing."""
    told = []
    for flaw in flaws:
        part, _bracket, rest = flaw.place.partition("[")
        if part in _PARTS and rest:
            thing = getattr(said, part)[int(rest.partition("]")[0])]
            name = getattr(thing, "name", getattr(thing, "title", thing.slug))
            message = _("the %(kind)s %(name)s: %(message)s") % {
                "kind": _PARTS[part],
                "name": name,
                "message": flaw.message,
            }
            flaw = Flaw("fields", flaw.code, message)  # noqa: PLW2901
        told.append(flaw)
    return tuple(dict.fromkeys(told))


def _show(
    request: HttpRequest,
    visitor: Visitor,
    thing: Thing | None,
    before: Document,
    draft: Draft,
    *,
    status: int = 200,
    **told: object,
) -> HttpResponse:
    setup = setups.in_force(visitor.account_id)
    entity = setup.configuration.entity(thing.slug) if thing else None
    uses = uses_of(setup.configuration, entity) if entity else {}
    known = {each["key"] for each in before.get("fields", ())} if thing else set()
    shown = [
        _field(draft, place, number, known, uses)
        for number, place in enumerate(_places(draft), start=1)
    ]
    keys = entity_forms.closed(draft.said)["fields"]
    context: dict[str, Any] = {
        **told,
        "draft": draft,
        "slug": thing.slug if thing else None,
        "name": before.get("name"),
        "fields": shown,
        "types": _TYPES,
        "regions": sorted(phonenumbers.SUPPORTED_REGIONS),
        "matchable": [
            (each["key"], each.get("label") or each["key"]) for each in keys if each.get("key")
        ],
        "duplicate_flaws": draft.messages("duplicates.match"),
        "matched": draft.value("duplicates.match") or [],
        "gone": [key for key in uses if key not in {each.get("key") for each in keys}],
    }
    page = show(request, visitor, "entities/edit.html", page="entities", context=context)
    page.status_code = status
    return page


def _places(draft: Draft) -> list[str]:
    return [f"fields[{number}]" for number in range(len(draft.value("fields") or ()))]


def _field(
    draft: Draft, place: str, number: int, known: set[str], uses: dict[str, tuple[Use, ...]]
) -> FieldShown:
    key, kind = str(draft.value(f"{place}.key") or ""), draft.value(f"{place}.type")
    label = str(draft.value(f"{place}.label") or key or _("Field %d") % number)
    return FieldShown(
        place=place,
        known=key if key in known else "",
        label=label,
        has_options=kind in entity_forms.WITH_OPTIONS,
        has_region=kind == FieldType.PHONE,
        uses=_uses_in_words(uses.get(key, ())),
        messages=draft.own_messages(place),
    )


def _uses_in_words(uses: tuple[Use, ...]) -> list[str]:
    """Say `2 rules (Homes)`, `1 form (Quote)`."""
    said = []
    for by in (UsedBy.RULE, UsedBy.FORM, UsedBy.DELIVERY):
        names = [use.name for use in uses if use.by is by]
        if names:
            counted = {
                UsedBy.RULE: ngettext("%d rule", "%d rules", len(names)),
                UsedBy.FORM: ngettext("%d form", "%d forms", len(names)),
                UsedBy.DELIVERY: ngettext("%d delivery", "%d deliveries", len(names)),
            }[by] % len(names)
            said.append(f"{counted} ({', '.join(dict.fromkeys(names))})")
    if any(use.by is UsedBy.DUPLICATES for use in uses):
        said.append(_("the check for duplicates"))
    return said


def _row(entity: Entity, said: Configuration) -> EntityRow:
    def count(things: Any) -> int:
        return sum(each.entity == entity.slug for each in things)

    # Every entity has the built-in source, listed or not.
    listed = [each for each in said.sources if each.slug != "api"]
    return EntityRow(entity, count(said.profiles), count(listed) + 1, count(said.forms))
