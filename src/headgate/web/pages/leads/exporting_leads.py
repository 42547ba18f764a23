"""The leads that a list names, as CSV for spreadsheets: written while it is read."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from headgate import clock
from headgate.domain.audit import Action
from headgate.domain.flaws import Flawed
from headgate.domain.ids import AccountId, LeadId
from headgate.services import audit, setups, tracking
from headgate.services.showing import LeadShown
from headgate.storage.lists import LeadFilter
from headgate.web.pages import csv_answers
from headgate.web.pages.frame import Names
from headgate.web.pages.leads import lead_columns, lead_filter
from headgate.web.pages.leads.lead_columns import Column
from headgate.web.refusals import show_bad_request
from headgate.web.visits import Visitor, for_members
from headgate.web.wording import lead_name


@require_safe
@for_members
def export_leads(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    """Answer with every lead that the filters name; encrypted fields are in no column."""
    chosen = lead_filter.chosen_in(request.GET, visitor)
    try:
        wanted = lead_filter.filter_of(visitor, chosen)
    except Flawed as flawed:
        return show_bad_request(request, flawed)
    offered = lead_columns.offered(
        [each for each in visitor.entities if visitor.entity in (None, each.slug)]
    )
    columns = _columns(request, offered)
    narrowed = [name for name, value in chosen.items() if value]
    audit.note(
        account_id=visitor.account_id,
        actor=visitor.email,
        action=Action.LEADS_EXPORTED,
        after={"columns": [each.name for each in columns], "narrowed_by": narrowed},
        now=clock.now(),
    )
    header = ["id", "name", *(str(each.label) for each in columns)]
    part = partial(_part, visitor.account_id, wanted, columns, ZoneInfo(visitor.timezone))
    return csv_answers.csv_answer("leads", header, part)


def _columns(request: HttpRequest, offered: list[Column]) -> list[Column]:
    """Return the columns that are named, or those of the list, or all."""
    if request.GET.get("columns") == "shown":
        return lead_columns.chosen(request, offered)
    names = request.GET.getlist("column")
    return [each for each in offered if each.name in names] or offered


def _part(
    account_id: AccountId,
    wanted: LeadFilter,
    columns: Sequence[Column],
    zone: ZoneInfo,
    before: LeadId | None,
) -> tuple[list[list[str]], LeadId | None]:
    """Return some rows, and the lead below which the next ones begin."""
    names = Names(setups.in_force(account_id))
    page = tracking.list_leads(
        account_id=account_id,
        wanted=wanted,
        before=before,
        limit=csv_answers.AT_ONCE,
        in_clear=False,
    )
    # The page is answered by now, and its zone is not in force any more.
    with timezone.override(zone):
        rows = [
            [lead.id, lead_name(lead.fields), *(_cell(each, lead, names) for each in columns)]
            for lead in page.items
        ]
    return rows, LeadId(UUID(page.next)) if page.next else None


def _cell(column: Column, lead: LeadShown, names: Names) -> str:
    text = lead_columns.text_in(column, lead, names)
    if column.name != "received":
        return text
    return f"{timezone.localtime(datetime.fromisoformat(text)):%Y-%m-%d %H:%M:%S}"
