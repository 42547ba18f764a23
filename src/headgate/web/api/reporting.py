"""Reports: what came in, what became of it, and what it brought."""

from datetime import datetime

from headgate import clock
from headgate.services import reporting
from headgate.services.reporting import By
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
