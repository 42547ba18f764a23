"""What a return means, and within which limits partners may ask for one."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from headgate.web.pages.settings import sections
from headgate.web.pages.settings.sections import Form
from headgate.web.visits import Visitor, for_owners_and_admins

_FORM = Form("returns", "return_rules/edit.html", "return-rules")
_DECIDE = [
    ("staff", _("We do, request by request")),
    ("automatic", _("Nobody: what is within the limits is granted at once")),
]


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_and_admins
def edit_rules(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return sections.edit(request, visitor, _FORM, {"decide": _DECIDE})
