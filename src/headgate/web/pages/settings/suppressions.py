"""Suppression lists: who must not be offered to partners, or not to one of them."""

from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from headgate import clock
from headgate.domain.fields import FieldType
from headgate.domain.flaws import Flawed
from headgate.services import setups
from headgate.services.privacy import suppressing, suppression_files
from headgate.services.privacy.suppressing import ListShown
from headgate.services.privacy.suppression_files import UNREADABLE, Filling, NothingListable
from headgate.storage.suppressions import ListExists, ListNotFound
from headgate.web.pages.csv_answers import pieces_answer
from headgate.web.pages.frame import Names, show
from headgate.web.visits import Visitor, for_owners_and_admins

MOST_BYTES = 100 * 1024 * 1024
_PAGE = "suppressions"
_DONE: dict[str | None, Promise] = {
    "made": gettext_lazy("The list is made. Put somebody on it."),
    "deleted": gettext_lazy("The list is deleted."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_and_admins
def list_lists(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the lists, and make one of what was posted."""
    if request.method != "POST":
        return _show_all(request, visitor, done=_DONE.get(request.GET.get("done")))
    name = request.POST.get("name", "").strip()
    if not name:
        return _show_all(request, visitor, status=422, refused=_("give the list a name"))
    try:
        made = suppressing.create_list(
            account_id=visitor.account_id,
            slug=_slug_of(visitor, name),
            name=name,
            partner=request.POST.get("partner") or None,
            made_by=visitor.email,
            now=clock.now(),
        )
    except (Flawed, ListExists) as refusal:
        return _show_all(request, visitor, status=422, refused=_said(refusal))
    return redirect(f"{reverse('suppression-list', args=[made.slug])}?done=made")


@require_POST
@for_owners_and_admins
def find_value(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Say on which lists a value stands; it is posted, for addresses of pages are kept."""
    asked = request.POST.get("value", "").strip()
    try:
        found = suppressing.find_value(
            account_id=visitor.account_id, value=asked, region=_region(visitor)
        )
    except Flawed as refusal:
        return _show_all(request, visitor, status=422, unread=_said(refusal), asked=asked)
    return _show_all(request, visitor, found=found, asked=asked)


@require_safe
@for_owners_and_admins
def show_list(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    return _show_one(request, visitor, slug, done=_DONE.get(request.GET.get("done")))


@require_POST
@for_owners_and_admins
def change_values(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    """Put what was typed on the list, or take it off, one value a line."""
    values = [line.strip() for line in request.POST.get("values", "").splitlines()]
    removes = request.POST.get("do") == "remove"
    change = suppressing.remove_values if removes else suppressing.add_values
    try:
        done = change(
            account_id=visitor.account_id,
            slug=slug,
            values=[value for value in values if value],
            region=_region(visitor),
            made_by=visitor.email,
            now=clock.now(),
        )
    except ListNotFound as error:
        raise Http404(str(error)) from error
    except Flawed as refusal:
        typed = request.POST.get("values", "")
        return _show_one(
            request, visitor, slug, status=422, flaws=_lines_of(refusal, values), typed=typed
        )
    return _show_one(request, visitor, slug, done=_done_words(done))


@require_POST
@for_owners_and_admins
def import_file(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    upload = request.FILES.get("file")
    if upload is None:
        return _show_one(request, visitor, slug, status=422, refused=_("choose a file"))
    if (upload.size or 0) > MOST_BYTES:
        said = _("the file has more than 100 MB; the command headgate suppress import takes it")
        return _show_one(request, visitor, slug, status=413, refused=said)
    region, column = _region(visitor), request.POST.get("column", "").strip() or None
    try:
        file = suppression_files.look_through(upload.chunks, column=column, region=region)
        filling = suppression_files.begin_filling(
            account_id=visitor.account_id,
            slug=slug,
            file=file,
            replaces=request.POST.get("mode") == "replace",
            region=region,
        )
        for part in suppression_files.parts(filling):
            suppression_files.take_part(filling, part, now=clock.now())
        finish = partial(suppression_files.finish_some, filling, made_by=visitor.email)
        while finish(now=clock.now()):
            pass
    except ListNotFound as error:
        raise Http404(str(error)) from error
    except NothingListable as nothing:
        return _show_one(request, visitor, slug, status=422, refused=str(nothing), filling=filling)
    except UNREADABLE as bad:
        return _show_one(request, visitor, slug, status=422, refused=str(bad))
    return _show_one(request, visitor, slug, done=_filled_words(filling), filling=filling)


@require_safe
@for_owners_and_admins
def export_list(request: HttpRequest, visitor: Visitor, slug: str) -> StreamingHttpResponse:
    try:
        pieces = suppressing.export_csv(account_id=visitor.account_id, slug=slug)
    except ListNotFound as error:
        raise Http404(str(error)) from error
    return pieces_answer(request, f"suppressed-{slug}", pieces)


@require_POST
@for_owners_and_admins
def delete_list(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:  # noqa: ARG001
    delete = partial(
        suppressing.delete_some, account_id=visitor.account_id, slug=slug, made_by=visitor.email
    )
    try:
        while delete(now=clock.now()):
            pass
    except ListNotFound as error:
        raise Http404(str(error)) from error
    return redirect(f"{reverse('suppressions')}?done=deleted")


def _show_all(
    request: HttpRequest, visitor: Visitor, *, status: int = 200, **said: Any
) -> HttpResponse:
    setup = setups.in_force(visitor.account_id)
    names = Names(setup)
    context = {
        **said,
        "rows": _named(suppressing.show_lists(account_id=visitor.account_id), names),
        "found_on": _named(said["found"], names) if "found" in said else None,
        "partners": [(each.slug, each.name) for each in setup.configuration.partners],
    }
    page = show(request, visitor, "suppressions/list.html", page=_PAGE, context=context)
    page.status_code = status
    return page


def _show_one(
    request: HttpRequest, visitor: Visitor, slug: str, *, status: int = 200, **said: Any
) -> HttpResponse:
    try:
        found = suppressing.show_list(account_id=visitor.account_id, slug=slug)
    except ListNotFound as error:
        raise Http404(str(error)) from error
    names = Names(setups.in_force(visitor.account_id))
    context = {
        **said,
        "found": found,
        "partner": found.partner and names.partner(found.partner),
        "region": _region(visitor),
    }
    page = show(request, visitor, "suppressions/one.html", page=_PAGE, context=context)
    page.status_code = status
    return page


def _named(lists: list[ListShown], names: Names) -> list[tuple[ListShown, str | None]]:
    return [(each, each.partner and names.partner(each.partner)) for each in lists]


def _slug_of(visitor: Visitor, name: str) -> str:
    """Make a slug of the name that no other list has."""
    taken = {each.slug for each in suppressing.show_lists(account_id=visitor.account_id)}
    wanted = slugify(name)[:50].strip("-_") or "list"
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (wanted, *numbered) if slug not in taken)


def _region(visitor: Visitor) -> str | None:
    """Return the country whose national numbers the account's leads have, if it is one."""
    regions = {
        field.region
        for entity in setups.in_force(visitor.account_id).configuration.entities
        for field in entity.fields
        if field.type is FieldType.PHONE
    }
    return regions.pop() if len(regions) == 1 else None


def _said(refusal: Exception) -> str:
    if isinstance(refusal, Flawed):
        return "; ".join(flaw.message for flaw in refusal.flaws)
    return str(refusal)


def _lines_of(refusal: Flawed, lines: list[str]) -> list[tuple[int, str]]:
    """Return what is wrong by the line it was typed in, counted from 1; blank ones count."""
    filled = [number for number, line in enumerate(lines, 1) if line]
    found = []
    for flaw in refusal.flaws:
        position = flaw.place.removeprefix("values[").removesuffix("]")
        found.append((filled[int(position)] if position.isdecimal() else 0, flaw.message))
    return found


def _done_words(done: suppressing.Added | suppressing.Removed) -> str:
    if isinstance(done, suppressing.Added):
        said = _("%(added)s added, %(already)s stood there already.")
        return said % {"added": done.added, "already": done.already}
    said = _("%(removed)s removed, %(absent)s did not stand there.")
    return said % {"removed": done.removed, "absent": done.absent}


def _filled_words(filling: Filling) -> str:
    counts = {
        "added": f"{filling.added:,}",
        "already": f"{filling.already:,}",
        "removed": f"{filling.removed:,}",
    }
    if filling.replaces:
        said = _("%(added)s added, %(already)s stood there already, %(removed)s removed.")
    else:
        said = _("%(added)s added, %(already)s stood there already.")
    return said % counts
