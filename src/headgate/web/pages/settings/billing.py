"""What invoices say of the account: who sells, its tax, its numbers, and how it is paid."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from headgate.domain.configuration.editing import Document
from headgate.services import administration
from headgate.web.invoice_paper import PdfUnavailable, is_available
from headgate.web.pages.settings import sections
from headgate.web.pages.settings.sections import Form
from headgate.web.visits import Visitor, for_owners_and_admins

_EVERY = [
    ("never", _("Never")),
    ("week", _("On Mondays, for the week before")),
    ("month", _("On the 1st, for the month before")),
]


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_and_admins
def edit_billing(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    _version, document = administration.written(account_id=visitor.account_id)

    def closed(said: Document) -> Document:
        """Put it into the account; a form without a name takes it away."""
        billing = said.get("billing", {})
        kept = {key: value for key, value in document["account"].items() if key != "billing"}
        is_blank = set(billing) <= {"every"}
        return kept if is_blank else {**kept, "billing": billing}

    form = Form("account", "billing/edit.html", "billing", closed)
    lacks = "" if is_available() else str(PdfUnavailable())
    return sections.edit(request, visitor, form, {"every": _EVERY, "lacks": lacks})
