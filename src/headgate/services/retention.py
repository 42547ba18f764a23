"""What is kept for a time only goes when that is over."""

from datetime import datetime, timedelta

from django.db import transaction

from headgate.storage import caps, leads

TEST_LEADS_KEPT = timedelta(days=7)
COUNTERS_KEPT = timedelta(days=62)
MOST_AT_ONCE = 500


def forget_what_is_over(*, now: datetime) -> int:
    """Delete old test leads and the counters of windows long past; return how many leads went.

    At most so many at once, so that what is being received need not wait for it.
    """
    with transaction.atomic():
        caps.forget_ended_before(now - COUNTERS_KEPT)
        return leads.delete_tests(before=now - TEST_LEADS_KEPT, limit=MOST_AT_ONCE)
