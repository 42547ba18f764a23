"""All leads of a person are erased by one request."""

from functools import partial
from uuid import UUID

import msgspec
from msgspec import Struct

from headgate import clock
from headgate.domain.contact_details import ContactDetails
from headgate.domain.ids import AccountId, LeadId
from headgate.services.privacy import erasing, erasing_persons
from headgate.services.privacy.erasing_persons import PersonsLead
from headgate.web.api import decoding, parameters
from headgate.web.api.http import LEAD_LIMIT, Request, Response, json_response
from headgate.web.api.lead_reading import leave_no_trace
from headgate.web.api.route import Parameter
from headgate.web.doors import Doors

DRY_RUN = (Parameter("dry_run", "true: only say which leads there are", "boolean"),)


class WantedPerson(Struct, forbid_unknown_fields=True):
    """An email address, a phone number, or both; `suppress` is the slug of a list to be put on."""

    email: str | None = None
    phone: str | None = None
    region: str | None = None
    suppress: str | None = None


class ErasedPerson(Struct, frozen=True):
    """The leads that were erased, and who has to be told of it; a dry run erases none.

    `leftovers` counts rows and requests that brought no lead, mentioned the person, and are gone.
    """

    dry_run: bool
    leads: list[PersonsLead]
    leftovers: int
    suppressed_on: str | None


_wanted = msgspec.json.Decoder(WantedPerson)


async def erase_person(request: Request, doors: Doors) -> Response:
    is_dry = parameters.flag_of(request.query(*parameters.names(DRY_RUN)), "dry_run")
    said = decoding.decode(await request.body(LEAD_LIMIT), _wanted)
    details = erasing_persons.read_details(email=said.email, phone=said.phone, region=said.region)
    account_id, made_by = request.key.account_id, f"API key {request.key.id}"
    find = partial(erasing_persons.find_leads, account_id=account_id, details=details)
    if is_dry:
        return json_response(ErasedPerson(True, await doors.read(find), 0, None))
    if said.suppress is not None:
        suppress = partial(
            erasing_persons.suppress,
            account_id=account_id,
            details=details,
            slug=said.suppress,
            made_by=made_by,
            now=clock.now(),
        )
        await doors.write(suppress)
    erased = await _erase(account_id, details, doors)
    forget = partial(erasing_persons.forget_leftovers, account_id=account_id, details=details)
    leftovers = await doors.write(forget)
    note = partial(
        erasing_persons.note_erasure,
        account_id=account_id,
        erased=erased,
        made_by=made_by,
        now=clock.now(),
    )
    if erased:
        await doors.write(note)
    await leave_no_trace(doors)
    return json_response(ErasedPerson(False, erased, leftovers, said.suppress))


async def _erase(account_id: AccountId, details: ContactDetails, doors: Doors) -> list[PersonsLead]:
    """Erase until nothing is found, for leads come in meanwhile."""
    erased: list[PersonsLead] = []
    find = partial(erasing_persons.find_leads, account_id=account_id, details=details)
    while found := await doors.read(find):
        for lead in found:
            erase = partial(
                erasing.erase_lead,
                account_id=account_id,
                lead_id=LeadId(UUID(lead.id)),
                leases=doors.leases(),
                now=clock.now(),
            )
            await doors.write(erase)
        erased += found
    return erased
