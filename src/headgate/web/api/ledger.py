"""The ledger is read."""

from headgate.domain.ledger import Kind
from headgate.services.invoices import billing
from headgate.storage.ledger import LedgerFilter
from headgate.web.api import parameters
from headgate.web.api.http import Request, Response, json_response
from headgate.web.api.lead_reading import zone_of
from headgate.web.api.route import Parameter
from headgate.web.doors import Doors

FILTERS = (
    Parameter("partner", "the partner's slug"),
    Parameter("kind", "what the entry is", options=tuple(Kind)),
    *parameters.SPAN,
    *parameters.PAGING,
)


async def list_ledger(request: Request, doors: Doors) -> Response:
    query = request.query(*parameters.names(FILTERS))
    page = parameters.page_of(query)
    account_id = request.key.account_id

    def read() -> billing.LedgerPage:
        zone = zone_of(account_id)
        wanted = LedgerFilter(
            partner=parameters.text_of(query, "partner"),
            kind=parameters.word_of(query, "kind", Kind),
            since=parameters.moment_of(query, "from", zone),
            until=parameters.moment_of(query, "to", zone),
        )
        return billing.list_ledger(
            account_id=account_id, wanted=wanted, before=page.before, limit=page.limit
        )

    return json_response(await doors.read(read))
