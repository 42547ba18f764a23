"""Leads in the database: bound keys, pages, waits, and what locking them is worth."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import transaction
from rows import NOW, Ground

from headgate.storage import leads

pytestmark = pytest.mark.usefixtures("database")
LATER = NOW + timedelta(hours=1)


class TestBoundKeys:
    def test_are_found_by_source_and_key(self) -> None:
        ground = Ground()
        site, api = ground.ids.sources["solar", "site"], ground.ids.sources["solar", "api"]
        mine = ground.lead(idempotency_key="k", idempotency_digest=b"\x00d")
        leads.add([mine, ground.lead()])

        found = leads.find_by_idempotency([(site, "k"), (api, "k"), (site, "other")])

        assert found == {(site, "k"): (mine.id, b"\x00d", NOW)}

    def test_are_freed_for_others(self) -> None:
        ground = Ground()
        mine = ground.lead(idempotency_key="k", idempotency_digest=b"d")
        leads.add([mine])

        leads.unbind_idempotency([mine.id])

        leads.add([ground.lead(idempotency_key="k", idempotency_digest=b"d")])
        assert leads.get(ground.account_id, mine.id).idempotency_key is None

    def test_are_not_looked_up_without_need(self) -> None:
        assert leads.find_by_idempotency([]) == {}


class TestReading:
    def test_finds_no_other_accounts_lead(self) -> None:
        mine = (ground := Ground()).lead()
        leads.add([mine])
        other = Ground("other")

        assert leads.get(ground.account_id, mine.id) == mine
        with pytest.raises(leads.LeadNotFound):
            leads.get(other.account_id, mine.id)

    def test_pages_from_the_newest(self) -> None:
        ground, other = Ground(), Ground("other")
        mine = [ground.lead() for _ in range(5)]
        leads.add([*mine, other.lead()])

        first = leads.list_page(ground.account_id, before=None, limit=3)
        second = leads.list_page(ground.account_id, before=first[-1].id, limit=3)

        assert [each.id for each in [*first, *second]] == [each.id for each in mine[::-1]]


class TestWaits:
    def test_are_due_oldest_first(self) -> None:
        ground = Ground()
        newer = ground.lead(look_at=NOW)
        older = ground.lead(look_at=NOW, received_at=NOW - timedelta(minutes=1))
        leads.add([newer, older, ground.lead(look_at=LATER), ground.lead()])

        due = leads.due_waiting(ground.account_id, now=NOW, limit=9)

        assert due == [older.id, newer.id]

    def test_name_their_accounts(self) -> None:
        grounds = [Ground("a"), Ground("b"), Ground("c")]
        leads.add([grounds[0].lead(look_at=NOW) for _ in range(3)])
        leads.add([grounds[1].lead(look_at=LATER), grounds[2].lead(look_at=NOW)])

        found = leads.accounts_with_due_waits(now=NOW)

        assert found == [grounds[0].account_id, grounds[2].account_id]

    def test_are_looked_at_again_when_something_changed(self) -> None:
        ground, other = Ground(), Ground("other")
        waiting = ground.lead(look_at=LATER)
        leads.add([waiting, ground.lead(), other.lead(look_at=LATER)])

        leads.look_again(ground.account_id, now=NOW)

        assert leads.due_waiting(ground.account_id, now=NOW, limit=9) == [waiting.id]
        assert leads.due_waiting(other.account_id, now=NOW, limit=9) == []


class TestLocking:
    def test_keeps_others_from_changing_a_lead(self, at_once: Callable[..., list[Any]]) -> None:
        ground = Ground()
        lead = ground.lead(note="0")
        leads.add([lead])
        held = Event()

        def add_one(*, first: bool) -> None:
            if not first:
                held.wait(10)
            with transaction.atomic():
                mine = leads.lock([lead.id])[lead.id]
                held.set()
                mine.status = str(int(mine.status if mine.status.isdigit() else "0") + 1)
                leads.save_values(mine)

        at_once(lambda: add_one(first=True), *[lambda: add_one(first=False)] * 3)

        assert leads.get(ground.account_id, lead.id).status == "4"

    def test_finds_the_leads_that_there_are(self) -> None:
        ground = Ground()
        lead = ground.lead()
        leads.add([lead])

        with transaction.atomic():
            found = leads.lock([lead.id, ground.lead().id])

        assert found == {lead.id: lead}
