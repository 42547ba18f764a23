"""Leads come back: a return is granted at once, asked for, listed, decided."""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct

from headgate import clock
from headgate.domain.cleaning.texts import line_cleaner
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import DeliveryId
from headgate.domain.returns import LONGEST_REASON, RequestState
from headgate.services import return_lists, returning
from headgate.storage.returns import RequestFilter
from headgate.web.api import decoding, deliveries, parameters
from headgate.web.api.http import LEAD_LIMIT, Request, Response, json_response
from headgate.web.api.route import Parameter
from headgate.web.doors import Doors

LONGEST_WORDS = 500
FILTERS = (
    Parameter("state", "the request's state", options=tuple(RequestState)),
    Parameter("partner", "the partner's slug"),
    *parameters.PAGING,
)


class Return(Struct, forbid_unknown_fields=True):
    """Why a lead comes back, and what staff says to it."""

    reason: str | None = None
    note: str | None = None


class Wish(Struct, forbid_unknown_fields=True):
    """Why a partner wants to give a lead back, and whether it wants another one instead."""

    reason: str | None = None
    remark: str | None = None
    replacement: bool = False


class Ruling(Struct, forbid_unknown_fields=True):
    """What staff says to the partner about its request."""

    note: str | None = None


_return = msgspec.json.Decoder(Return)
_wish = msgspec.json.Decoder(Wish)
_ruling = msgspec.json.Decoder(Ruling)
_reason = line_cleaner("reason", LONGEST_REASON)


async def return_delivery(request: Request, doors: Doors) -> Response:
    said = decoding.decode(await request.body(LEAD_LIMIT), _return)
    request.query()
    act = partial(
        returning.return_delivery,
        account_id=request.key.account_id,
        delivery_id=deliveries.delivery_id_of(request),
        reason=_read_reason(said.reason),
        note=_words("note", said.note),
        by=_by(request),
        now=clock.now(),
    )
    await doors.write(act)
    return await deliveries.shown(request, doors)


async def request_return(request: Request, doors: Doors) -> Response:
    said = decoding.decode(await request.body(LEAD_LIMIT), _wish)
    request.query()
    ask = partial(
        returning.request_return,
        account_id=request.key.account_id,
        delivery_id=deliveries.delivery_id_of(request),
        reason=_read_reason(said.reason),
        remark=_words("remark", said.remark),
        replacement=said.replacement,
        by=_by(request),
        now=clock.now(),
    )
    asked = await doors.write(ask)
    return await _shown(request, doors, RequestFilter(delivery=DeliveryId(asked.delivery_id)))


async def list_returns(request: Request, doors: Doors) -> Response:
    query = request.query(*parameters.names(FILTERS))
    page = parameters.page_of(query)
    wanted = RequestFilter(
        state=parameters.word_of(query, "state", RequestState),
        partner=parameters.text_of(query, "partner"),
    )
    read = partial(
        return_lists.list_returns,
        account_id=request.key.account_id,
        wanted=wanted,
        before=page.before,
        limit=page.limit,
    )
    return json_response(await doors.read(read))


async def grant_return(request: Request, doors: Doors) -> Response:
    return await _rule(request, doors, returning.grant_return)


async def refuse_return(request: Request, doors: Doors) -> Response:
    return await _rule(request, doors, returning.refuse_return)


async def _rule(request: Request, doors: Doors, act: Callable[..., None]) -> Response:
    body = await request.body(LEAD_LIMIT)
    said = decoding.decode(body, _ruling) if body else Ruling()
    request.query()
    request_id = parameters.id_of(request.parts[0], of="request")
    rule: Any = partial(
        act,
        account_id=request.key.account_id,
        request_id=request_id,
        note=_words("note", said.note),
        by=_by(request),
        now=clock.now(),
    )
    await doors.write(rule)
    return await _shown(request, doors, RequestFilter(id=request_id))


async def _shown(request: Request, doors: Doors, wanted: RequestFilter) -> Response:
    show = partial(return_lists.show_return, account_id=request.key.account_id, wanted=wanted)
    return json_response(await doors.read(show))


def _read_reason(said: str | None) -> str:
    reason = None if said is None else _reason(said)
    if reason is None:
        raise Flawed([Flaw("reason", "required", "'reason' is missing; say why it comes back")])
    return reason


def _words(place: str, said: str | None) -> str | None:
    return None if said is None else line_cleaner(place, LONGEST_WORDS)(said)


def _by(request: Request) -> str:
    return f"API key {request.key.id}"
