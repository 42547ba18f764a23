"""A lead that waits is decided now, or waits no longer."""

from collections.abc import Callable
from functools import partial
from typing import Any

from headgate import clock
from headgate.services import waiting
from headgate.web.api import lead_reading
from headgate.web.api.http import Request, Response
from headgate.web.doors import Doors


async def decide_lead(request: Request, doors: Doors) -> Response:
    return await _handle(request, doors, waiting.decide_waiting_lead)


async def stop_waiting(request: Request, doors: Doors) -> Response:
    return await _handle(request, doors, waiting.stop_waiting)


async def _handle(request: Request, doors: Doors, act: Callable[..., Any]) -> Response:
    request.query()
    handle = partial(
        act,
        account_id=request.key.account_id,
        lead_id=lead_reading.lead_id_of(request),
        leases=doors.leases(),
        by=f"API key {request.key.id}",
        now=clock.now(),
    )
    doors.send(await doors.write(handle))
    doors.look_now()
    return await lead_reading.shown(request, doors)
