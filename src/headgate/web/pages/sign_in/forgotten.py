"""Whoever forgot the password sets a new one, by a link that is mailed to them."""

from typing import Any

from allauth.account.views import PasswordResetFromKeyView, PasswordResetView
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

_ASK = {
    "title": _("A new password"),
    "said": _("Give the address that you sign in with; a link comes there by mail."),
    "button": _("Send the link"),
    "back": "sign-in",
}
_ask = PasswordResetView.as_view(template_name="sign_in/step.html", extra_context=_ASK)


def ask_for_link(request: HttpRequest) -> HttpResponse:
    """Refuse, to everybody alike, where no link could be right."""
    if not settings.BASE_URL:
        return render(request, "sign_in/no_links.html", status=409)
    response: HttpResponse = _ask(request)
    return response


def say_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "sign_in/link_sent.html")


def say_set(request: HttpRequest) -> HttpResponse:
    return render(request, "sign_in/password_set.html")


class NewPassword(PasswordResetFromKeyView):  # type: ignore[misc]
    template_name = "sign_in/new_password.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        said = {"title": _("Your new password"), "button": _("Set it")}
        return {**said, **super().get_context_data(**kwargs)}
