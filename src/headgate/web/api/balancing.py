"""Balances are read, topped up and adjusted."""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct

from headgate import clock
from headgate.domain.cleaning.texts import line_cleaner
from headgate.domain.flaws import Flaw, Flawed
from headgate.services import balances
from headgate.web.api import decoding
from headgate.web.api.http import LEAD_LIMIT, Request, Response, json_response
from headgate.web.doors import Doors

LONGEST_REASON = 500
LONGEST_REFERENCE = 200


class TopUp(Struct, forbid_unknown_fields=True):
    """What was paid; a `reference`, such as the number of a payment, is taken once."""

    amount: str
    reference: str | None = None
    reason: str | None = None


class Adjustment(Struct, forbid_unknown_fields=True):
    """Above zero is in the partner's favour, below against it."""

    amount: str
    reason: str


_top_up = msgspec.json.Decoder(TopUp)
_adjustment = msgspec.json.Decoder(Adjustment)


async def show_balance(request: Request, doors: Doors) -> Response:
    request.query()
    return await _shown(request, doors)


async def top_up(request: Request, doors: Doors) -> Response:
    said = decoding.decode(await request.body(LEAD_LIMIT), _top_up)
    written = {
        "amount": said.amount,
        "reference": _line("reference", said.reference, LONGEST_REFERENCE),
        "reason": _line("reason", said.reason, LONGEST_REASON),
    }
    return await _write(request, doors, balances.top_up, written)


async def adjust(request: Request, doors: Doors) -> Response:
    said = decoding.decode(await request.body(LEAD_LIMIT), _adjustment)
    reason = _line("reason", said.reason, LONGEST_REASON)
    if reason is None:
        raise Flawed([Flaw("reason", "required", "say why: an entry of the ledger stays for good")])
    return await _write(request, doors, balances.adjust, {"amount": said.amount, "reason": reason})


async def _write(
    request: Request, doors: Doors, act: Callable[..., None], written: dict[str, Any]
) -> Response:
    request.query()
    await doors.write(
        partial(
            act,
            account_id=request.key.account_id,
            partner=request.parts[0],
            by=f"API key {request.key.id}",
            now=clock.now(),
            **written,
        )
    )
    return await _shown(request, doors)


async def _shown(request: Request, doors: Doors) -> Response:
    show = partial(
        balances.find_balance, account_id=request.key.account_id, partner=request.parts[0]
    )
    return json_response(await doors.read(show))


def _line(place: str, said: str | None, limit: int) -> str | None:
    return None if said is None else line_cleaner(place, limit)(said)
