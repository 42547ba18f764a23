"""Whoever has an invitation becomes a member, by its one-time link."""

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from headgate import clock
from headgate.services.people import members
from headgate.services.people.members import AnotherUser, LinkVoid
from headgate.services.people.membership import WeakPassword
from headgate.storage import accounts, people
from headgate.storage.invitations import Invitation
from headgate.web import authentication
from headgate.web.visits import ACCOUNT


class Password(forms.Form):
    password = forms.CharField(max_length=1000, label=_("A password"), strip=False)


@sensitive_post_parameters("password")
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Ask a new user for a password, a known one to sign in first, then for a yes."""
    try:
        found = members.invitation_of(token=token, now=clock.now())
    except LinkVoid:
        return render(request, "joining/void.html", status=410)
    is_new = people.find_user(found.email) is None
    if not is_new and request.user.get_username() != found.email:
        return _ask(request, found, "joining/sign_in_first.html")
    form = Password(request.POST or None)
    if request.method != "POST" or (is_new and not form.is_valid()):
        status = 422 if request.method == "POST" else 200
        return _ask(request, found, "joining/join.html", form if is_new else None, status=status)
    return _join(request, token, found, form if is_new else None)


def _join(
    request: HttpRequest, token: str, found: Invitation, form: Password | None
) -> HttpResponse:
    password = form.cleaned_data["password"] if form else None
    user_email = request.user.get_username() or None
    try:
        members.join(token=token, user_email=user_email, password=password, now=clock.now())
    except WeakPassword as error:
        if form:
            form.add_error("password", str(error))
        return _ask(request, found, "joining/join.html", form, status=422)
    except (LinkVoid, AnotherUser):
        return render(request, "joining/void.html", status=410)
    request.session[ACCOUNT] = accounts.get(found.account_id).slug
    user = authenticate(request, username=found.email, password=password) if password else None
    if user is None:
        return redirect("home")
    return authentication.enter(request, user, way_on=reverse("home"))


def _ask(
    request: HttpRequest,
    found: Invitation,
    template: str,
    form: Password | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    account = accounts.get(found.account_id)
    context = {"invitation": found, "account": account, "form": form, "path": request.path}
    return render(request, template, context, status=status)
