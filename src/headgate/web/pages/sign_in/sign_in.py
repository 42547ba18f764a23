"""People sign in, choose their account, and sign out."""

from datetime import timedelta

from django import forms
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from headgate import clock
from headgate.domain.audit import Action
from headgate.services.people import membership
from headgate.web import authentication
from headgate.web.client_address import client_address
from headgate.web.throttle import Throttle
from headgate.web.visits import ACCOUNT, Visitor, for_members

_SPAN = timedelta(minutes=5)
# One address at one email; one address at all; all the world at one email.
guesses = Throttle(5, within=_SPAN)
visits = Throttle(50, within=_SPAN)
sieges = Throttle(200, within=_SPAN)
# So many failures with one email are noted; a siege shall not fill the log.
notes = Throttle(20, within=_SPAN)


class SignIn(forms.Form):
    email = forms.CharField(max_length=254, label=gettext_lazy("Email"))
    password = forms.CharField(max_length=1000, label=gettext_lazy("Password"), strip=False)


@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        if request.user.is_authenticated:
            return HttpResponseRedirect(_way_on(request))
        return _ask(request, SignIn())
    form = SignIn(request.POST)
    if not form.is_valid():
        return _ask(request, form, status=422)
    email = membership.normal_email(form.cleaned_data["email"])
    if not _may_try(request, email):
        form.add_error(None, _("Too many tries. Wait five minutes, then try again."))
        return _ask(request, form, status=429)
    user = authenticate(request, username=email, password=form.cleaned_data["password"])
    if user is None:
        _note_failure(request, email)
        form.add_error(None, _("Email and password do not belong together."))
        return _ask(request, form, status=422)
    guesses.forgive((client_address(request), email))
    return authentication.enter(request, user, way_on=_way_on(request))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign-in")


@require_POST
@for_members
def choose_account(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    wanted = request.POST.get("account")
    if wanted in {each.slug for each in visitor.memberships}:
        request.session[ACCOUNT] = wanted
    return redirect("home")


def _may_try(request: HttpRequest, email: str) -> bool:
    now, address = clock.now(), client_address(request)
    return (
        guesses.allows((address, email), now=now)
        and visits.allows(address, now=now)
        and sieges.allows(email, now=now)
    )


def _note_failure(request: HttpRequest, email: str) -> None:
    if notes.allows(email, now=clock.now()):
        authentication.note(request, email, Action.SIGN_IN_FAILED, step="password")


def _way_on(request: HttpRequest) -> str:
    came_for = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(came_for, allowed_hosts=None):
        return came_for
    return "/"


def _ask(request: HttpRequest, form: SignIn, *, status: int = 200) -> HttpResponse:
    came_for = request.POST.get("next") or request.GET.get("next") or ""
    unknown = request.GET.get("passkey") == "unknown"
    context = {"form": form, "next": came_for, "passkey_unknown": unknown}
    return render(request, "sign_in/sign_in.html", context, status=status)
