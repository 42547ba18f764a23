"""The account's mail servers: where mail goes out, where bounces come back, and a test of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from headgate import clock
from headgate.channels.contract import Unrenderable
from headgate.domain.configuration.editing import Document
from headgate.services import mail_pauses, mail_test, setups
from headgate.services.mail_test import NoMailServer
from headgate.services.sealing import Unopenable
from headgate.services.setups import MissingSecret
from headgate.web import outside
from headgate.web.pages.settings import sections
from headgate.web.pages.settings.sections import Form
from headgate.web.visits import Visitor, for_owners_and_admins

_SECURITIES = [
    ("tls", _("TLS")),
    ("starttls", _("STARTTLS")),
    ("none", _("None, within a private network only")),
]


def _closed(said: Document) -> Document:
    """Leave out a server without a host: its other controls say something in any case."""
    return {
        name: server
        for name, server in said.items()
        if isinstance(server, dict) and server.get("host")
    }


_FORM = Form("email", "email_settings/edit.html", "email-settings", _closed)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_and_admins
def edit_servers(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return sections.edit(request, visitor, _FORM, _context(visitor))


@require_POST
@for_owners_and_admins
def send_test_mail(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    to = request.POST.get("to", "").strip()
    context = _context(visitor) | {"to": to}
    try:
        test = mail_test.send_test_mail(
            account_id=visitor.account_id, to=to, reach=outside.reach(), now=clock.now()
        )
    except (NoMailServer, MissingSecret, Unopenable, Unrenderable) as refusal:
        context["refused"] = str(refusal)
    else:
        context["test"] = test
        if test.passed:
            context["resumed"] = mail_test.resume_after(
                account_id=visitor.account_id, by=visitor.email, now=clock.now()
            )
            context["pause"] = None
    draft = sections.opened(visitor, _FORM)
    return sections.show_form(request, visitor, _FORM, draft, context)


def _context(visitor: Visitor) -> dict[str, Any]:
    servers = setups.in_force(visitor.account_id).configuration.email
    return {
        "securities": _SECURITIES,
        "is_set": servers.smtp is not None,
        "pause": mail_pauses.find_pause(account_id=visitor.account_id),
        "to": visitor.email,
    }
