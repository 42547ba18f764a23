"""People of partners sign in to the portal, and out."""

from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from headgate import clock
from headgate.services.people import membership, portal_access
from headgate.web.client_address import client_address
from headgate.web.portal import visits
from headgate.web.throttle import Throttle

_SPAN = timedelta(minutes=5)
# One address at one email; one address at all; all the world at one email.
guesses = Throttle(5, within=_SPAN)
arrivals = Throttle(50, within=_SPAN)
sieges = Throttle(200, within=_SPAN)
# So many failures with one email are noted; a siege shall not fill the log.
notes = Throttle(20, within=_SPAN)


class SignIn(forms.Form):
    email = forms.CharField(max_length=254, label=gettext_lazy("Email"))
    password = forms.CharField(max_length=1000, label=gettext_lazy("Password"), strip=False)


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
    if not _may_try(request, email):
        form.add_error(None, _("Too many tries. Wait five minutes, then try again."))
        return _ask(request, form, status=429)
    now, address = clock.now(), client_address(request)
    access = portal_access.sign_in(
        email=email, password=form.cleaned_data["password"], address=address, now=now
    )
    if access is None:
        if notes.allows(email, now=now):
            portal_access.note_failure(email=email, address=address, now=now)
        form.add_error(None, _("Email and password do not belong together."))
        return _ask(request, form, status=422)
    guesses.forgive((address, email))
    return visits.enter(request, access)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    return visits.leave(request)


def _may_try(request: HttpRequest, email: str) -> bool:
    now, address = clock.now(), client_address(request)
    return (
        guesses.allows((address, email), now=now)
        and arrivals.allows(address, now=now)
        and sieges.allows(email, now=now)
    )


def _ask(request: HttpRequest, form: SignIn, *, status: int = 200) -> HttpResponse:
    return render(request, "portal/sign_in.html", {"form": form}, status=status)
