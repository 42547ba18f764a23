"""The list of leads: narrowed, with the columns that somebody chose, for acts on many."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from headgate.domain.flaws import Flawed
from headgate.domain.ids import LeadId
from headgate.services import setups, sweeping, tracking
from headgate.services.showing import LeadShown
from headgate.storage import lists, walks
from headgate.web.pages import queries
from headgate.web.pages.frame import Names, show
from headgate.web.pages.leads import lead_columns, lead_filter, sweeping_leads
from headgate.web.pages.leads.lead_columns import Column
from headgate.web.pages.leads.lead_filter import Chosen
from headgate.web.pages.leads.sweep_words import ACTS
from headgate.web.visits import Visitor, for_members
from headgate.web.wording import lead_name


class Cell(Struct, frozen=True):
    column: Column
    text: str


class LeadRow(Struct, frozen=True):
    """A lead as the list shows it."""

    lead: LeadShown
    name: str
    reach: str
    cells: list[Cell]


@require_safe
@for_members
def list_leads(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    names = Names(setups.in_force(visitor.account_id))
    chosen = lead_filter.chosen_in(request.GET, visitor)
    try:
        wanted = lead_filter.filter_of(visitor, chosen)
    except Flawed as flawed:
        return _complain(request, visitor, chosen, flawed)
    before = queries.cursor(request)
    found = tracking.list_leads(
        account_id=visitor.account_id,
        wanted=wanted,
        before=LeadId(before) if before else None,
        limit=queries.PAGE,
        in_clear=False,
    )
    entities = [each for each in visitor.entities if visitor.entity in (None, each.slug)]
    offered = lead_columns.offered(entities)
    columns = lead_columns.chosen(request, offered)
    counted = queries.counted(
        len(found.items),
        found.next,
        before,
        lambda: walks.count_leads(visitor.account_id, wanted),
    )
    context = {
        **_around(visitor, chosen),
        "rows": [_row(lead, columns, names) for lead in found.items],
        "columns": columns,
        "offered": [(column, column in columns) for column in offered],
        "count": queries.counted_in_words(counted),
        "looked_back_to": queries.looked_back_to(len(found.items), found.next),
        "is_later_page": before is not None,
        "older": found.next and queries.address_of(request.path, {**chosen, "before": found.next}),
        "newest": queries.address_of(request.path, chosen),
        "here": request.get_full_path(),
    }
    return show(request, visitor, "leads/list.html", page="leads", context=context)


@require_POST
@for_members
def choose_columns(request: HttpRequest, visitor: Visitor) -> HttpResponse:  # noqa: ARG001
    """Keep the chosen columns in the browser, and go back to where they were chosen."""
    back = request.POST.get("back", "")
    own = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    response = redirect(back if own and back.startswith("/leads") else "leads")
    names = [name for name in request.POST.getlist("column") if len(name) <= _LONGEST_NAME]
    lead_columns.keep(response, names[:_MOST_NAMES], secure=request.is_secure())
    return response


def _around(visitor: Visitor, chosen: Chosen) -> dict[str, Any]:
    """Return what stands around the rows: the filters, the acts, what is under way."""
    return {
        "waiting": queries.count_in_words(lists.count_waiting(visitor.account_id, visitor.seen)),
        "running": sweeping_leads.running_for(visitor),
        "acts": [(act, word) for act, word in ACTS.items() if visitor.may_manage or act != _ERASE],
        "chosen": chosen,
        "is_narrowed": lead_filter.is_narrowed(chosen),
        "unfolded": any(chosen[name] for name in lead_filter.SELDOM),
        "entities": visitor.entities,
        **lead_filter.choices(visitor),
    }


def _complain(
    request: HttpRequest, visitor: Visitor, chosen: Chosen, flawed: Flawed
) -> HttpResponse:
    context = _around(visitor, chosen) | {"complaint": lead_filter.complaint(flawed)}
    page = show(request, visitor, "leads/list.html", page="leads", context=context)
    page.status_code = 422
    return page


_ERASE = sweeping.Act.ERASE
_LONGEST_NAME = 100
_LONGEST_CELL = 120
_MOST_NAMES = 40


def _row(lead: LeadShown, columns: list[Column], names: Names) -> LeadRow:
    reach = [str(lead.fields[key]) for key in ("email", "phone") if lead.fields.get(key)]
    name = lead_name(lead.fields)
    return LeadRow(
        lead=lead,
        name=name,
        reach=next((each for each in reach if each != name), ""),
        cells=[
            Cell(column, _short(lead_columns.text_in(column, lead, names))) for column in columns
        ],
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}…"
