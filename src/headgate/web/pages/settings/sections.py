"""A part of the set-up without names of its own is edited as a form, saved as a new version."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from headgate import clock
from headgate.domain.configuration.editing import Document
from headgate.domain.flaws import Flawed
from headgate.services import administration
from headgate.services.administration import ChangedMeanwhile, Section
from headgate.web import drafts
from headgate.web.drafts import BadPlace, Draft
from headgate.web.pages.frame import show
from headgate.web.visits import Visitor

SAVED = _("Saved; it is in force from now on.")


class Form(Struct, frozen=True):
    """How a part is edited; `closed` makes the part's document of what the form says."""

    section: Section
    template: str
    page: str  # also the name of its address
    closed: Callable[[Document], Document] = dict


def edit(
    request: HttpRequest, visitor: Visitor, form: Form, context: Mapping[str, Any]
) -> HttpResponse:
    if request.method != "POST":
        return show_form(request, visitor, form, opened(visitor, form), context)
    try:
        said = form.closed(drafts.read_posted(request.POST))
        seen = int(request.POST.get("_seen", ""))
    except (BadPlace, ValueError):
        return HttpResponseBadRequest()
    draft = Draft(said, seen)
    try:
        administration.save_section(
            account_id=visitor.account_id,
            section=form.section,
            said=said,
            seen=seen,
            made_by=visitor.email,
            now=clock.now(),
        )
    except Flawed as flawed:
        return show_form(
            request, visitor, form, Draft(said, seen, flawed.flaws), context, status=422
        )
    except ChangedMeanwhile as changed:
        meanwhile = {**context, "changed_meanwhile": changed.changes}
        return show_form(request, visitor, form, draft, meanwhile, status=409)
    return redirect(f"{request.path}?done=saved")


def opened(visitor: Visitor, form: Form) -> Draft:
    version, document = administration.written(account_id=visitor.account_id)
    return Draft(document.get(form.section) or {}, version)


def show_form(
    request: HttpRequest,
    visitor: Visitor,
    form: Form,
    draft: Draft,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    done = SAVED if request.GET.get("done") == "saved" else ""
    around = {"draft": draft, "done": done, **context}
    page = show(request, visitor, form.template, page=form.page, context=around)
    page.status_code = status
    return page
