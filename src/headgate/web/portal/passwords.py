"""Whoever has a one-time link chooses a password with it; who forgot theirs is mailed one."""

from datetime import datetime, timedelta
from functools import partial

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from headgate import clock
from headgate.channels.email.request import EmailRequest
from headgate.services.people import membership, portal_access, user_mail
from headgate.services.people.membership import WeakPassword
from headgate.services.people.portal_access import Access, LinkVoid, PasswordTaken
from headgate.web import mailing
from headgate.web.client_address import client_address
from headgate.web.portal import visits
from headgate.web.throttle import Throttle

_SPAN = timedelta(minutes=30)
asking = Throttle(5, within=_SPAN)  # from one address
asked_for = Throttle(3, within=_SPAN)  # for one email


class Password(forms.Form):
    password = forms.CharField(max_length=1000, label=gettext_lazy("A password"), strip=False)


class Forgotten(forms.Form):
    email = forms.CharField(max_length=254, label=gettext_lazy("Email"))


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def choose_password(request: HttpRequest, token: str) -> HttpResponse:
    """Looking at the link does not use it up: mail programs look at every link."""
    now = clock.now()
    form = Password(request.POST if request.method == "POST" else None)
    try:
        access = portal_access.access_of_link(token=token, now=now)
        if request.method == "POST" and form.is_valid():
            password = form.cleaned_data["password"]
            access = portal_access.set_password(token=token, password=password, now=now)
            return visits.enter(request, access)
    except LinkVoid:
        return render(request, "portal/void.html", status=410)
    except (WeakPassword, PasswordTaken) as error:
        form.add_error("password", str(error))
    context = {"access": access, "account": access.setup.configuration.account, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "portal/choose_password.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_link(request: HttpRequest) -> HttpResponse:
    """Answer alike whether somebody has the address or not."""
    form = Forgotten(request.POST if request.method == "POST" else None)
    if not settings.BASE_URL:
        return render(request, "portal/no_links.html", status=409)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "portal/forgotten.html", {"form": form}, status=status)
    now, email = clock.now(), membership.normal_email(form.cleaned_data["email"])
    if asking.allows(client_address(request), now=now) and asked_for.allows(email, now=now):
        mailing.send_soon(partial(_open_reset, email, now))
    return redirect("portal-link-sent")


@require_safe
def say_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/link_sent.html")


def _open_reset(email: str, now: datetime) -> None:
    for access, token in portal_access.open_reset(email=email, now=now):
        mailing.send_soon(partial(_mail, access, token, now))


def _mail(access: Access, token: str, now: datetime) -> EmailRequest | None:
    account = access.setup.configuration.account.name
    link = f"{settings.BASE_URL}{reverse('portal-password', args=[token])}"
    text = _(
        "Somebody, hopefully you, asked for a new password for the leads of {partner} at"
        " {account}.\n\nSet it here, within one day:\n{link}\n\n"
        "If it was not you, do nothing: your password stays as it is.\n"
    ).format(partner=access.partner.name, account=account, link=link)
    return user_mail.made_mail(
        account_id=access.user.account_id,
        email=access.user.email,
        subject=_("Your new password at {account}").format(account=account),
        text=text,
        now=now,
    )
