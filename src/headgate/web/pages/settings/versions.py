"""The account's configuration: its versions, what each says, and files put in force by hand."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from headgate import clock
from headgate.domain.flaws import Flaw, Flawed
from headgate.services import configuration, versions
from headgate.services.drafting import BasedOnAnother
from headgate.storage import accounts, setup
from headgate.storage.setup import VersionNotFound
from headgate.web.pages.frame import show
from headgate.web.visits import Visitor, for_owners_and_admins

PAGE = 50
MOST_BYTES = 1024 * 1024
_DONE = {
    "applied": _("It is in force: every lead from now on is decided by it."),
    "same": _("It says what is in force already, so nothing was changed."),
}


@require_safe
@for_owners_and_admins
def list_versions(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    before = _whole(request.GET.get("before", ""))
    found = setup.list_versions(visitor.account_id, before=before, limit=PAGE + 1)
    path = reverse("configuration")
    context = {
        "versions": found[:PAGE],
        "in_force": accounts.version_in_force(visitor.account_id),
        "done": _DONE.get(request.GET.get("done", "")),
        "is_later_page": before is not None,
        "older": len(found) > PAGE and f"{path}?before={found[PAGE - 1].version}",
        "newest": path,
    }
    return show(request, visitor, "versions/list.html", page="configuration", context=context)


@require_safe
@for_owners_and_admins
def show_version(request: HttpRequest, visitor: Visitor, version: int) -> HttpResponse:
    return _show_version(request, visitor, version)


@require_safe
@for_owners_and_admins
def download_version(
    request: HttpRequest,  # noqa: ARG001
    visitor: Visitor,
    version: int,
) -> HttpResponse:
    text = _yaml(visitor, version)
    name = f"{visitor.membership.slug}-{version}.yaml"
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@for_owners_and_admins
def roll_back(request: HttpRequest, visitor: Visitor, version: int) -> HttpResponse:
    before = accounts.version_in_force(visitor.account_id)
    try:
        applied = versions.roll_back(
            account_id=visitor.account_id, to=version, made_by=visitor.email, now=clock.now()
        )
    except VersionNotFound as error:
        raise Http404(str(error)) from error
    except Flawed:
        return _show_version(request, visitor, version, status=422)
    return _applied(applied.version, before)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_and_admins
def apply_file(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Plan a file, uploaded or pasted; put it in force when the person has seen the plan."""
    if request.method != "POST":
        return _show_file(request, visitor, {})
    source = _source(request)
    force = request.POST.get("force") == "yes"
    context: dict[str, Any] = {"source": source, "force": force}
    how: dict[str, Any] = {
        "account_slug": visitor.membership.slug,
        "trusted": False,
        "force": force,
    }
    if len(source.encode()) > MOST_BYTES:
        flaw = Flaw("", "too_large", str(_("the file is larger than 1 MiB")))
        return _show_file(request, visitor, {"flaws": [flaw]}, status=422)
    try:
        if request.POST.get("_do") != "apply":
            context["planned"] = configuration.plan_configuration(source=source.encode(), **how)
            return _show_file(request, visitor, context)
        before = accounts.version_in_force(visitor.account_id)
        applied = configuration.apply_configuration(
            source=source.encode(), made_by=visitor.email, now=clock.now(), **how
        )
    except Flawed as flawed:
        return _show_file(request, visitor, context | {"flaws": flawed.flaws}, status=422)
    except BasedOnAnother as moved:
        return _show_file(request, visitor, context | {"moved": moved}, status=409)
    return _applied(applied.version, before)


def _applied(version: int, before: int) -> HttpResponse:
    return redirect(f"{reverse('configuration')}?done={'applied' if version > before else 'same'}")


def _source(request: HttpRequest) -> str:
    """Return the file's text; bytes that are no text stay visibly wrong."""
    file = request.FILES.get("file")
    if file is not None:
        text: str = file.read(MOST_BYTES + 1).decode(errors="replace")
        return text
    return request.POST.get("source", "").replace("\r\n", "\n")


def _yaml(visitor: Visitor, version: int) -> str:
    try:
        return versions.version_yaml(account_id=visitor.account_id, version=version)
    except VersionNotFound as error:
        raise Http404(str(error)) from error


def _show_version(
    request: HttpRequest, visitor: Visitor, version: int, *, status: int = 200
) -> HttpResponse:
    text = _yaml(visitor, version)
    [found] = setup.list_versions(visitor.account_id, before=version + 1, limit=1)
    in_force = accounts.version_in_force(visitor.account_id)
    context: dict[str, Any] = {"version": found, "in_force": in_force, "yaml": text}
    if version != in_force:
        try:
            planned = versions.plan_roll_back(account_id=visitor.account_id, to=version)
            context["back"] = planned.changes
        except Flawed as flawed:
            context["flaws"] = flawed.flaws
    page = show(request, visitor, "versions/version.html", page="configuration", context=context)
    page.status_code = status
    return page


def _show_file(
    request: HttpRequest, visitor: Visitor, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    page = show(request, visitor, "versions/apply.html", page="configuration", context=context)
    page.status_code = status
    return page


def _whole(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None
