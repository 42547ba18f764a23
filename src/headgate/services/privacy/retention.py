"""What is kept for a time only goes when that is over."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from headgate.domain.ids import AccountId
from headgate.services import setups
from headgate.services.imports import uploading
from headgate.storage import (
    accounts,
    caps,
    form_tokens,
    imports,
    leads,
    refused_requests,
    sign_in,
    sweeps,
)

COUNTERS_KEPT = timedelta(days=62)
SWEEPS_KEPT = timedelta(days=30)
# What was sent and became no lead holds persons too, and nobody could find them in it.
FAILED_ROWS_KEPT = timedelta(days=30)
REFUSED_REQUESTS_KEPT = timedelta(days=30)
MOST_AT_ONCE = 500


def forget_what_is_over(*, now: datetime) -> int:
    """Delete old test leads, void tokens, sessions, files, refusals, and counters of the past.

    It returns how many leads went: at most so many at once, so that what is being received
    need not wait for it.
    """
    with transaction.atomic():
        caps.forget_ended_before(now - COUNTERS_KEPT)
        form_tokens.forget_void(now=now)
        sign_in.forget_ended(now=now)
        sweeps.forget_finished_before(now - SWEEPS_KEPT)
        uploading.forget_over(now=now)
        imports.delete_failures(before=now - FAILED_ROWS_KEPT, limit=MOST_AT_ONCE)
        refused_requests.delete(before=now - REFUSED_REQUESTS_KEPT)
        return sum(
            leads.delete_tests(account_id, before=now - kept, limit=MOST_AT_ONCE)
            for account_id, kept in _test_leads_kept()
        )


def _test_leads_kept() -> Iterator[tuple[AccountId, timedelta]]:
    for account in accounts.list_all():
        if account.config_version:
            said = setups.in_force(account.id).configuration.retention
            yield account.id, timedelta(days=said.test_leads_days)
