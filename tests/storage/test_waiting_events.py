"""Webhooks that have something due are found without passing all that waits for another."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rows import NOW, Ground

from headgate.domain.ids import EventId
from headgate.storage import events

pytestmark = pytest.mark.usefixtures("database")


def waiting(ground: Ground, webhook: str, *, minutes: int = 0) -> events.Event:
    return events.Event(
        id=EventId(ground.fresh()),
        account_id=ground.account_id,
        webhook=webhook,
        type="lead.received",
        lead_id=None,
        body="{}",
        at=NOW,
        due_at=NOW + timedelta(minutes=minutes),
    )


class TestWebhooksWithDue:
    def test_are_those_of_every_account(self) -> None:
        first, second = Ground("acme"), Ground("zenith")
        events.add(
            [
                *(waiting(first, slug) for slug in ("b", "a", "a")),
                waiting(first, "later", minutes=1),
                *(waiting(second, slug) for slug in ("a", "b")),
            ]
        )

        found = events.webhooks_with_due(now=NOW)

        assert found == [
            *((first.account_id, slug) for slug in ("a", "b")),
            *((second.account_id, slug) for slug in ("a", "b")),
        ]

    @pytest.mark.only_on("sqlite")
    def test_are_found_past_one_for_which_much_waits(self) -> None:
        ground = Ground()
        events.add([waiting(ground, "down", minutes=1)])

        with CaptureQueriesContext(connection) as asked:
            events.webhooks_with_due(now=NOW)

        with connection.cursor() as cursor:
            plans = [
                cursor.execute(f"EXPLAIN QUERY PLAN {each['sql']}").fetchall()[0][3]
                for each in asked.captured_queries
                if "'down'" in each["sql"]
            ]
        assert plans
        assert all("account_id=? AND webhook" in plan for plan in plans)
