"""Event webhooks: what each was told and how it ended, and what is sent once more."""

from collections.abc import Callable
from functools import partial
from typing import Any

from msgspec import Struct

from headgate import clock
from headgate.domain.events import EventState
from headgate.domain.ids import EventId
from headgate.services import catalogue
from headgate.services.events import standing
from headgate.web.api import parameters
from headgate.web.api.http import Request, Response, json_response
from headgate.web.api.route import Parameter
from headgate.web.doors import Doors

FILTERS = (
    Parameter("state", "only events in this state", options=tuple(EventState)),
    *parameters.PAGING,
)


class SentAgain(Struct, frozen=True):
    """How many events that is."""

    events: int


async def list_events(request: Request, doors: Doors) -> Response:
    query = request.query(*parameters.names(FILTERS))
    page = parameters.page_of(query)
    state = parameters.word_of(query, "state", EventState)
    listing = partial(
        standing.list_events,
        account_id=request.key.account_id,
        slug=request.parts[0],
        states=[EventState(state)] if state else [],
        before=page.before,
        limit=page.limit,
    )
    return json_response(await doors.read(listing))


async def send_test(request: Request, doors: Doors) -> Response:
    return json_response(await _done(request, doors, standing.send_test))


async def send_again(request: Request, doors: Doors) -> Response:
    event_id = EventId(parameters.id_of(request.parts[1], of="event"))
    return json_response(await _done(request, doors, standing.send_again, event_id=event_id))


async def send_failed_again(request: Request, doors: Doors) -> Response:
    return json_response(SentAgain(await _done(request, doors, standing.send_failed_again)))


async def enable_webhook(request: Request, doors: Doors) -> Response:
    await _done(request, doors, standing.enable_webhook, by=f"API key {request.key.id}")
    show = partial(
        catalogue.show_thing,
        account_id=request.key.account_id,
        kind="webhooks",
        slug=request.parts[0],
    )
    return json_response(await doors.read(show))


async def _done(request: Request, doors: Doors, act: Callable[..., Any], **more: object) -> Any:
    request.query()
    return await doors.write(
        partial(
            act,
            account_id=request.key.account_id,
            slug=request.parts[0],
            now=clock.now(),
            **more,
        )
    )
