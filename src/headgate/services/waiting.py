"""Leads that wait for a cap or for opening hours are decided again."""

from datetime import datetime

from django.db import transaction

from headgate.services import routing, setups
from headgate.services.board import Board
from headgate.services.errands import Errand, errands_of
from headgate.services.routing import Leases
from headgate.storage import accounts, leads


def revisit_waiting_leads(*, leases: Leases, now: datetime) -> list[Errand]:
    """Decide every waiting lead that is due, the oldest first; return what is to be sent."""
    errands: list[Errand] = []
    for account_id in leads.accounts_with_due_waits(now=now):
        with transaction.atomic():
            setup = setups.at_version(account_id, accounts.hold_version(account_id))
            board = Board(setup, now=now)
            revisited = routing.revisit_waiting(board, leases)
            board.save()
        errands += errands_of(revisited.deliveries, {lead.id: lead for lead in revisited.leads})
    return errands
