"""What is kept for a time only goes when that is over."""

from datetime import datetime, timedelta

from django.db import transaction

from headgate.storage import caps, form_tokens, leads

TEST_LEADS_KEPT = timedelta(days=7)
COUNTERS_KEPT = timedelta(days=62)
MOST_AT_ONCE = 500


def forget_what_is_over(*, now: datetime) -> int:
    """Delete old test leads, void tokens and the counters of windows long past.

    It returns how many leads went: at most so many at once, so that what is being received
    need not wait for it.
    """
    with transaction.atomic():
        caps.forget_ended_before(now - COUNTERS_KEPT)
        form_tokens.forget_void(now=now)
        return leads.delete_tests(before=now - TEST_LEADS_KEPT, limit=MOST_AT_ONCE)
