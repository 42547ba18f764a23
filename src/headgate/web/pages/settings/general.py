"""What the account is called, its clock and its currency, and how another account is made."""

from zoneinfo import available_timezones

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from headgate import clock
from headgate.domain.configuration.editing import Document
from headgate.domain.configuration.value import Account
from headgate.services import administration
from headgate.services.people import members
from headgate.services.people.members import AccountTaken
from headgate.storage import ledger
from headgate.web.pages.frame import show
from headgate.web.pages.settings import sections
from headgate.web.pages.settings.sections import Form
from headgate.web.pages.sign_in.first_run import check_currency, check_zone
from headgate.web.visits import ACCOUNT, Visitor, for_owners, for_owners_and_admins


class NewAccount(forms.Form):
    name = forms.CharField(max_length=200, label=_("Name of the account"))
    timezone = forms.CharField(max_length=64, label=_("Time zone"), initial="UTC")
    currency = forms.CharField(max_length=3, label=_("Currency"), initial="USD")

    def clean_timezone(self) -> str:
        return check_zone(self.cleaned_data["timezone"])

    def clean_currency(self) -> str:
        return check_currency(self.cleaned_data["currency"])


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_and_admins
def edit_account(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    slug = visitor.membership.slug
    _version, document = administration.written(account_id=visitor.account_id)
    # What another page edits stays as it is.
    kept = {name: said for name, said in document["account"].items() if name == "billing"}

    def closed(said: Document) -> Document:
        return {**kept, **said, "slug": slug}

    form = Form("account", "general/edit.html", "general", closed)
    context = {
        "slug": slug,
        "zones": sorted(available_timezones()),
        "has_ledger": ledger.has_entries(visitor.account_id),
    }
    return sections.edit(request, visitor, form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def add_account(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    form = NewAccount(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        slug = slugify(said["name"])[:63] or "account"
        account = Account(slug, said["name"], said["timezone"], said["currency"])
        try:
            members.open_account(
                account=account, user_id=visitor.user_id, email=visitor.email, now=clock.now()
            )
        except AccountTaken as error:
            form.add_error("name", str(error))
        else:
            request.session[ACCOUNT] = slug
            return redirect("home")
    context = {"form": form, "zones": sorted(available_timezones())}
    page = show(request, visitor, "general/new.html", page="general", context=context)
    page.status_code = 422 if form.errors else 200
    return page
