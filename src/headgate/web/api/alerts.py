"""Alerts are read."""

from functools import partial

from headgate.domain.alerts import AlertState
from headgate.services import alerts
from headgate.web.api import parameters
from headgate.web.api.http import Request, Response, json_response
from headgate.web.api.route import Parameter
from headgate.web.doors import Doors

FILTERS = (
    Parameter("state", "only those that are open, or over", options=tuple(AlertState)),
    *parameters.PAGING,
)


async def list_alerts(request: Request, doors: Doors) -> Response:
    query = request.query(*parameters.names(FILTERS))
    page = parameters.page_of(query)
    state = parameters.word_of(query, "state", AlertState)
    listing = partial(
        alerts.list_alerts,
        account_id=request.key.account_id,
        is_open=None if state is None else state == AlertState.OPEN,
        before=page.before,
        limit=page.limit,
    )
    return json_response(await doors.read(listing))
