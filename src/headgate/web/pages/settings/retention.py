"""For how many days things are kept."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.http import require_http_methods

from headgate import clock
from headgate.domain.configuration.editing import Document
from headgate.services.privacy import expiring
from headgate.web import drafts
from headgate.web.drafts import BadPlace, Draft
from headgate.web.pages.settings import sections
from headgate.web.pages.settings.sections import Form
from headgate.web.visits import Visitor, for_owners_and_admins

_FORM = Form("retention", "retention/edit.html", "retention")
_MOST_DAYS = 36_500


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_and_admins
def edit_retention(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Save the days; where leads are that old already, only once the person has seen how many."""
    if request.method != "POST" or "_agreed" in request.POST:
        return sections.edit(request, visitor, _FORM, {})
    try:
        said = drafts.read_posted(request.POST)
        seen = int(request.POST.get("_seen", ""))
    except (BadPlace, ValueError):
        return HttpResponseBadRequest()
    going = _going(visitor, said)
    if not going:
        return sections.edit(request, visitor, _FORM, {})
    return sections.show_form(request, visitor, _FORM, Draft(said, seen), {"going": going})


def _going(visitor: Visitor, said: Document) -> int:
    """Count the leads that would be erased at once."""
    days = said.get("leads_days")
    if not isinstance(days, int) or not 0 < days <= _MOST_DAYS:
        return 0
    return expiring.count_over(account_id=visitor.account_id, days=days, now=clock.now())
