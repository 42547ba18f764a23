"""The pages of a hosted form, and who may frame them."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from msgspec import Struct

from headgate.domain.forms import Form
from headgate.domain.ids import LeadId
from headgate.services import form_tokens
from headgate.services.form_filling import FormShown
from headgate.services.form_tokens import Token
from headgate.web.api.http import Response
from headgate.web.forms import posted
from headgate.web.forms.inputs import Typed, consent_errors, inputs_of
from headgate.web.forms.posted import bait_of

_HTML = b"text/html; charset=utf-8"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action {action}; frame-ancestors {frames}"
)
Headers = tuple[tuple[bytes, bytes], ...]


class Surroundings(Struct, frozen=True):
    """Where a form stands: by itself or in another page's frame, and whence people came."""

    is_embedded: bool = False
    is_preview: bool = False  # in the builder, where nothing can be sent
    page: str = ""
    referrer: str = ""


def form_page(
    shown: FormShown,
    typed: Typed,
    token: Token,
    around: Surroundings,
    *,
    said: Promise | str = "",
    status: int = 200,
    retry_after: int | None = None,
) -> Response:
    """Show the form with what is typed in it already; `said` stands above it."""
    html = render_form(shown, typed, token, around, said=said)
    headers = _guards(shown.form)
    if retry_after is not None:
        headers += ((b"retry-after", str(retry_after).encode()),)
    return Response(status, html.encode(), content_type=_HTML, headers=headers)


def render_form(
    shown: FormShown,
    typed: Typed,
    token: Token,
    around: Surroundings,
    *,
    said: Promise | str = "",
) -> str:
    form, protection = shown.form, shown.form.protection
    inputs = inputs_of(shown, typed)
    wrong = [each for each in inputs if each.errors or any(part.errors for part in each.parts)]
    proves = protection.proof_of_work and not around.is_preview
    context = {
        "form": form,
        "account": shown.setup.configuration.account.name,
        "inputs": inputs,
        "wrong": wrong,
        "consent_errors": consent_errors(typed),
        "general_errors": typed.errors(""),
        "consents": typed.consents,
        "said": said,
        "is_embedded": around.is_embedded,
        "is_preview": around.is_preview,
        "is_test": token.test,
        "token": form_tokens.write_token(shown.setup, form.slug, token),
        "challenge": json.dumps(form_tokens.challenge(shown.setup, token)) if proves else "",
        "page": around.page,
        "referrer": around.referrer,
        "bait": bait_of(shown) if protection.honeypot else "",
        "names": {
            "token": posted.TOKEN,
            "proof": posted.PROOF,
            "consent": posted.CONSENTS,
            "page": posted.PAGE,
            "referrer": posted.REFERRER,
        },
    }
    return render_to_string("forms/form.html", context)


def thanks_page(
    shown: FormShown,
    around: Surroundings,
    redirect_url: str | None,
    *,
    test_lead: LeadId | None = None,
) -> Response:
    """Thank, or go on to where the form leads; a frame leaves that to the page around it.

    Whoever sent a test is shown the way to the lead that became of it.
    """
    if redirect_url is not None and test_lead is None and not around.is_embedded:
        headers = (*_guards(shown.form), (b"location", redirect_url.encode("ascii", "ignore")))
        return Response(303, b"", content_type=_HTML, headers=headers)
    context = {
        "form": shown.form,
        "account": shown.setup.configuration.account.name,
        "redirect_url": redirect_url,
        "is_embedded": around.is_embedded,
        "test_lead": test_lead,
    }
    return _page("forms/thanks.html", context, 200, _guards(shown.form))


def notice_page(
    title: Promise | str, said: Promise | str, status: int, *, form: Form | None = None
) -> Response:
    """Say what cannot be done, with the way back to the form where there is one."""
    context = {"title": title, "said": said, "form": form}
    return _page("forms/notice.html", context, status, _guards(form))


def not_found_page() -> Response:
    said = _("The address may be incomplete, or the form was taken down.")
    return notice_page(_("There is no form here"), said, 404)


def _page(template: str, context: Mapping[str, Any], status: int, headers: Headers) -> Response:
    html = render_to_string(template, dict(context))
    return Response(status, html.encode(), content_type=_HTML, headers=headers)


def _guards(form: Form | None) -> Headers:
    """Return the headers that say what the page may load, and which origins may frame it."""
    origins = form.origins if form else ()
    # Browsers hold a redirect that follows a post to `form-action`, and every hop after it.
    action = "'self' https: http:" if form and form.redirect else "'self'"
    policy = _POLICY.format(action=action, frames=" ".join(origins) or "'none'")
    guards: Headers = (
        (b"content-security-policy", policy.encode("ascii", "ignore")),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"strict-origin-when-cross-origin"),
    )
    return guards if origins else (*guards, (b"x-frame-options", b"DENY"))


def is_web_address(url: str) -> bool:
    """Tell whether a partner's answer is somewhere that a browser may be sent to."""
    if not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname)
