"""A stored lead is distributed because a person says so."""

from datetime import datetime

from django.db import transaction

from headgate.domain.audit import Action
from headgate.domain.ids import AccountId, LeadId
from headgate.domain.leads import LeadState
from headgate.domain.matching import EntityPlan
from headgate.domain.verdicts import Because
from headgate.services import audit, persons
from headgate.services.errands import Errand, errands_of
from headgate.services.handling import NotInThisState
from headgate.services.routing import Leases
from headgate.services.settling import Settling
from headgate.storage import caps, leads, match_keys

DISTRIBUTABLE = (
    LeadState.HELD,
    LeadState.UNMATCHED,
    LeadState.UNDELIVERED,
    LeadState.QUARANTINED,
    LeadState.DUPLICATE,
)


def distribute_lead(
    *, account_id: AccountId, lead_id: LeadId, leases: Leases, by: str, now: datetime
) -> list[Errand]:
    """Decide a lead that nobody has, and accept it where it was not.

    :raises LeadNotFound, NotInThisState:
    """
    with transaction.atomic():
        leads.get(account_id, lead_id)
        settling = Settling(account_id, [lead_id], uses_caps=True, leases=leases, now=now)
        release(settling, lead_id)
        settled = settling.finish()
        audit.note(
            account_id=account_id,
            actor=by,
            action=Action.LEAD_DISTRIBUTED,
            subject=f"lead {lead_id}",
            now=now,
        )
    return errands_of(settled.deliveries, settled.leads)


def release(settling: Settling, lead_id: LeadId) -> None:
    """Have a lead that the transaction holds decided; a refusal leaves it untouched.

    :raises NotInThisState:
    """
    lead = settling.leads[lead_id]
    if lead.state not in DISTRIBUTABLE:
        allowed = ", ".join(DISTRIBUTABLE)
        message = f"the lead is {lead.state}; it can be distributed while it is {allowed}"
        raise NotInThisState("wrong_state", message)
    plan = settling.setup.entity_plan(lead.entity_id)
    if plan is None:
        raise NotInThisState("entity_archived", "the lead's entity is archived")
    if not lead.accepted:
        _accept(settling, lead, plan)
    lead.state, lead.reason = LeadState.RECEIVED, None
    settling.go_on(lead_id, Because.DISTRIBUTED)


def _accept(settling: Settling, lead: leads.Lead, plan: EntityPlan) -> None:
    """Count it for its source's caps, and make it an earlier lead for those that come.

    :raises NotInThisState: the source has no room in the window in which the lead arrived.
    """
    if lead.test or settling.board is None:
        lead.accepted = True
        return
    setup, now = settling.setup, settling.now
    windows = setup.windows_at(now)
    source_caps = setup.plan.source_caps.get(lead.source_id, ())
    of_now = [cap for cap in source_caps if windows[cap.slot].start <= lead.received_at]
    if settling.board.lacking(of_now):
        message = "the lead's source has reached its cap; raise it first"
        raise NotInThisState("cap_reached", message)
    lead.accepted = True
    settling.board.take(of_now)
    caps.count_late(lead.source_id, lead.received_at, now=now)
    digests = persons.digests_of(setup, plan.entity, persons.whole_values(setup, lead))
    match_keys.add(
        [match_keys.MatchKey(plan.id, digest, lead.id, lead.received_at) for digest in digests]
    )
