"""A partner is sent a made-up lead, to see that it can be reached."""

from functools import partial

import msgspec
from msgspec import Struct

from headgate import clock
from headgate.services import trial_delivery
from headgate.services.trial_delivery import Seats
from headgate.web.api import decoding
from headgate.web.api.http import LEAD_LIMIT, Request, Response, json_response
from headgate.web.doors import Doors


class TrialWanted(Struct, forbid_unknown_fields=True):
    """By which settings: those of an assignment, or without one the partner's own.

    Of several they are the first, or the `fallback` of that number.
    """

    profile: str | None = None
    assignment: str | None = None
    fallback: int = 0


_wanted = msgspec.json.Decoder(TrialWanted)


async def send_test_delivery(request: Request, doors: Doors) -> Response:
    request.query()
    body = await request.body(LEAD_LIMIT)
    said = decoding.decode(body, _wanted) if body else TrialWanted()
    make = partial(
        trial_delivery.make_trial,
        account_id=request.key.account_id,
        partner=request.parts[0],
        seats=Seats(said.profile, said.assignment),
        fallback=said.fallback,
        now=clock.now(),
    )
    trial = await doors.read(make)
    sent = None if trial.request is None else await doors.ask(trial.channel, trial.request)
    return json_response(trial_delivery.tell_trial(trial, sent))
