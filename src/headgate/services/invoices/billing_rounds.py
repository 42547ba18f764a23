"""Drafts that the timetable makes: on the 1st, for the month before."""

from datetime import date, datetime, timedelta

from django.db import transaction

from headgate.domain.ids import AccountId
from headgate.domain.invoices.parties import Every
from headgate.services import setups
from headgate.services.invoices import invoicing
from headgate.services.invoices.drawing_up import Period
from headgate.services.setups import Setup
from headgate.storage import accounts, invoices

BY_TIMETABLE = "timetable"


def make_due_drafts(*, now: datetime) -> int:
    """Make the drafts that are due, for every partner with something to bill; return how many.

    A month is done once, so that a draft that was discarded does not come back.
    """
    return sum(
        _make(setup, now)
        for account in accounts.list_all()
        if account.config_version and _wants_drafts(setup := setups.in_force(account.id))
    )


def _wants_drafts(setup: Setup) -> bool:
    seller = setup.configuration.account.billing
    return seller is not None and seller.every is Every.MONTH


def _make(setup: Setup, now: datetime) -> int:
    account_id: AccountId = setup.account.id
    period = month_before(now.astimezone(setup.zone).date())
    if invoices.has_run(account_id, period.from_on):
        return 0
    with transaction.atomic():
        if not invoices.begin_run(account_id, period.from_on, now=now):
            return 0
        partner_ids = invoices.partners_to_bill(
            account_id, since=period.since(setup.zone), until=period.until(setup.zone)
        )
        for partner_id in partner_ids:
            draft = invoicing.new_draft(account_id, partner_id, period, by=BY_TIMETABLE, now=now)
            invoices.add_draft(draft)
    return len(partner_ids)


def month_before(day: date) -> Period:
    until_on = day.replace(day=1)
    return Period((until_on - timedelta(days=1)).replace(day=1), until_on)
