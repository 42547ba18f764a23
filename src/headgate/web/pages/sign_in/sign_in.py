"""People sign in, choose their account, and sign out."""

from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from headgate.domain.audit import Action
from headgate.services.people import membership
from headgate.web import authentication
from headgate.web.sign_in_gate import Gate, SignIn
from headgate.web.visits import ACCOUNT, Visitor, for_members

gate = Gate()


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
    if not gate.may_try(request, email):
        form.add_error(None, _("Too many tries. Wait five minutes, then try again."))
        return _ask(request, form, status=429)
    user = authenticate(request, username=email, password=form.cleaned_data["password"])
    if user is None:
        if gate.notes_failure(email):
            authentication.note(request, email, Action.SIGN_IN_FAILED, step="password")
        form.add_error(None, _("Email and password do not belong together."))
        return _ask(request, form, status=422)
    gate.forgive(request, email)
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
