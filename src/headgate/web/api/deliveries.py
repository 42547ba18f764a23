"""Deliveries are read, and handled by a person."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from headgate import clock
from headgate.domain.cleaning.texts import line_cleaner
from headgate.domain.deliveries import Outcome, State
from headgate.domain.dispositions import WORDS, dispositions_of
from headgate.domain.ids import DeliveryId
from headgate.services import acting, handling, tracking
from headgate.services.errands import Errand
from headgate.storage.lists import DeliveryFilter
from headgate.web.api import decoding, parameters
from headgate.web.api.http import LEAD_LIMIT, Request, Response, json_response
from headgate.web.api.lead_reading import zone_of
from headgate.web.api.route import Parameter
from headgate.web.doors import Doors

LONGEST_REASON = 500
FILTERS = (
    Parameter("state", "the delivery's state", options=tuple(State)),
    Parameter("partner", "the partner's slug"),
    Parameter("profile", "the profile's slug"),
    Parameter("source", "the slug of the lead's source"),
    Parameter("disposition", "what was said last; `any`, or `reached`", options=WORDS),
    Parameter("test", "true for those of test leads alone; they are left out otherwise", "boolean"),
    *parameters.SPAN,
    *parameters.PAGING,
)


class Resolution(Struct, forbid_unknown_fields=True):
    """What became of an unknown delivery, as a person found out."""

    outcome: Literal["delivered", "refused"]


class Rejection(Struct, forbid_unknown_fields=True):
    """Why a partner does not take a lead of its portal."""

    reason: str | None = None


_resolution = msgspec.json.Decoder(Resolution)
_rejection = msgspec.json.Decoder(Rejection)
_reason = line_cleaner("reason", LONGEST_REASON)


async def list_deliveries(request: Request, doors: Doors) -> Response:
    query = request.query(*parameters.names(FILTERS))
    page = parameters.page_of(query)
    account_id = request.key.account_id

    def read() -> tracking.DeliveryPage:
        return tracking.list_deliveries(
            account_id=account_id,
            wanted=_filter(query, zone_of(account_id)),
            before=DeliveryId(page.before) if page.before else None,
            limit=page.limit,
        )

    return json_response(await doors.read(read))


async def show_delivery(request: Request, doors: Doors) -> Response:
    request.query()
    return await shown(request, doors)


async def retry_delivery(request: Request, doors: Doors) -> Response:
    return await _handle(request, doors, handling.retry_delivery)


async def cancel_delivery(request: Request, doors: Doors) -> Response:
    return await _handle(request, doors, handling.cancel_delivery)


async def accept_delivery(request: Request, doors: Doors) -> Response:
    return await _handle(request, doors, handling.accept_delivery)


async def reject_delivery(request: Request, doors: Doors) -> Response:
    body = await request.body(LEAD_LIMIT)
    said = decoding.decode(body, _rejection) if body else Rejection()
    reason = None if said.reason is None else _reason(said.reason)
    return await _handle(request, doors, handling.reject_delivery, reason=reason)


async def resolve_delivery(request: Request, doors: Doors) -> Response:
    said = decoding.decode(await request.body(LEAD_LIMIT), _resolution)
    outcome = Outcome(said.outcome)
    return await _handle(request, doors, handling.resolve_delivery, outcome=outcome)


async def _handle(
    request: Request, doors: Doors, act: Callable[..., list[Errand]], **how: Any
) -> Response:
    request.query()
    handle = partial(
        acting.act_on_delivery,
        act,
        account_id=request.key.account_id,
        delivery_id=delivery_id_of(request),
        leases=doors.leases(),
        by=f"API key {request.key.id}",
        now=clock.now(),
        **how,
    )
    doors.send(await doors.write(handle))
    doors.look_now()
    return await shown(request, doors)


async def shown(request: Request, doors: Doors) -> Response:
    show = partial(
        tracking.show_delivery,
        account_id=request.key.account_id,
        delivery_id=delivery_id_of(request),
    )
    return json_response(await doors.read(show))


def delivery_id_of(request: Request) -> DeliveryId:
    return DeliveryId(parameters.id_of(request.parts[0], of="delivery"))


def _filter(query: Mapping[str, str], zone: ZoneInfo) -> DeliveryFilter:
    word = parameters.word_of(query, "disposition", WORDS)
    return DeliveryFilter(
        state=parameters.word_of(query, "state", State),
        partner=parameters.text_of(query, "partner"),
        profile=parameters.text_of(query, "profile"),
        source=parameters.text_of(query, "source"),
        dispositions=None if word is None else dispositions_of(word),
        test=parameters.flag_of(query, "test"),
        since=parameters.moment_of(query, "from", zone),
        until=parameters.moment_of(query, "to", zone),
    )
