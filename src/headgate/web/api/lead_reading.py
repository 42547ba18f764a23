"""Leads are read: one, a page of them, and why they went where they went."""

import asyncio
from collections.abc import Mapping
from functools import partial
from zoneinfo import ZoneInfo

from headgate import clock
from headgate.domain.ids import AccountId, LeadId
from headgate.domain.leads import LeadState
from headgate.services import distributing, setups, tracking
from headgate.services.privacy import erasing
from headgate.storage.keys import Key, KeyScope
from headgate.storage.lists import NOBODY, LeadFilter
from headgate.web.api import parameters
from headgate.web.api.http import Request, Response, json_response
from headgate.web.api.route import Parameter
from headgate.web.doors import Doors

_MOST_SCRUBS = 20
_SECONDS_BETWEEN_SCRUBS = 0.2
FILTERS = (
    Parameter("entity", "the entity's slug"),
    Parameter("state", "the lead's state", options=tuple(LeadState)),
    Parameter("status", "the lead's status"),
    Parameter("assignee", f"the member who looks after it, or `{NOBODY}`"),
    Parameter("partner", "the slug of a partner that it has a delivery to"),
    Parameter("source", "the source's slug"),
    Parameter("external_id", "your own id of the lead"),
    Parameter("test", "true for test leads alone; they are left out otherwise", "boolean"),
    *parameters.SPAN,
    Parameter("q", "a text in its fields, its external id, or its id"),
    *parameters.PAGING,
)


async def list_leads(request: Request, doors: Doors) -> Response:
    query = request.query(*parameters.names(FILTERS))
    page = parameters.page_of(query)
    account_id = request.key.account_id

    def read() -> tracking.LeadPage:
        return tracking.list_leads(
            account_id=account_id,
            wanted=_filter(query, zone_of(account_id)),
            before=LeadId(page.before) if page.before else None,
            limit=page.limit,
            in_clear=_sees_hidden_values(request.key),
        )

    return json_response(await doors.read(read))


async def show_lead(request: Request, doors: Doors) -> Response:
    request.query()
    return await shown(request, doors)


async def explain_lead(request: Request, doors: Doors) -> Response:
    request.query()
    explain = partial(
        tracking.explain_lead, account_id=request.key.account_id, lead_id=lead_id_of(request)
    )
    return json_response(await doors.read(explain))


async def distribute_lead(request: Request, doors: Doors) -> Response:
    request.query()
    distribute = partial(
        distributing.distribute_lead,
        account_id=request.key.account_id,
        lead_id=lead_id_of(request),
        leases=doors.leases(),
        by=f"API key {request.key.id}",
        now=clock.now(),
    )
    doors.send(await doors.write(distribute))
    doors.look_now()
    return await shown(request, doors)


async def erase_lead(request: Request, doors: Doors) -> Response:
    request.query()
    erase = partial(
        erasing.erase_lead,
        account_id=request.key.account_id,
        lead_id=lead_id_of(request),
        leases=doors.leases(),
        by=f"API key {request.key.id}",
        now=clock.now(),
    )
    await doors.write(erase)
    await leave_no_trace(doors)
    return await shown(request, doors)


async def leave_no_trace(doors: Doors) -> None:
    """Wait until what was erased is gone from the database's files, if it takes no long reader."""
    for _ in range(_MOST_SCRUBS):
        if await doors.write(erasing.leave_no_trace):
            return
        await asyncio.sleep(_SECONDS_BETWEEN_SCRUBS)


def zone_of(account_id: AccountId) -> ZoneInfo:
    return setups.in_force(account_id).zone


async def shown(request: Request, doors: Doors) -> Response:
    """Answer with the lead as its reader may see it: a source sees no partner and no price."""
    key, lead_id = request.key, lead_id_of(request)
    if key.scope is KeyScope.INTAKE:
        show_own = partial(
            tracking.show_own_lead,
            account_id=key.account_id,
            source_id=key.source_id,
            lead_id=lead_id,
        )
        return json_response(await doors.read(show_own))
    show = partial(
        tracking.show_lead,
        account_id=key.account_id,
        lead_id=lead_id,
        in_clear=_sees_hidden_values(key),
    )
    return json_response(await doors.read(show))


def lead_id_of(request: Request) -> LeadId:
    return LeadId(parameters.id_of(request.parts[0], of="lead"))


def _sees_hidden_values(key: Key) -> bool:
    return key.scope is KeyScope.ADMIN


def _filter(query: Mapping[str, str], zone: ZoneInfo) -> LeadFilter:
    return LeadFilter(
        entity=parameters.text_of(query, "entity"),
        state=parameters.word_of(query, "state", LeadState),
        status=parameters.text_of(query, "status"),
        assignee=parameters.text_of(query, "assignee"),
        source=parameters.text_of(query, "source"),
        partner=parameters.text_of(query, "partner"),
        external_id=parameters.text_of(query, "external_id"),
        test=parameters.flag_of(query, "test"),
        since=parameters.moment_of(query, "from", zone),
        until=parameters.moment_of(query, "to", zone),
        text=parameters.text_of(query, "q"),
    )
