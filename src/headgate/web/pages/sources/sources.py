"""The sources of each kind of leads, and how they stand."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from msgspec import Struct

from headgate import clock
from headgate.services import setups, sources
from headgate.services.sources import SourceStanding
from headgate.web.pages.frame import Names, show
from headgate.web.pages.partners.partner_words import CapRow, cap_row
from headgate.web.visits import Visitor, for_members


class SourceRow(Struct, frozen=True):
    standing: SourceStanding
    entity: str
    caps: list[CapRow]


@require_safe
@for_members
def list_sources(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    setup = setups.in_force(visitor.account_id)
    names = Names(setup)
    entities = [each.slug for each in visitor.entities if visitor.entity in (None, each.slug)]
    found = sources.find_standings(
        account_id=visitor.account_id, entities=entities, now=clock.now()
    )
    rows = [
        SourceRow(
            each,
            names.entity(each.source.entity),
            [cap_row(cap, setup.currency) for cap in each.caps],
        )
        for each in found
    ]
    context: dict[str, Any] = {"rows": rows, "count": len(rows), "several": len(entities) > 1}
    if request.GET.get("done") == "archived":
        context["done"] = _("The source is archived. Its leads and figures stay.")
    return show(request, visitor, "sources/list.html", page="sources", context=context)
