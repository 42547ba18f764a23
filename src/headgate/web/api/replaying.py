"""Many deliveries are tried again by one request."""

from functools import partial
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from headgate import clock
from headgate.domain.deliveries import State
from headgate.services import acting, replaying
from headgate.services.replaying import MOST_AT_ONCE, LeftOut
from headgate.storage.lists import EndedFilter
from headgate.web.api import decoding, parameters
from headgate.web.api.http import CONFIGURATION_LIMIT, Request, Response, json_response
from headgate.web.api.lead_reading import zone_of
from headgate.web.api.route import Parameter
from headgate.web.doors import Doors

DRY_RUN = (Parameter("dry_run", "true: only say how many there are", "boolean"),)


class Wanted(Struct, forbid_unknown_fields=True):
    """Which deliveries; `since` (included) and `until` (not) are of when they came to the state."""

    state: Literal["failed", "unknown", "delivered"]
    partner: str | None = None
    profile: str | None = None
    since: str | None = None
    until: str | None = None
    ids: Annotated[list[UUID], Meta(max_length=MOST_AT_ONCE)] | None = None


class Replay(Struct, frozen=True):
    """Of those `matched`, `retried` are due now; a dry run retries none."""

    dry_run: bool
    matched: int
    retried: int
    left_out: list[LeftOut]


_wanted = msgspec.json.Decoder(Wanted)


async def retry_deliveries(request: Request, doors: Doors) -> Response:
    query = request.query(*parameters.names(DRY_RUN))
    is_dry = parameters.flag_of(query, "dry_run")
    said = decoding.decode(await request.body(CONFIGURATION_LIMIT), _wanted)
    account_id = request.key.account_id
    wanted = await doors.read(lambda: filter_of(said, zone_of(account_id)))
    find = partial(replaying.find_deliveries, account_id=account_id, wanted=wanted)
    found = await doors.read(find)
    retried, left_out = 0, replaying.not_found(said.ids or (), found)
    for part in () if is_dry else replaying.in_parts(found):
        retry = partial(
            acting.retry_part,
            account_id=account_id,
            delivery_ids=part,
            state=State(said.state),
            leases=doors.leases(),
            by=f"API key {request.key.id}",
            now=clock.now(),
        )
        replayed = await doors.write(retry)
        doors.look_now()
        retried += replayed.retried
        left_out += replayed.left_out
    return json_response(Replay(is_dry, len(found), retried, left_out))


def filter_of(said: Wanted, zone: ZoneInfo) -> EndedFilter:
    """:raises Flawed: a moment cannot be read."""
    moments = {"since": said.since, "until": said.until}
    given = {name: text for name, text in moments.items() if text is not None}
    return EndedFilter(
        state=said.state,
        partner=said.partner,
        profile=said.profile,
        since=parameters.moment_of(given, "since", zone),
        until=parameters.moment_of(given, "until", zone),
        ids=None if said.ids is None else tuple(said.ids),
    )
