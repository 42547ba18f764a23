"""Drafts that the timetable makes: on Mondays for the week before, or on the 1st for the month."""

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

    A period is done once, so that a draft that was discarded does not come back.
    """
    return sum(
        _make(setups.in_force(account.id), now)
        for account in accounts.list_all()
        if account.config_version
    )


def _make(setup: Setup, now: datetime) -> int:
    account_id: AccountId = setup.account.id
    seller = setup.configuration.account.billing
    if seller is None or seller.every is Every.NEVER:
        return 0
    period = period_before(seller.every, now.astimezone(setup.zone).date())
    ended_at = period.until(setup.zone)
    if invoices.has_run(account_id, period.from_on, ended_at=ended_at):
        return 0
    with transaction.atomic():
        if not invoices.begin_run(account_id, period.from_on, ended_at=ended_at, now=now):
            return 0
        partner_ids = invoices.partners_to_bill(
            account_id, since=period.since(setup.zone), until=ended_at
        )
        for partner_id in partner_ids:
            draft = invoicing.new_draft(account_id, partner_id, period, by=BY_TIMETABLE, now=now)
            invoices.add_draft(draft)
    return len(partner_ids)


def rhythm_of(setup: Setup) -> Every:
    """Return how often the account bills; one that makes its drafts by hand, by the month."""
    seller = setup.configuration.account.billing
    return Every.MONTH if seller is None or seller.every is Every.NEVER else seller.every


def period_before(every: Every, day: date) -> Period:
    """Return the whole week, from Monday on, or the whole month that was over before that day."""
    if every is Every.WEEK:
        until_on = day - timedelta(days=day.weekday())
        return Period(until_on - timedelta(days=7), until_on)
    until_on = day.replace(day=1)
    return Period((until_on - timedelta(days=1)).replace(day=1), until_on)
