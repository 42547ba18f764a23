"""Reports: figures of what was, who got which share how fast, and a forecast of today."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from headgate import clock
from headgate.domain.reports import By
from headgate.services.reports import forecasting, latencies, reporting, shares
from headgate.storage.reports import ReportFilter
from headgate.web.api import parameters
from headgate.web.api.http import Request, Response, json_response
from headgate.web.api.lead_reading import zone_of
from headgate.web.api.route import Parameter
from headgate.web.doors import Doors

FILTERS = (
    Parameter("by", "what each line is about; `day` when left out", options=tuple(By)),
    Parameter("entity", "only leads of this entity"),
    Parameter("source", "only leads of this source"),
    Parameter("profile", "only deliveries of this profile; no figures of leads then"),
    Parameter("partner", "only deliveries to this partner; no figures of leads then"),
    *parameters.SPAN,
)


OF_PARTNERS = (Parameter("entity", "only leads of this entity"), *parameters.SPAN)
_Found = TypeVar("_Found")


async def show_summary(request: Request, doors: Doors) -> Response:
    query = request.query(*parameters.names(FILTERS))
    account_id = request.key.account_id
    by = By(parameters.word_of(query, "by", By) or By.DAY)

    def read() -> reporting.Report:
        zone = zone_of(account_id)

        def moment(name: str) -> datetime | None:
            return parameters.moment_of(query, name, zone)

        wanted = ReportFilter(
            since=moment("from"),
            until=moment("to"),
            entity=parameters.text_of(query, "entity"),
            source=parameters.text_of(query, "source"),
            profile=parameters.text_of(query, "profile"),
            partner=parameters.text_of(query, "partner"),
        )
        return reporting.report(account_id=account_id, by=by, wanted=wanted, now=clock.now())

    return json_response(await doors.read(read))


async def show_shares(request: Request, doors: Doors) -> Response:
    return await _of_partners(request, doors, shares.find_shares)


async def show_latency(request: Request, doors: Doors) -> Response:
    return await _of_partners(request, doors, latencies.find_latencies)


async def show_forecast(request: Request, doors: Doors) -> Response:
    request.query()
    account_id = request.key.account_id
    read = partial(forecasting.forecast_today, account_id=account_id, now=clock.now())
    return json_response(await doors.read(read))


async def _of_partners(request: Request, doors: Doors, find: Callable[..., _Found]) -> Response:
    query = request.query(*parameters.names(OF_PARTNERS))
    account_id = request.key.account_id
    entity = parameters.text_of(query, "entity")

    def read() -> _Found:
        zone = zone_of(account_id)
        return find(
            account_id=account_id,
            entities=None if entity is None else (entity,),
            since=parameters.moment_of(query, "from", zone),
            until=parameters.moment_of(query, "to", zone),
        )

    return json_response(await doors.read(read))
