"""A dry run: who would get a lead, and what they would be sent."""

from datetime import datetime
from decimal import Decimal

import msgspec

from headgate import clock
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import AccountId, LeadId
from headgate.services import simulation
from headgate.services.identity import passing_id
from headgate.services.submissions import Submission
from headgate.web.api import decoding, parameters
from headgate.web.api.http import LEAD_LIMIT, Request, Response, json_response
from headgate.web.api.lead_reading import zone_of
from headgate.web.api.leads import PostedLead
from headgate.web.doors import Doors


class SimulatedLead(PostedLead, forbid_unknown_fields=True):
    """A lead as it would be posted; `at` is when, now when left out."""

    at: str | None = None


# Calendars and time zones are known for these.
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_simulated = msgspec.json.Decoder(SimulatedLead, float_hook=Decimal)


async def simulate_lead(request: Request, doors: Doors) -> Response:
    request.query()
    body, account_id, now = await request.body(LEAD_LIMIT), request.key.account_id, clock.now()
    return json_response(await doors.read(lambda: simulate(body, account_id, now=now)))


def simulate(
    body: bytes, account_id: AccountId, *, now: datetime, at: str | None = None
) -> simulation.Simulation:
    """Simulate a lead as it would be posted; `at` comes before what the body says.

    :raises Problem, Flawed, UnknownEntity, UnknownSource:
    """
    posted = decoding.decode(body, _simulated)
    moment = at or posted.at
    received_at = now if moment is None else _moment(moment, account_id)
    return simulation.simulate_lead(
        account_id=account_id, submission=_submission(posted, received_at), now=received_at
    )


def _moment(text: str, account_id: AccountId) -> datetime:
    at = parameters.moment_of({"at": text}, "at", zone_of(account_id))
    if at is None or not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        message = f"a moment of the years {_FIRST_YEAR} to {_LAST_YEAR}"
        raise Flawed([Flaw("at", "out_of_range", message)])
    return at


def _submission(posted: PostedLead, at: datetime) -> Submission:
    return Submission(
        id=LeadId(passing_id(at)),
        caller="",
        entity=posted.entity,
        fields=posted.fields,
        received_at=at,
        status=posted.status,
        source=posted.source,
        test=posted.test,
        distribute=posted.distribute,
        external_id=posted.external_id,
        consent=posted.consent,
        note=posted.note,
    )
