"""Imports: the history, and one with how far it has come."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from headgate import clock
from headgate.domain.ids import ImportId
from headgate.services import setups
from headgate.services.imports import import_jobs, import_showing, undoing
from headgate.services.imports.import_showing import ImportShown
from headgate.services.imports.undoing import NotInThatState
from headgate.services.privacy.retention import FAILED_ROWS_KEPT
from headgate.storage.imports import TO_DO, ImportNotFound, ImportState
from headgate.web.pages import queries
from headgate.web.pages.csv_answers import pieces_answer
from headgate.web.pages.frame import Names, show
from headgate.web.visits import ENTITY, Visitor, for_members
from headgate.web.wording import IMPORT_STATES

_DONE: dict[str | None, Promise] = {
    "known": _("The same rows were imported before, so nothing was added."),
    "cancelled": _("Cancelled; what was stored stays."),
    "going-on": _("It goes on after the last row that was taken."),
    "undoing": _("Its leads are being removed."),
}


@require_safe
@for_members
def list_imports(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    chosen = {"state": queries.chosen(request, "state"), ENTITY: visitor.entity}
    state = chosen["state"] if chosen["state"] in set(ImportState) else None
    before = request.GET.get("before", "")
    entities = visitor.seen if visitor.entity is None else (visitor.entity,)
    found = import_showing.list_imports(
        account_id=visitor.account_id,
        entities=entities,
        state=state,
        before=int(before) if before.isdecimal() and len(before) < 18 else None,
        limit=queries.PAGE,
    )
    count = import_showing.count_imports(
        account_id=visitor.account_id, entities=entities, state=state
    )
    names = Names(setups.in_force(visitor.account_id))
    context = {
        "rows": [(each, names.entity(each.entity)) for each in found.items],
        "count": queries.count_in_words(count),
        "chosen": chosen,
        "is_narrowed": state is not None,
        "is_later_page": bool(before),
        "older": found.next and queries.address_of(request.path, {**chosen, "before": found.next}),
        "newest": queries.address_of(request.path, chosen),
        "states": [(name, word) for name, (_, word) in IMPORT_STATES.items()],
    }
    return show(request, visitor, "imports/list.html", page="leads", context=context)


@require_safe
@for_members
def show_import(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    return _show(request, visitor, number, done=_DONE.get(request.GET.get("done")))


@require_safe
@for_members
def show_progress(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    """Answer with the progress alone, which the page asks for until the import has ended."""
    found = _found(visitor, number)
    if not request.headers.get("HX-Request"):
        return redirect("import", number)
    return render(request, "imports/progress.html", _context(visitor, found))


@require_safe
@for_members
def download_failed(request: HttpRequest, visitor: Visitor, number: int) -> StreamingHttpResponse:
    _found(visitor, number)
    parts = import_showing.failed_rows_csv(
        account_id=visitor.account_id, import_id=ImportId(number)
    )
    return pieces_answer(request, f"import-{number}-failed", parts)


@require_POST
@for_members
def cancel_import(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    return _act(request, visitor, number, undoing.cancel_import, "cancelled")


@require_POST
@for_members
def go_on(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    return _act(request, visitor, number, import_jobs.go_on, "going-on")


@require_POST
@for_members
def undo_import(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    return _act(request, visitor, number, undoing.begin_undoing, "undoing")


def _act(
    request: HttpRequest,
    visitor: Visitor,
    number: int,
    act: Callable[..., object],
    done: str,
) -> HttpResponse:
    _found(visitor, number)
    try:
        act(
            account_id=visitor.account_id,
            import_id=ImportId(number),
            by=visitor.email,
            now=clock.now(),
        )
    except NotInThatState as refusal:
        page = _show(request, visitor, number, refused=str(refusal))
        page.status_code = 409
        return page
    return redirect(f"{reverse('import', args=[number])}?done={done}")


def _show(
    request: HttpRequest,
    visitor: Visitor,
    number: int,
    *,
    done: Promise | None = None,
    refused: str | None = None,
) -> HttpResponse:
    found = _found(visitor, number)
    context = {**_context(visitor, found), "done": done, "refused": refused}
    return show(request, visitor, "imports/import.html", page="leads", context=context)


def _context(visitor: Visitor, found: ImportShown) -> dict[str, Any]:
    names = Names(setups.in_force(visitor.account_id))
    is_over = import_showing.has_lost_rows(found, kept=FAILED_ROWS_KEPT, now=clock.now())
    return {
        "found": found,
        "entity": names.entity(found.entity),
        "source": names.source(found.entity, found.source),
        "is_moving": found.state in TO_DO,
        "has_failed_rows": found.failed and found.state != ImportState.UNDONE and not is_over,
        "leads": f"{reverse('leads')}?{urlencode({ENTITY: found.entity, 'import': found.id})}",
        "percent": 100 * found.reached // max(found.rows, 1),
    }


def _found(visitor: Visitor, number: int) -> ImportShown:
    try:
        found = import_showing.show_import(
            account_id=visitor.account_id, import_id=ImportId(number)
        )
    except ImportNotFound as error:
        raise Http404(str(error)) from error
    if not visitor.sees(found.entity):
        raise Http404("that is an import of another entity")
    return found
