"""People of partners sign in to the portal, and out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from headgate import clock
from headgate.services.people import membership, portal_access
from headgate.web.client_address import client_address
from headgate.web.portal import visits
from headgate.web.sign_in_gate import Gate, SignIn

gate = Gate()


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        if visits.access_in(request) is not None:
            return redirect("portal")
        return _ask(request, SignIn())
    form = SignIn(request.POST)
    if not form.is_valid():
        return _ask(request, form, status=422)
    email = membership.normal_email(form.cleaned_data["email"])
    if not gate.may_try(request, email):
        form.add_error(None, _("Too many tries. Wait five minutes, then try again."))
        return _ask(request, form, status=429)
    now, address = clock.now(), client_address(request)
    access = portal_access.sign_in(
        email=email, password=form.cleaned_data["password"], address=address, now=now
    )
    if access is None:
        if gate.notes_failure(email):
            portal_access.note_failure(email=email, address=address, now=now)
        form.add_error(None, _("Email and password do not belong together."))
        return _ask(request, form, status=422)
    gate.forgive(request, email)
    return visits.enter(request, access)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    return visits.leave(request)


def _ask(request: HttpRequest, form: SignIn, *, status: int = 200) -> HttpResponse:
    return render(request, "portal/sign_in.html", {"form": form}, status=status)
