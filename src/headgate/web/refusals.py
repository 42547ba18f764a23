"""Pages for what cannot be shown, each with a way on."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def show_bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    said = _("The browser sent something that cannot be read. Go back and try again.")
    return _refuse(request, 400, _("That request makes no sense"), said)


def show_forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    said = _("You may not do this. Ask whoever looks after the account.")
    return _refuse(request, 403, _("Not yours to see"), said)


def show_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    said = _("There is nothing at this address, or it belongs to another account.")
    return _refuse(request, 404, _("Not found"), said)


def show_too_many(request: HttpRequest) -> HttpResponse:
    said = _("That was tried too often in a short time. Wait five minutes, then try again.")
    return _refuse(request, 429, _("Too many tries"), said)


def show_place_taken(request: HttpRequest) -> HttpResponse:
    said = _("Another lead took the last place of a cap in this moment. Nothing was changed.")
    return _refuse_for_now(request, said)


def show_failure(request: HttpRequest) -> HttpResponse:
    if isinstance(sys.exception(), (OperationalError, InterfaceError)):
        # Where it broke off while it was committing, the change may have been made.
        said = _("The database does not answer now. Wait a moment, then see what was kept.")
        return _refuse_for_now(request, said)
    said = _("Headgate failed. Nothing was changed; the log says more.")
    return _refuse(request, 500, _("Something broke"), said)


def show_csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    said = _("The page was open for too long, or cookies are off. Go back, reload and try again.")
    return _refuse(request, 403, _("Please try that again"), said)


def _refuse_for_now(request: HttpRequest, said: str) -> HttpResponse:
    page = _refuse(request, 503, _("Please try that again"), said)
    page["Retry-After"] = "2"
    return page


def _refuse(request: HttpRequest, status: int, title: str, said: str) -> HttpResponse:
    context = {"title": title, "said": said, "in_portal": request.path.startswith("/portal")}
    return render(request, "refusal.html", context, status=status)
