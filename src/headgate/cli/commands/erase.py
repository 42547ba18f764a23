"""`headgate erase`: erase every lead of a person."""

import argparse
import time
from uuid import UUID

from headgate import clock
from headgate.cli import asking, choosing, environment, room
from headgate.domain.contact_details import ContactDetails
from headgate.domain.ids import AccountId, LeadId
from headgate.services.privacy import erasing, erasing_persons
from headgate.services.privacy.erasing_persons import PersonsLead
from headgate.services.routing import Leases

_MADE_BY = "command line"
_MOST_SCRUBS = 20
_SECONDS_BETWEEN_SCRUBS = 0.2


def run(given: argparse.Namespace) -> int:
    environment.open_installation()
    account_id = choosing.account(given.account).id
    details = erasing_persons.read_details(
        email=given.email, phone=given.phone, region=given.region
    )
    found = erasing_persons.find_leads(account_id=account_id, details=details)
    _say(found)
    if given.dry_run:
        return 0
    if found and not given.yes:
        asking.agree(f"Erase these {len(found):,} leads? Nothing brings them back.")
    if given.suppress is not None:
        erasing_persons.suppress(
            account_id=account_id,
            details=details,
            slug=given.suppress,
            made_by=_MADE_BY,
            now=clock.now(),
        )
        print(f"The person is on the suppression list {given.suppress}.")
    erased = _erase(account_id, details)
    print(f"{len(erased):,} leads are erased.")
    return 0


def _say(found: list[PersonsLead]) -> None:
    for lead in found:
        had = ", ".join(lead.partners)
        told = f"  partners to tell: {had}" if had else ""
        print(f"{lead.id}  {lead.received_at}  {lead.entity}{told}")
    if not found:
        print("No lead names this person.")


def _erase(account_id: AccountId, details: ContactDetails) -> list[PersonsLead]:
    """Erase until nothing is found, for leads come in meanwhile."""
    erased: list[PersonsLead] = []
    while found := erasing_persons.find_leads(account_id=account_id, details=details):
        for lead in found:
            erasing.erase_lead(
                account_id=account_id,
                lead_id=LeadId(UUID(lead.id)),
                leases=Leases(0),
                now=clock.now(),
            )
            room.leave()
        erased += found
    leftovers = erasing_persons.forget_leftovers(account_id=account_id, details=details)
    if leftovers:
        print(f"{leftovers:,} failed rows and refused requests that mention it are deleted.")
    if erased:
        erasing_persons.note_erasure(
            account_id=account_id, erased=erased, made_by=_MADE_BY, now=clock.now()
        )
    for _ in range(_MOST_SCRUBS):
        if erasing.leave_no_trace():
            break
        time.sleep(_SECONDS_BETWEEN_SCRUBS)
    return erased
