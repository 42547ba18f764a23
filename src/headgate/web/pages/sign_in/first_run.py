"""The first owner is made, by the one-time link that the console prints."""

import zoneinfo

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from headgate import clock
from headgate.domain.configuration.value import Account
from headgate.services.people import membership
from headgate.services.people.membership import BadEmail, EmailTaken, SetUpLinkVoid, WeakPassword
from headgate.storage import accounts
from headgate.web import authentication


class Owner(forms.Form):
    email = forms.CharField(max_length=254, label=_("Your email"))
    password = forms.CharField(max_length=1000, label=_("A password"), strip=False)


class OwnerAndAccount(Owner):
    """Asked while there is no account yet."""

    name = forms.CharField(max_length=200, label=_("Name of the account"))
    timezone = forms.CharField(max_length=64, label=_("Time zone"), initial="UTC")
    currency = forms.CharField(max_length=3, label=_("Currency"), initial="USD")
    example = forms.BooleanField(required=False, label=_("Begin with an example"))

    def clean_timezone(self) -> str:
        return check_zone(self.cleaned_data["timezone"])

    def clean_currency(self) -> str:
        return check_currency(self.cleaned_data["currency"])


def check_zone(said: str) -> str:
    """:raises ValidationError:"""
    zone = said.strip()
    if zone not in zoneinfo.available_timezones():
        raise forms.ValidationError(_("No such time zone; one is Europe/Berlin."))
    return zone


def check_currency(said: str) -> str:
    """:raises ValidationError:"""
    currency = said.strip().upper()
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        raise forms.ValidationError(_("A currency has three letters, such as USD or EUR."))
    return currency


@sensitive_post_parameters("password")
def create_owner(request: HttpRequest, token: str) -> HttpResponse:
    if not membership.set_up_is_open(token=token, now=clock.now()):
        return render(request, "first_run/void.html", status=410)
    asked = Owner if accounts.list_all() else OwnerAndAccount
    if request.method != "POST":
        return _ask(request, asked())
    form = asked(request.POST)
    if not form.is_valid() or not _create(token, form):
        return _ask(request, form, status=422)
    user = authenticate(
        request,
        username=membership.normal_email(form.cleaned_data["email"]),
        password=form.cleaned_data["password"],
    )
    if user is None:
        return redirect("sign-in")
    return authentication.enter(request, user, way_on=reverse("home"))


def _create(token: str, form: Owner) -> bool:
    """Make the owner, or note in the form why not."""
    said = form.cleaned_data
    name = said.get("name", "")
    account = Account(
        slug=slugify(name)[:63] or "main",
        name=name,
        timezone=said.get("timezone", "UTC"),
        currency=said.get("currency", "USD"),
    )
    try:
        membership.create_first_owner(
            token=token,
            email=said["email"],
            password=said["password"],
            account=account,
            with_example=said.get("example", False),
            now=clock.now(),
        )
    except (BadEmail, EmailTaken) as error:
        form.add_error("email", str(error))
    except WeakPassword as error:
        form.add_error("password", str(error))
    except SetUpLinkVoid as error:
        form.add_error(None, str(error))
    return form.is_valid()


def _ask(request: HttpRequest, form: Owner, *, status: int = 200) -> HttpResponse:
    zones = sorted(zoneinfo.available_timezones())
    context = {"form": form, "zones": zones}
    return render(request, "first_run/create_owner.html", context, status=status)
