"""Leads that wait for a cap or for opening hours are decided again, or a person ends the wait."""

from datetime import datetime

from django.db import transaction

from headgate.domain.audit import Action
from headgate.domain.ids import AccountId, LeadId
from headgate.domain.leads import LeadState
from headgate.domain.verdicts import Because
from headgate.services import audit, routing, setups
from headgate.services.board import Board
from headgate.services.errands import Errand, errands_of
from headgate.services.handling import NotInThisState
from headgate.services.routing import Leases
from headgate.services.settling import Settling
from headgate.storage import accounts, leads


def accounts_to_revisit(*, now: datetime) -> list[AccountId]:
    """Return the accounts in which a waiting lead is due."""
    return leads.accounts_with_due_waits(now=now)


def revisit_waiting_leads(*, account_id: AccountId, leases: Leases, now: datetime) -> list[Errand]:
    """Decide the account's waiting leads that are due, the oldest first."""
    with transaction.atomic():
        setup = setups.at_version(account_id, accounts.hold_version(account_id))
        board = Board(setup, now=now)
        revisited = routing.revisit_waiting(board, leases)
        board.save()
    return errands_of(revisited.deliveries, {lead.id: lead for lead in revisited.leads})


def decide_waiting_lead(
    *,
    account_id: AccountId,
    lead_id: LeadId,
    leases: Leases,
    by: str | None = None,
    now: datetime,
) -> list[Errand]:
    """Decide a waiting lead now, although its time to look has not come; it may go on waiting.

    :raises LeadNotFound, NotInThisState:
    """
    leads.get(account_id, lead_id)
    with transaction.atomic():
        settling = _hold(account_id, lead_id, leases, now)
        settling.go_on(lead_id, Because.WAIT_OVER)
        settled = settling.finish()
        _note(account_id, lead_id, Action.LEAD_DISTRIBUTED, by=by, now=now)
    return errands_of(settled.deliveries, settled.leads)


def stop_waiting(
    *,
    account_id: AccountId,
    lead_id: LeadId,
    leases: Leases,
    by: str | None = None,
    now: datetime,
) -> list[Errand]:
    """End a lead's wait; it is unmatched, or what its earlier deliveries make of it.

    :raises LeadNotFound, NotInThisState:
    """
    leads.get(account_id, lead_id)
    with transaction.atomic():
        settling = _hold(account_id, lead_id, leases, now)
        lead = settling.leads[lead_id]
        lead.look_at = lead.wait_until = lead.waiting_since = None
        settling.finish()
        _note(account_id, lead_id, Action.LEAD_STOPPED_WAITING, by=by, now=now)
    return []


def _hold(account_id: AccountId, lead_id: LeadId, leases: Leases, now: datetime) -> Settling:
    settling = Settling(account_id, [lead_id], uses_caps=True, leases=leases, now=now)
    lead = settling.leads[lead_id]
    if lead.state != LeadState.WAITING:
        message = f"the lead is {lead.state}; it does not wait for anything"
        raise NotInThisState("wrong_state", message)
    return settling


def _note(
    account_id: AccountId, lead_id: LeadId, action: Action, *, by: str | None, now: datetime
) -> None:
    audit.note_act(account_id=account_id, by=by, action=action, subject=f"lead {lead_id}", now=now)
